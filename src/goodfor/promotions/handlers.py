"""News of buyers, led to one operation."""

from uuid import UUID

from goodfor.kernel.events import StoredEvent
from goodfor.promotions.operations.forget_buyer import forget_buyer


def on_buyer_erasing(event: StoredEvent) -> None:
    """The person goes."""
    forget_buyer(shop_id=event.shop_id, buyer_id=UUID(event.payload["buyer_id"]), now=event.occurred_at)
