"""A paid order is past its deadline: deliver it now if that is possible, else refund it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.orders import states, store
from goodfor.orders.holds import hold_of_order
from goodfor.orders.operations.meet_hold import meet_hold
from goodfor.orders.operations.settle import fulfil
from goodfor.supply.operations.close_want import give_up


@transaction.atomic(savepoint=False)
def meet_deadline(*, shop_id: UUID, order_id: UUID, now: datetime) -> str:
    """Bring a paid order to delivered or refunding; returns its state after."""
    order = store.lock_order(shop_id, order_id)
    if order.state != states.PAID:
        return order.state
    hold = hold_of_order(shop_id, order_id)
    if hold is not None and hold.live:
        # What it says happens, and not before its time.
        return meet_hold(shop_id=shop_id, order_id=order_id, now=now)
    # What suppliers deliver from here on is for others; the buyer waits no longer.
    give_up(shop_id=shop_id, order_id=order_id, reason="deadline", now=now)
    return fulfil(shop_id=shop_id, order_id=order_id, entries=(), cause="deadline", now=now)
