"""A held order may be delivered."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.orders import hold_states, states, store
from goodfor.orders.errors import HoldNotFound, HoldOver
from goodfor.orders.holds import hold_of_order
from goodfor.orders.operations.group_steps import clear_hold
from goodfor.orders.operations.hold_steps import end_hold
from goodfor.orders.operations.settle import fulfil
from goodfor.orders.types import HoldView


def release_delivery(*, shop_id: UUID, order_id: UUID, actor: str, cause: str, now: datetime) -> HoldView:
    """End the hold, and deliver at once what is paid for; an unpaid order is delivered when it is paid.

    One that waits for its group goes on waiting, for that alone.
    What own stock lost meanwhile is bought where suppliers have it, else the money goes back. Harmless when repeated.
    Raises OrderNotFound, HoldNotFound, HoldOver (it was refused, or the money went back).
    """
    with transaction.atomic(savepoint=False):
        order = store.lock_order(shop_id, order_id)
        hold = hold_of_order(shop_id, order_id)
        if hold is None:
            raise HoldNotFound
        if hold.state == hold_states.RELEASED:
            return hold
        if not hold.live or hold.group_state == hold_states.GROUP_LOST:
            raise HoldOver(state=hold.state)
        if hold.for_group:
            return clear_hold(order, hold, actor=actor, cause=cause, now=now)
        ended = release_held(order, hold, actor=actor, cause=cause, now=now)
    reach("holds.ended")
    return ended


def release_held(order: store.LockedOrder, hold: HoldView, *, actor: str, cause: str, now: datetime) -> HoldView:
    """The same of a live hold whose order this transaction holds."""
    ended = end_hold(hold, order, hold_states.RELEASED, actor=actor, cause=cause, now=now)
    reach("holds.releasing")
    if order.state == states.PAID:
        fulfil(shop_id=hold.shop_id, order_id=order.id, entries=(), cause="released", first=True, now=now)
    return ended
