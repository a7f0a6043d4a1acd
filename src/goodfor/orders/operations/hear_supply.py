"""Suppliers delivered for an order, or could not."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.orders import states, store
from goodfor.orders.operations.deliver_parts import spare_lines
from goodfor.orders.operations.end_top_up import end_top_up
from goodfor.orders.operations.settle import fulfil
from goodfor.orders.operations.start_refund import start_refund
from goodfor.orders.types import ACCOUNT_WRONG, DIRECT, NOT_SUPPLIED
from goodfor.supply import queries as supply
from goodfor.supply.operations.close_want import give_up

#: What a supplier refused -> what the buyer is told; all else: nobody could deliver it.
_TOLD: Final = {"account": ACCOUNT_WRONG, "form": ACCOUNT_WRONG}


@transaction.atomic(savepoint=False)
def deliver_supplied(*, shop_id: UUID, order_id: UUID, now: datetime) -> str:
    """A line is through: deliver once all are; the order's state after."""
    order = store.lock_order(shop_id, order_id)
    if order.state != states.PAID:
        return order.state
    return fulfil(shop_id=shop_id, order_id=order_id, entries=(), cause="supplied", now=now)


@transaction.atomic(savepoint=False)
def refund_unsupplied(
    *, shop_id: UUID, order_id: UUID, line_id: UUID | None = None, why: str = "", now: datetime
) -> str:
    """A line cannot be had: the order's money goes back at once; what came for it is for others.

    Of a top-up only the price of what was not done goes back, once nobody is at it any more; of a bundle that is
    delivered part by part only the price of that line, once the others are through.
    """
    order = store.lock_order(shop_id, order_id)
    if order.state != states.PAID:
        return order.state
    reason = _TOLD.get(why, NOT_SUPPLIED)
    lines = store.lines_of(shop_id, order_id)
    line = lines[0]
    if line.kind == DIRECT:
        if supply.is_wanted(shop_id, order_id):
            return order.state
        return end_top_up(shop_id=shop_id, order=order, line=line, entries=(), reason=reason, cause="supplied", now=now)
    if line_id in spare_lines(shop_id, lines):
        return fulfil(shop_id=shop_id, order_id=order_id, entries=(), cause="supplied", now=now)
    give_up(shop_id=shop_id, order_id=order_id, reason=reason, now=now)
    start_refund(shop_id=shop_id, order=order, reason=reason, actor="system", now=now)
    return states.REFUNDING
