"""Take a request back before anything was sent."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.invoices import states
from goodfor.invoices.errors import InvoiceMoved
from goodfor.invoices.locks import lock_invoice
from goodfor.invoices.mapping import invoice_view
from goodfor.invoices.operations.moving import move
from goodfor.invoices.types import InvoiceView


def withdraw_invoice(*, shop_id: UUID, invoice_id: UUID, actor: str, now: datetime) -> InvoiceView:
    """A red letter is not withdrawn: the books want it. Raises InvoiceNotFound, InvoiceMoved."""
    with transaction.atomic():
        row = lock_invoice(shop_id, invoice_id)
        if row.state != states.REQUESTED or row.kind != states.BLUE:
            raise InvoiceMoved(state=row.state)
        move(row, states.WITHDRAWN, actor=actor, cause="asked", now=now, next_try_at=None, ended_at=now)
    return invoice_view(row)
