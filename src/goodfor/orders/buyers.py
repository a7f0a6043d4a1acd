"""Whose an order is, by a name that other rooms may keep. Part of `queries`."""

from uuid import UUID

from goodfor.orders.errors import OrderNotFound
from goodfor.orders.models import Order


def buyer_of(shop_id: UUID, order_id: UUID) -> str:
    """`buyer:<id>`, `guest:<hash>` or `client:<id>`. Raises OrderNotFound."""
    found = Order.objects.filter(shop_id=shop_id, id=order_id).values_list("buyer_ref", "client_id", "contact_index")
    row = found.first()
    if row is None:
        raise OrderNotFound
    ref, client_id, index = row
    if client_id is not None:
        return f"client:{client_id}"
    if ref and ref.startswith("buyer:"):
        return str(ref)
    return f"guest:{bytes(index).hex()[:64]}" if index else f"guest:{order_id.hex}"
