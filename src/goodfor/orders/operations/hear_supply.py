"""Suppliers delivered for an order, or could not."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.orders import states, store
from goodfor.orders.operations.settle import fulfil
from goodfor.orders.operations.start_refund import start_refund
from goodfor.supply.operations.close_want import give_up

#: What the buyer is told: nobody could deliver it.
NOT_SUPPLIED = "not_supplied"


@transaction.atomic(savepoint=False)
def deliver_supplied(*, shop_id: UUID, order_id: UUID, now: datetime) -> str:
    """A line is through: deliver once all are; the order's state after."""
    order = store.lock_order(shop_id, order_id)
    if order.state != states.PAID:
        return order.state
    return fulfil(shop_id=shop_id, order_id=order_id, entries=(), cause="supplied", now=now)


@transaction.atomic(savepoint=False)
def refund_unsupplied(*, shop_id: UUID, order_id: UUID, now: datetime) -> str:
    """A line cannot be had: the order's money goes back at once; what came for it is for others."""
    order = store.lock_order(shop_id, order_id)
    if order.state != states.PAID:
        return order.state
    give_up(shop_id=shop_id, order_id=order_id, reason=NOT_SUPPLIED, now=now)
    start_refund(shop_id=shop_id, order=order, reason=NOT_SUPPLIED, actor="system", now=now)
    return states.REFUNDING
