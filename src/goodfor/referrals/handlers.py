"""News of orders and buyers, each led to one operation."""

from uuid import UUID

from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.kernel.sql import Statement
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.referrals.models import ProgrammeRevision, Reward
from goodfor.referrals.operations.earn import earn
from goodfor.referrals.operations.forget import forget
from goodfor.referrals.operations.take_back import take_back

_CONCERNS = Statement(__package__, "sql/concerns.sql")
_NOBODY = UUID(int=0)


def on_order_delivered(event: StoredEvent) -> None:
    """Perhaps it earned something for somebody."""
    earn(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]), now=utc_now())


def may_earn(event: StoredEvent) -> bool:
    """Most come by themselves."""
    if not ProgrammeRevision.objects.filter(shop_id=event.shop_id).exists():
        return False
    order_id = UUID(event.payload["order_id"])
    try:
        kind, _sep, name = orders.buyer_of(event.shop_id, order_id).partition(":")
    except OrderNotFound:
        return False
    if kind != "buyer":
        return False
    row = _CONCERNS.row({"shop_id": event.shop_id, "order_id": order_id, "buyer": UUID(name)})
    return bool(row and row[0])


def on_order_back(event: StoredEvent) -> None:
    """Something of an order goes back, or a claim of it is over."""
    take_back(shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]), now=utc_now())


def has_rewards(event: StoredEvent) -> bool:
    """Whether it earned anything."""
    order_id = event.payload.get("order_id")
    return bool(order_id) and Reward.objects.filter(shop_id=event.shop_id, order_id=UUID(order_id)).exists()


def on_dispute_ended(event: StoredEvent) -> None:
    """A bank has given back what was paid."""
    take_back(shop_id=event.shop_id, order_id=UUID(event.payload["source_id"]), now=utc_now())


def was_lost(event: StoredEvent) -> bool:
    """A dispute about an order that earned something."""
    told = event.payload
    if told["won"] or told["source_type"] != "order":
        return False
    return Reward.objects.filter(shop_id=event.shop_id, order_id=UUID(told["source_id"])).exists()


def on_buyer_erasing(event: StoredEvent) -> None:
    """The person goes."""
    forget(shop_id=event.shop_id, buyer_id=UUID(event.payload["buyer_id"]), now=utc_now())
