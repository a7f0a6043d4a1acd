"""The time of a hold is over: what was to happen by itself happens."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.faultpoints import reach
from goodfor.orders import hold_states, store
from goodfor.orders.deciding import BY_ITSELF
from goodfor.orders.hold_models import Hold
from goodfor.orders.hold_types import GROUP_FAILED
from goodfor.orders.holds import hold_of_order
from goodfor.orders.operations.group_steps import AFTER_GROUP, clear_hold, note_group
from goodfor.orders.operations.hold_steps import keep_held, run_until
from goodfor.orders.operations.refuse_delivery import refuse_held
from goodfor.orders.operations.release_delivery import release_held
from goodfor.orders.operations.settle import DELIVER_WITHIN
from goodfor.orders.types import HoldView
from goodfor.payments import queries as payments
from goodfor.promotions import group_queries, group_states
from goodfor.promotions.operations.end_group import end_group

CAUSE: Final = "until"
#: A bank asks for the money, or has it: it is looked again so much later, and a person decides meanwhile.
PUT_OFF: Final = timedelta(hours=1)


def meet_hold(*, shop_id: UUID, order_id: UUID, now: datetime) -> str:
    """Release or refuse what is due; the order's state after. Harmless for what is not due, or over."""
    with transaction.atomic(savepoint=False):
        order = store.lock_order(shop_id, order_id)
        hold = hold_of_order(shop_id, order_id)
        if hold is None or not hold.live or hold.until is None or hold.until > now:
            return order.state
        if order.payment_id is not None and payments.holds_back(shop_id, order.payment_id):
            put_off(order, hold, now)
            return order.state
        _end(order, hold, now)
        state = store.lock_order(shop_id, order_id).state
    reach("holds.ended")
    return state


def _end(order: store.LockedOrder, hold: HoldView, now: datetime) -> None:
    if hold.for_group and hold.only_group:
        hold = _ask_group(order, hold, now)
        if hold.for_group:
            # Not over: the clock of the group is not ours.
            run_until(hold, now + AFTER_GROUP, now + AFTER_GROUP + DELIVER_WITHIN)
            return
    if hold.group_state == hold_states.GROUP_LOST:
        refuse_held(order, hold, by=BY_ITSELF, cause=GROUP_FAILED, reason=GROUP_FAILED, now=now)
    elif hold.then != hold_states.RELEASE and not hold.only_group:
        refuse_held(order, hold, by=BY_ITSELF, cause=CAUSE, now=now)
    elif hold.for_group:
        clear_hold(order, hold, actor=BY_ITSELF.actor, cause=CAUSE, now=now)
    else:
        release_held(order, hold, actor=BY_ITSELF.actor, cause=CAUSE, now=now)


def _ask_group(order: store.LockedOrder, hold: HoldView, now: datetime) -> HoldView:
    """The news of its group did not come: what the group says itself, whose time is ended where it is over."""
    assert hold.group_id is not None
    end_group(shop_id=hold.shop_id, group_id=hold.group_id, now=now)
    place = group_queries.place_of_order(hold.shop_id, order.id)
    if place is None or place.state == group_states.JOINED:
        return hold
    return note_group(hold, hold_states.GROUP_WON if place.state == group_states.WON else hold_states.GROUP_LOST)


def put_off(order: store.LockedOrder, hold: HoldView, now: datetime) -> None:
    """Neither the code nor the money leaves while its payment is disputed; that a person is to look is written down."""
    until = now + PUT_OFF
    if keep_held(order, hold, until=until, margin=DELIVER_WITHIN, now=now) is None:
        # The codes are gone, too; what becomes of it is decided all the same.
        run_until(hold, until, until + DELIVER_WITHIN)
    if hold.review:
        return
    Hold.objects.filter(shop_id=hold.shop_id, order_id=order.id, state=hold_states.HELD).update(review=True)
    audit.record(
        shop_id=hold.shop_id, actor=BY_ITSELF.actor, action="order_hold_put_off", subject=("order", order.id),
        data={"cause": "disputed"}, now=now,
    )  # fmt: skip
