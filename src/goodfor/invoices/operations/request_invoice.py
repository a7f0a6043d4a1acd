"""Ask for the invoice of an order."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.invoices import states
from goodfor.invoices.errors import AlreadyInvoiced, InvoicesNotOffered
from goodfor.invoices.locks import lock_order
from goodfor.invoices.mapping import invoice_view
from goodfor.invoices.models import Invoice
from goodfor.invoices.operations.write_invoice import write_invoice
from goodfor.invoices.sold import invoiceable
from goodfor.invoices.titles import checked
from goodfor.invoices.types import InvoiceView, Title


def request_invoice(
    *, shop_id: UUID, order_id: UUID, title: Title, actor: str, now: datetime, cause: str = "asked"
) -> list[InvoiceView]:
    """Of what was delivered less what was given back: one invoice, or two where cards are on a paper of their own.

    A paper that stands, or is being written, is not asked for again. Raises TitleInvalid, InvoicesNotOffered,
    OrderNotFound, PaidByCompany, PaidByCredit, NotDelivered, NotInBooksYet, NoTaxClass, NothingToInvoice,
    AlreadyInvoiced.
    """
    title = checked(title)
    if not identity.shop_by_id(shop_id).settings.get("invoices"):
        raise InvoicesNotOffered
    with transaction.atomic():
        lock_order(order_id)
        order, papers = invoiceable(shop_id, order_id)
        standing = set(
            Invoice.objects.filter(
                shop_id=shop_id, order_id=order_id, kind=states.BLUE, state__in=states.STANDING
            ).values_list("paper", flat=True)
        )
        written = [
            write_invoice(order, paper, lines, title=title, actor=actor, cause=cause, now=now)
            for paper, lines in papers.lines.items()
            if paper not in standing
        ]
        if not written:
            raise AlreadyInvoiced
    return [invoice_view(row) for row in written]
