"""A group has formed or failed: what that means for one of its paid orders."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.orders import hold_states, states, store
from goodfor.orders.deciding import BY_ITSELF
from goodfor.orders.hold_types import GROUP_FAILED
from goodfor.orders.holds import hold_of_order
from goodfor.orders.operations.group_steps import note_group
from goodfor.orders.operations.meet_hold import put_off
from goodfor.orders.operations.refuse_delivery import refuse_held
from goodfor.orders.operations.release_delivery import release_held
from goodfor.payments import queries as payments


@transaction.atomic(savepoint=False)
def group_decided(*, shop_id: UUID, order_id: UUID, won: bool, now: datetime) -> str:
    """The order's state after: delivered (unless something else keeps it) or refunded. Harmless when repeated.

    While a bank disputes its payment neither happens; the hold's clock does it then. Raises OrderNotFound.
    """
    order = store.lock_order(shop_id, order_id)
    hold = hold_of_order(shop_id, order_id)
    if hold is None or not hold.for_group or order.state != states.PAID:
        return order.state
    hold = note_group(hold, hold_states.GROUP_WON if won else hold_states.GROUP_LOST)
    reach("groups.deciding")
    if order.payment_id is not None and payments.holds_back(shop_id, order.payment_id):
        put_off(order, hold, now)
    elif not won:
        refuse_held(order, hold, by=BY_ITSELF, cause=GROUP_FAILED, reason=GROUP_FAILED, now=now)
    elif hold.only_group:
        release_held(order, hold, actor=BY_ITSELF.actor, cause="group", now=now)
    return store.lock_order(shop_id, order_id).state
