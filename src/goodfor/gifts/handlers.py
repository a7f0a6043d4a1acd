"""News of orders and buyers, each led to one operation."""

from uuid import UUID

from goodfor.gifts.operations.forget import forget
from goodfor.gifts.operations.take_back import went_back
from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent


def on_order_gift_ended(event: StoredEvent) -> None:
    """What it was of went back to the shop."""
    went_back(shop_id=event.shop_id, gift_id=UUID(event.payload["gift_id"]), now=utc_now())


def on_buyer_erasing(event: StoredEvent) -> None:
    """The person goes."""
    forget(shop_id=event.shop_id, buyer_id=UUID(event.payload["buyer_id"]), now=utc_now())
