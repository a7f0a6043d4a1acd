"""Take an invoice back by a red letter, or try a red letter anew that was refused."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.invoices import states
from goodfor.invoices.amounts import rest_of, taken
from goodfor.invoices.errors import InvoiceMoved, RedLetterWaits
from goodfor.invoices.locks import lock_beside, lock_invoice
from goodfor.invoices.mapping import invoice_view, line_view
from goodfor.invoices.models import Invoice, InvoiceLine
from goodfor.invoices.operations.write_invoice import write_red_letter
from goodfor.invoices.types import InvoiceView, LineOf
from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput


def red_letter(*, shop_id: UUID, invoice_id: UUID, reason: str, actor: str, now: datetime) -> InvoiceView:
    """All that is left of an issued invoice, for a wrong title or goods that came back.

    Raises InvoiceNotFound, InvoiceMoved, RedLetterWaits, InvalidInput (no reason).
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise InvalidInput("say why")
    with transaction.atomic():
        blue = lock_invoice(shop_id, invoice_id)
        row = _written(blue, rest_of(_lines(blue)), reason=reason, actor=actor, now=now)
    return invoice_view(row)


def again(failed: Invoice, *, actor: str, now: datetime) -> Invoice:
    """A red letter that was refused, once more, of what of it is still to be taken back; its order is locked."""
    blue = lock_beside(failed.shop_id, UUID(str(failed.blue_id)))
    rest = {(line.order_line_id, line.rate_bp): line for line in rest_of(_lines(blue))}
    lines = []
    for line in _lines(failed):
        kept = rest.get((line.order_line_id, line.rate_bp))
        if kept is not None:
            amount = min(line.amount_minor, kept.amount_minor)
            # What takes the rest takes the rest of the tax, too.
            tax = kept.tax_minor if amount == kept.amount_minor else min(line.tax_minor, kept.tax_minor)
            lines.append(taken(line, amount, tax))
    return _written(blue, lines, reason=failed.reason, actor=actor, now=now)


def _written(blue: Invoice, lines: list[LineOf], *, reason: str, actor: str, now: datetime) -> Invoice:
    if blue.kind != states.BLUE or blue.state != states.ISSUED or not lines:
        raise InvoiceMoved(state=blue.state)
    if Invoice.objects.filter(shop_id=blue.shop_id, blue_id=blue.id, state__in=states.UNFINISHED).exists():
        raise RedLetterWaits
    row = write_red_letter(blue, lines, reason=reason, actor=actor, cause="asked", now=now)
    audit.record(
        shop_id=blue.shop_id, actor=actor, action="invoices.red_letter_asked", subject=("invoices.invoice", blue.id),
        data={"number": blue.number, "red": row.number, "amount_minor": row.total_minor, "reason": reason}, now=now,
    )  # fmt: skip
    return row


def _lines(row: Invoice) -> list[LineOf]:
    stored = InvoiceLine.objects.filter(shop_id=row.shop_id, invoice_id=row.id).order_by("seq")
    return [line_view(line) for line in stored]
