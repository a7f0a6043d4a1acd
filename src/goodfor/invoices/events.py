"""Facts about invoices."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class InvoiceIssued(Event):
    """An invoice, or a red letter, is written; `official` is its number."""

    name: ClassVar[str] = "invoices.invoice_issued"
    invoice_id: UUID
    order_id: UUID
    number: str
    kind: str
    official: str
    total_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class InvoiceFailed(Event):
    """An invoice, or a red letter, was refused for certain; a person puts right what was wrong and tries anew."""

    name: ClassVar[str] = "invoices.invoice_failed"
    invoice_id: UUID
    order_id: UUID
    number: str
    kind: str
    reason: str
