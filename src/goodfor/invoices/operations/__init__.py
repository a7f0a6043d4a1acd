"""What can be done with invoices, one a file."""

from goodfor.invoices.operations.execute_invoice import execute_invoice
from goodfor.invoices.operations.look_at_order import ask_to_look, look_at_order
from goodfor.invoices.operations.red_letter import red_letter
from goodfor.invoices.operations.request_invoice import request_invoice
from goodfor.invoices.operations.resolve_invoice import resolve_invoice
from goodfor.invoices.operations.retry_invoice import retry_invoice
from goodfor.invoices.operations.run_due_invoices import run_due_invoices, run_due_looks
from goodfor.invoices.operations.set_issuer import set_issuer
from goodfor.invoices.operations.settle_invoice import settle_invoice
from goodfor.invoices.operations.withdraw_invoice import withdraw_invoice

__all__ = [
    "ask_to_look",
    "execute_invoice",
    "look_at_order",
    "red_letter",
    "request_invoice",
    "resolve_invoice",
    "retry_invoice",
    "run_due_invoices",
    "run_due_looks",
    "set_issuer",
    "settle_invoice",
    "withdraw_invoice",
]
