"""Take an invoice back by a red letter, or try a red letter anew that was refused."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.invoices import states
from goodfor.invoices.amounts import rest_of, too_much
from goodfor.invoices.errors import InvoiceMoved, RedLetterWaits
from goodfor.invoices.locks import lock_beside, lock_invoice
from goodfor.invoices.mapping import invoice_view, line_view
from goodfor.invoices.models import Invoice, InvoiceLine
from goodfor.invoices.operations.write_invoice import write_red_letter
from goodfor.invoices.sold import left_of
from goodfor.invoices.types import InvoiceView, LineOf
from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.orders import queries as orders


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
    """A red letter that was refused, once more; its order is locked.

    After a refund of what is too much on the invoice now, which another red letter may have taken back meanwhile; else
    of all that is left. Raises InvoiceMoved where that is nothing, RedLetterWaits, NotInBooksYet.
    """
    blue = lock_beside(failed.shop_id, UUID(str(failed.blue_id)))
    lines = rest_of(_lines(blue))
    if failed.reason == states.REFUND_REASON:
        left = left_of(failed.shop_id, orders.order_view(failed.shop_id, failed.order_id)).lines
        lines = too_much(_lines(blue), left.get(blue.paper, ()))
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
