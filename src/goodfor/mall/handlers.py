"""News of orders, each led to one operation."""

from uuid import UUID

from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.mall.models import Play, Redemption
from goodfor.mall.operations.give_back import give_back
from goodfor.mall.operations.swap_prize import swap_prize


def on_order_over(event: StoredEvent) -> None:
    """A redemption's order ended without anything, or all of it went back."""
    give_back(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]), now=utc_now())


def is_redemption(event: StoredEvent) -> bool:
    """Whether it is an order of the mall."""
    return Redemption.objects.filter(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"])).exists()


def on_prize_back(event: StoredEvent) -> None:
    """Of goods that were won something went back."""
    told = event.payload
    swap_prize(shop_id=event.shop_id, order_id=UUID(told["order_id"]), refund_id=UUID(told["refund_id"]), now=utc_now())


def is_prize(event: StoredEvent) -> bool:
    """Whether a draw gave the order."""
    return Play.objects.filter(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"])).exists()
