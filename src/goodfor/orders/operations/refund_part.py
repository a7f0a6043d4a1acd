"""Give a part of a delivered order's price back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.money import Money
from goodfor.orders import store
from goodfor.orders.operations.start_part import start_part
from goodfor.orders.types import RefundView


@transaction.atomic(savepoint=False)
def refund_part(*, shop_id: UUID, order_id: UUID, amount: Money, reason: str, actor: str, now: datetime) -> RefundView:
    """Give `amount` of the price back by the route it was paid by; the order stays delivered, its codes stay sold.

    Less than what is left, else use refund_order. One refund of an order at a time, and none while a case about its
    payment is open. Raises OrderNotFound, WrongState, RefundAmount, RefundRunning.
    """
    order = store.lock_order(shop_id, order_id)
    return start_part(shop_id=shop_id, order=order, amount=amount, reason=reason, actor=actor, now=now)
