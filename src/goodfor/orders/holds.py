"""Reads of delivery holds. Reached through `queries`."""

from datetime import timedelta
from uuid import UUID

from goodfor.orders import hold_states
from goodfor.orders.hold_models import Hold
from goodfor.orders.hold_types import HoldView


def hold_of_order(shop_id: UUID, order_id: UUID) -> HoldView | None:
    """The hold of an order, over or not; None: it never had one."""
    row = Hold.objects.filter(shop_id=shop_id, order_id=order_id).first()
    return hold_view(row) if row else None


def held_orders(shop_id: UUID, limit: int = 100) -> list[HoldView]:
    """Paid orders that wait, those first whose time is over first."""
    rows = Hold.objects.filter(shop_id=shop_id, state=hold_states.HELD, until__isnull=False).order_by("until")
    return [hold_view(row) for row in rows[:limit]]


def hold_view(row: Hold) -> HoldView:
    """A row as a dataclass."""
    return HoldView(
        order_id=row.order_id, shop_id=row.shop_id, decision_id=row.decision_id, then=row.then, review=row.review,
        reasons=tuple(row.reasons), for_=timedelta(seconds=row.for_seconds), until=row.until, made_at=row.made_at,
        made_by=row.made_by, state=row.state, ended_at=row.ended_at, ended_by=row.ended_by, cause=row.cause,
        group_id=row.group_id, group_state=row.group_state, cleared_at=row.cleared_at, cleared_by=row.cleared_by,
    )  # fmt: skip
