"""News from below, each led to one operation."""

from uuid import UUID

from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.partners.operations.forget_member import forget_member
from goodfor.partners.operations.hear_order import exchange_of, order_back, order_delivered


def on_buyer_erasing(event: StoredEvent) -> None:
    """The person goes."""
    forget_member(shop_id=event.shop_id, owner=UUID(event.payload["buyer_id"]), now=utc_now())


def is_exchange(event: StoredEvent) -> bool:
    """Whether a partner's person has it for points."""
    return exchange_of(event.shop_id, UUID(event.payload["order_id"])) is not None


def on_order_delivered(event: StoredEvent) -> None:
    """Their person has it."""
    order_delivered(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]), now=utc_now())


def on_order_back(event: StoredEvent) -> None:
    """They owe as much less."""
    told = event.payload
    order_back(shop_id=event.shop_id, order_id=UUID(told["order_id"]), refund_id=UUID(told["refund_id"]), now=utc_now())
