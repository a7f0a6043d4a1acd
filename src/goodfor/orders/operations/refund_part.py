"""Give a part of a delivered order's price back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger
from goodfor.orders import accounts, given_back, states, store
from goodfor.orders.errors import RefundAmount, RefundRunning, WrongState
from goodfor.orders.operations.finish_refund import finish_refund
from goodfor.orders.types import RefundView
from goodfor.payments import queries as payments
from goodfor.payments.operations.request_refund import request_refund


@transaction.atomic(savepoint=False)
def refund_part(*, shop_id: UUID, order_id: UUID, amount: Money, reason: str, actor: str, now: datetime) -> RefundView:
    """Give `amount` of the price back by the route it was paid by; the order stays delivered, its codes stay sold.

    Less than what is left, else use refund_order. One refund of an order at a time, and none while a case about its
    payment is open. Raises OrderNotFound, WrongState, RefundAmount, RefundRunning.
    """
    order = store.lock_order(shop_id, order_id)
    if order.state != states.DELIVERED or order.payment_id is None:
        raise WrongState(state=order.state)
    refunds = payments.refunds_of(shop_id, order.payment_id)
    cases = payments.cases_of(shop_id, order.payment_id)
    if given_back.unfinished(refunds) or any(case.state == "open" for case in cases):
        raise RefundRunning
    left = given_back.left(order_id, order.total, refunds)
    if amount.currency != left.currency or not 0 < amount.amount_minor < left.amount_minor:
        raise RefundAmount(left_minor=left.amount_minor, currency=left.currency)
    refund = request_refund(
        shop_id=shop_id,
        payment_id=order.payment_id,
        amount=amount,
        reason=reason,
        business_key=given_back.next_part(order_id, refunds),
        actor=actor,
        now=now,
    )
    entry = accounts.refund_entry(
        refund_id=refund.id, order_id=order_id, amount_minor=amount.amount_minor, delivered=True, now=now
    )
    ledger.post(shop_id=shop_id, currency=amount.currency, entries=(entry,), now=now)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="order_partly_refunded",
        subject=("order", order_id),
        data={"reason": reason[:200], "amount_minor": amount.amount_minor},
        now=now,
    )
    if refund.done:
        finish_refund(shop_id=shop_id, order_id=order_id, refund=refund, now=now)
    return RefundView(
        refund.id, refund.number, order.number, refund.amount, refund.state, refund.created_at, refund.finished_at
    )
