"""A held order is not delivered: the code stays ours, and its buyer has the money back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.orders import hold_states, states, store
from goodfor.orders.deciding import Decider, decided_by
from goodfor.orders.errors import HoldNotFound, HoldOver
from goodfor.orders.holds import hold_of_order
from goodfor.orders.operations.close_order import close_order
from goodfor.orders.operations.hold_steps import end_hold
from goodfor.orders.operations.note_refund_cap import telling_of_cap
from goodfor.orders.operations.start_refund import start_refund
from goodfor.orders.types import HELD_REFUSED, HoldView
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentDisputed
from goodfor.payments.operations.end_attempts import end_attempts


def refuse_delivery(
    *, shop_id: UUID, order_id: UUID, actor: str, cause: str, proven: bool = False, now: datetime
) -> HoldView:
    """End the hold; a paid order is refunded by the way it was paid, an unpaid one cancelled.

    Money that comes later for an order whose hold was refused goes back. Harmless when repeated. What a person of the
    staff refuses counts within the bounds of the day; `proven`: they proved a moment ago who they are.
    Raises OrderNotFound, HoldNotFound, HoldOver (it was released, or the money went back), PaymentDisputed (a bank has
    the money already), RefundCapReached, RefundAboveDailyLimit, RefundNeedsProof.
    """
    with telling_of_cap(shop_id, now), transaction.atomic(savepoint=False):
        order = store.lock_order(shop_id, order_id)
        hold = hold_of_order(shop_id, order_id)
        if hold is None:
            raise HoldNotFound
        if hold.state == hold_states.REFUSED:
            return hold
        if not hold.live:
            raise HoldOver(state=hold.state)
        ended = refuse_held(order, hold, by=decided_by(actor, proven=proven), cause=cause, now=now)
    reach("holds.ended")
    return ended


def refuse_held(
    order: store.LockedOrder, hold: HoldView, *, by: Decider, cause: str, reason: str = HELD_REFUSED, now: datetime
) -> HoldView:
    """The same of a live hold whose order this transaction holds. `reason`: why the money goes back."""
    shop_id = hold.shop_id
    if order.payment_id is not None and payments.holds_back(shop_id, order.payment_id):
        raise PaymentDisputed
    ended = end_hold(hold, order, hold_states.REFUSED, actor=by.actor, cause=cause, now=now)
    reach("holds.refusing")
    if order.state == states.PAID:
        start_refund(shop_id=shop_id, order=order, reason=reason, actor=by.actor, by=by, now=now)
    elif order.state == states.PLACED:
        close_order(
            shop_id=shop_id, order_id=order.id, to_state=states.CANCELLED, actor=by.actor, cause=HELD_REFUSED, now=now
        )
        end_attempts(shop_id=shop_id, source_type="order", source_id=order.id, now=now)
    return ended
