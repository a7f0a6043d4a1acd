"""Every lock of invoices: the order's invoices as a whole first, then a row of them."""

from datetime import datetime
from uuid import UUID

from goodfor.invoices.errors import InvoiceNotFound
from goodfor.invoices.models import Invoice, Issuer, Look
from goodfor.kernel.locks import advisory_xact_lock


def lock_order(order_id: UUID) -> None:
    """One works at the invoices of an order at a time, for the rest of the transaction."""
    advisory_xact_lock(("invoices", order_id))


def lock_invoice(shop_id: UUID, invoice_id: UUID) -> Invoice:
    """Lock one, and the invoices of its order. Raises InvoiceNotFound."""
    order_id = Invoice.objects.filter(shop_id=shop_id, id=invoice_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise InvoiceNotFound
    lock_order(order_id)
    return Invoice.objects.select_for_update().get(shop_id=shop_id, id=invoice_id)


def lock_beside(shop_id: UUID, invoice_id: UUID) -> Invoice:
    """Lock another of the same order, which is locked already."""
    return Invoice.objects.select_for_update().get(shop_id=shop_id, id=invoice_id)


def lock_issuer(shop_id: UUID) -> Issuer | None:
    """Lock who writes a shop's invoices; None where that was never said."""
    return Issuer.objects.select_for_update().filter(shop_id=shop_id).first()


def due_invoices(now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(shop, invoice) of all shops whose time has come. Nothing is locked: each is leased by whoever takes it."""
    due = Invoice.objects.filter(next_try_at__lte=now).order_by("next_try_at")
    return list(due.values_list("shop_id", "id")[:limit])


def due_looks(now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(shop, order) of all shops that are to be looked at."""
    due = Look.objects.filter(due_at__lte=now).order_by("due_at")
    return list(due.values_list("shop_id", "order_id")[:limit])
