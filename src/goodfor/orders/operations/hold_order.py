"""A room above is about to change what belongs to an order. Runs in the caller's transaction."""

from uuid import UUID

from goodfor.orders import store


def hold_order(*, shop_id: UUID, order_id: UUID) -> None:
    """Lock the order's row for the rest of the transaction: first of all locks of the house. Raises OrderNotFound."""
    store.lock_order(shop_id, order_id)
