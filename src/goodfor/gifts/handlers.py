"""News of orders and buyers, each led to one operation."""

from uuid import UUID

from goodfor.gifts.models import Item
from goodfor.gifts.operations.forget import forget
from goodfor.gifts.operations.note_held import note_held
from goodfor.gifts.operations.take_back import went_back
from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.orders import queries as orders


def on_order_gift_ended(event: StoredEvent) -> None:
    """What it was of went back to the shop."""
    went_back(shop_id=event.shop_id, gift_id=UUID(event.payload["gift_id"]), now=utc_now())


def on_order_changed(event: StoredEvent) -> None:
    """Something of its codes changed hands: delivered, refunded, claimed, taken into an account."""
    note_held(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]))


def is_held(event: StoredEvent) -> bool:
    """Whether somebody holds anything of it, or did."""
    return Item.objects.filter(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"])).exists()


def is_buyers(event: StoredEvent) -> bool:
    """What programs buy lies in no wallet."""
    return not orders.buyer_of(event.shop_id, UUID(event.payload["order_id"])).startswith("client:")


def on_buyer_erasing(event: StoredEvent) -> None:
    """The person goes."""
    forget(shop_id=event.shop_id, buyer_id=UUID(event.payload["buyer_id"]), now=utc_now())
