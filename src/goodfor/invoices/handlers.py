"""What invoices hear. Nothing is reckoned here: the order is put down to be looked at."""

from uuid import UUID

from goodfor.invoices.models import Invoice
from goodfor.invoices.operations.look_at_order import ask_to_look
from goodfor.kernel.events import StoredEvent
from goodfor.orders import queries as orders


def has_title(event: StoredEvent) -> bool:
    """The order was placed with a title."""
    return orders.invoice_of_order(event.shop_id, UUID(event.payload["order_id"])) is not None


def has_invoice(event: StoredEvent) -> bool:
    """Something of the order was invoiced, or is being."""
    return Invoice.objects.filter(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"])).exists()


def on_order_changed(event: StoredEvent) -> None:
    """Delivered, or some of its price is back: its invoices may have to be written."""
    ask_to_look(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]), now=event.occurred_at)
