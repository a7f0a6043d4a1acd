"""Steps of orders that wait for a group. In the caller's transaction, with the order's row locked."""

from datetime import datetime, timedelta
from typing import Final

from goodfor.kernel import audit
from goodfor.orders import hold_states, states, store
from goodfor.orders.hold_models import Hold
from goodfor.orders.hold_types import GROUP_OVER
from goodfor.orders.holds import hold_view
from goodfor.orders.operations.hold_steps import end_hold, keep_held
from goodfor.orders.types import HoldView
from goodfor.promotions import group_queries, group_states
from goodfor.promotions.operations.pay_place import pay_place

#: The group's own clock ends it first; this is for what went wrong with the news of it.
AFTER_GROUP: Final = timedelta(minutes=5)
#: How long a code is kept after a hold's clock, as for a delivery.
KEPT_AFTER: Final = timedelta(minutes=10)
ACTOR: Final = "system"


def pay_into_group(
    order: store.LockedOrder, hold: HoldView, *, paid_at: datetime, now: datetime
) -> tuple[HoldView, datetime | None, str]:
    """The hold after the payment, until when it waits for its group, and why the money goes back instead.

    The group formed with it, and nothing else keeps it: it is released. Before counters, payment's end and ledger.
    """
    paid = pay_place(shop_id=hold.shop_id, order_id=order.id, paid_at=paid_at, now=now)
    if paid is None or paid.state == group_states.TURNED:
        return hold, None, GROUP_OVER
    if paid.state == group_states.JOINED:
        return hold, paid.expires_at + AFTER_GROUP if hold.only_group else None, ""
    hold = note_group(hold, hold_states.GROUP_WON)
    if hold.only_group:
        hold = end_hold(hold, order, hold_states.RELEASED, actor=ACTOR, cause="group", now=now)
    return hold, None, ""


def note_group(hold: HoldView, state: str) -> HoldView:
    """What became of the group, on its live hold."""
    rows = Hold.objects.filter(
        shop_id=hold.shop_id, order_id=hold.order_id, state=hold_states.HELD, group_state=hold_states.GROUP_WAITING
    )
    if rows.update(group_state=state) != 1:
        raise RuntimeError("a hold changed under its order's lock")
    return hold_view(Hold.objects.get(shop_id=hold.shop_id, order_id=hold.order_id))


def clear_hold(order: store.LockedOrder, hold: HoldView, *, actor: str, cause: str, now: datetime) -> HoldView:
    """Nothing but its group keeps the order from now on. Harmless when repeated.

    Its codes are kept until the group's end; those that cannot be had any more are missed when the group has formed.
    """
    if hold.cleared_at is not None:
        return hold
    rows = Hold.objects.filter(shop_id=hold.shop_id, order_id=hold.order_id, state=hold_states.HELD)
    if rows.update(cleared_at=now, cleared_by=actor[:100]) != 1:
        raise RuntimeError("a hold changed under its order's lock")
    audit.record(
        shop_id=hold.shop_id, actor=actor, action="order_hold_cleared", subject=("order", order.id),
        data={"cause": cause[:80], "order_state": order.state}, now=now,
    )  # fmt: skip
    cleared = hold_view(Hold.objects.get(shop_id=hold.shop_id, order_id=hold.order_id))
    place = group_queries.place_of_order(hold.shop_id, order.id)
    if order.state == states.PAID and place is not None and place.group.expires_at is not None:
        until = max(place.group.expires_at, now) + AFTER_GROUP
        return keep_held(order, cleared, until=until, margin=KEPT_AFTER, now=now) or cleared
    return cleared
