"""Write down how a try to have an invoice issued went."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from goodfor.invoices import states
from goodfor.invoices.events import InvoiceFailed, InvoiceIssued
from goodfor.invoices.locks import lock_beside, lock_invoice
from goodfor.invoices.mapping import invoice_view
from goodfor.invoices.models import Invoice, InvoiceLine
from goodfor.invoices.operations.look_at_order import ask_to_look
from goodfor.invoices.operations.moving import move
from goodfor.invoices.providers.base import NOT_SENT
from goodfor.invoices.schedule import next_try
from goodfor.invoices.types import InvoiceView
from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown


def settle_invoice(
    *, shop_id: UUID, invoice_id: UUID, outcome: Outcome, now: datetime, actor: str = "provider"
) -> InvoiceView:
    """Move the invoice by the outcome, take a red letter off its invoice, send the event. Raises InvoiceNotFound.

    One that has ended is left as it is.
    """
    with transaction.atomic():
        row = lock_invoice(shop_id, invoice_id)
        if row.state not in states.UNFINISHED:
            return invoice_view(row)
        if isinstance(outcome, Succeeded) and _is_anothers(row, outcome.ref):
            # Two papers never have one number: somebody is wrong, and a person has to look.
            outcome = Unknown("number_of_another")
        cause = f"attempt:{row.attempts}"
        if isinstance(outcome, Succeeded):
            link = str(outcome.data.get("link", ""))[:400]
            move(
                row, states.ISSUED, actor=actor, cause=cause, now=now, official=outcome.ref, link=link, failure="",
                next_try_at=None, issued_at=now, ended_at=now,
            )  # fmt: skip
            _issued(row, now)
        elif isinstance(outcome, Rejected):
            move(
                row, states.FAILED, actor=actor, cause=cause, now=now, failure=outcome.code[:64], next_try_at=None,
                ended_at=now,
            )  # fmt: skip
            event = InvoiceFailed(row.id, row.order_id, row.number, row.kind, row.failure)
            publish(shop_id=shop_id, event=event, cause=("invoices.invoice", row.id), now=now)
        else:
            _goes_on(row, outcome, actor, cause, now)
        reach("invoices.settling")
    return invoice_view(row)


def _is_anothers(row: Invoice, official: str) -> bool:
    return not official or Invoice.objects.filter(shop_id=row.shop_id, official=official).exclude(id=row.id).exists()


def _goes_on(row: Invoice, outcome: Pending | Unknown, actor: str, cause: str, now: datetime) -> None:
    # None: asked often enough, a person decides (`resolve_invoice`).
    again = next_try(attempts=row.attempts, now=now)
    if isinstance(outcome, Pending):
        to, failure = states.ISSUING, ""
    elif outcome.reason == NOT_SENT and row.state == states.ISSUING:
        to, failure = states.REQUESTED, NOT_SENT
    else:
        to, failure = states.UNKNOWN, outcome.reason[:64]
    if row.state == states.UNKNOWN and to == states.ISSUING:
        failure = ""
    move(row, to, actor=actor, cause=cause, now=now, failure=failure, next_try_at=again)


def _issued(row: Invoice, now: datetime) -> None:
    event = InvoiceIssued(row.id, row.order_id, row.number, row.kind, row.official, row.total_minor, row.currency)
    publish(shop_id=row.shop_id, event=event, cause=("invoices.invoice", row.id), now=now)
    if row.kind == states.RED:
        _take_back(row, now)
    # A refund may have come while it was being written.
    ask_to_look(shop_id=row.shop_id, order_id=row.order_id, now=now)


def _take_back(red: Invoice, now: datetime) -> None:
    blue = lock_beside(red.shop_id, UUID(str(red.blue_id)))
    for line in InvoiceLine.objects.filter(shop_id=red.shop_id, invoice_id=red.id):
        InvoiceLine.objects.filter(
            shop_id=red.shop_id, invoice_id=blue.id, order_line_id=line.order_line_id, rate_bp=line.rate_bp
        ).update(
            reversed_minor=F("reversed_minor") + line.amount_minor,
            tax_reversed_minor=F("tax_reversed_minor") + line.tax_minor,
        )
    back, tax = blue.reversed_minor + red.total_minor, blue.tax_reversed_minor + red.tax_minor
    to = states.RED_LETTERED if back == blue.total_minor else states.ISSUED
    move(blue, to, actor=red.asked_by, cause=f"red:{red.number}", now=now, reversed_minor=back, tax_reversed_minor=tax)
