"""What groups decide, told to their orders; called once by the wiring."""

from uuid import UUID

from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.orders.operations.group_decided import group_decided
from goodfor.promotions.group_events import PlaceDecided


def listen() -> None:
    """One order a handler, so that none holds up the others."""
    events.register(PlaceDecided, on_place_decided, name="orders.on_place_decided")


def on_place_decided(event: StoredEvent) -> None:
    """Deliver where the group formed, give the money back where it did not."""
    group_decided(
        shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]), won=bool(event.payload["won"]),
        now=event.occurred_at,
    )  # fmt: skip
