"""News from below, each led to one operation."""

from uuid import UUID

from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.partners.operations.forget_member import forget_member


def on_buyer_erasing(event: StoredEvent) -> None:
    """The person goes."""
    forget_member(shop_id=event.shop_id, owner=UUID(event.payload["buyer_id"]), now=utc_now())
