"""News of orders, each led to one operation."""

from uuid import UUID

from goodfor.cards.models import Use
from goodfor.cards.operations.give_back import give_back
from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent


def on_order_back(event: StoredEvent) -> None:
    """What a card had paid is on it again, all of it or a part."""
    told = event.payload
    give_back(shop_id=event.shop_id, order_id=UUID(told["order_id"]), refund_id=UUID(told["refund_id"]), now=utc_now())


def paid_by_card(event: StoredEvent) -> bool:
    """Whether a card had paid it."""
    return Use.objects.filter(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"])).exists()
