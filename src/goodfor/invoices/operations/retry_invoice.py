"""Try an invoice anew that was refused, under a new number."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.invoices import states
from goodfor.invoices.errors import InvoiceMoved
from goodfor.invoices.locks import lock_invoice
from goodfor.invoices.mapping import invoice_view, title_of
from goodfor.invoices.operations.red_letter import again
from goodfor.invoices.operations.request_invoice import request_invoice
from goodfor.invoices.types import InvoiceView, Title
from goodfor.kernel import audit


def retry_invoice(
    *, shop_id: UUID, invoice_id: UUID, actor: str, now: datetime, title: Title | None = None
) -> InvoiceView:
    """With what is left of the order now, and with a title put right where one is given (an invoice, no red letter).

    Raises InvoiceNotFound, InvoiceMoved, and whatever `request_invoice` does.
    """
    with transaction.atomic():
        failed = lock_invoice(shop_id, invoice_id)
        if failed.state != states.FAILED:
            raise InvoiceMoved(state=failed.state)
        if failed.kind == states.RED:
            return invoice_view(again(failed, actor=actor, now=now))
        made = request_invoice(
            shop_id=shop_id, order_id=failed.order_id, title=title or title_of(failed), actor=actor, now=now,
            cause=f"again:{failed.number}",
        )  # fmt: skip
        audit.record(
            shop_id=shop_id, actor=actor, action="invoices.retried", subject=("invoices.invoice", failed.id),
            data={"number": failed.number, "title_changed": title is not None}, now=now,
        )  # fmt: skip
    return next((one for one in made if one.paper == failed.paper), made[0])
