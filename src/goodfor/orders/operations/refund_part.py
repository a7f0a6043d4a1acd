"""Give a part of a delivered order's price back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.money import Money
from goodfor.orders import store
from goodfor.orders.deciding import decided_by
from goodfor.orders.operations.note_refund_cap import telling_of_cap
from goodfor.orders.operations.start_part import start_part
from goodfor.orders.types import RefundView


def refund_part(
    *, shop_id: UUID, order_id: UUID, amount: Money, reason: str, actor: str, proven: bool = False, now: datetime
) -> RefundView:
    """Give `amount` of the price back by the route it was paid by; the order stays delivered, its codes stay sold.

    Less than what is left, else use refund_order. One refund of an order at a time, and none while a case about its
    payment is open. `proven`: who decides it proved a moment ago who they are, which the shop's limits may ask for.
    Raises OrderNotFound, WrongState, RefundAmount, RefundRunning, RefundCapReached, RefundAboveDailyLimit,
    RefundNeedsProof.
    """
    by = decided_by(actor, by_staff=True, proven=proven)
    with telling_of_cap(shop_id, now), transaction.atomic(savepoint=False):
        order = store.lock_order(shop_id, order_id)
        return start_part(shop_id=shop_id, order=order, amount=amount, reason=reason, actor=actor, by=by, now=now)
