"""News from below, each led to one operation."""

from typing import Any
from uuid import UUID

from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.partners.operations.forget_member import forget_member
from goodfor.partners.operations.hear_order import exchange_of, order_back, order_delivered
from goodfor.partners.operations.supply_goods import supply_back, supply_delivered, supply_of


def on_buyer_erasing(event: StoredEvent) -> None:
    """The person goes."""
    forget_member(shop_id=event.shop_id, owner=UUID(event.payload["buyer_id"]), now=utc_now())


def is_exchange(event: StoredEvent) -> bool:
    """Whether somebody has it for points, there or here."""
    order_id = UUID(event.payload["order_id"])
    return exchange_of(event.shop_id, order_id) is not None or supply_of(event.shop_id, order_id) is not None


def on_order_delivered(event: StoredEvent) -> None:
    """They have it."""
    told: dict[str, Any] = {"shop_id": event.shop_id, "order_id": UUID(event.payload["order_id"]), "now": utc_now()}
    if not order_delivered(**told):
        supply_delivered(**told)


def on_order_back(event: StoredEvent) -> None:
    """What was paid by points is not any more."""
    said = event.payload
    told: dict[str, Any] = {
        "shop_id": event.shop_id, "order_id": UUID(said["order_id"]), "refund_id": UUID(said["refund_id"]),
        "now": utc_now(),
    }  # fmt: skip
    if not order_back(**told):
        supply_back(**told)
