"""Try a refund again that the channel has refused: the money is still owed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.orders import given_back, store
from goodfor.orders.errors import RefundNotRepeatable
from goodfor.orders.operations.finish_refund import finish_refund
from goodfor.orders.types import RefundView
from goodfor.payments import queries as payments
from goodfor.payments.operations.request_refund import request_refund


@transaction.atomic(savepoint=False)
def repeat_refund(*, shop_id: UUID, refund_id: UUID, actor: str, now: datetime) -> RefundView:
    """Ask for the same money again under a new number; what was booked as payable stays so, nothing is booked twice.

    Raises RefundNotFound, RefundNotRepeatable (not an order's own, or a try is running or has succeeded),
    RefundExceedsPaid.
    """
    refused = payments.refund(shop_id, refund_id)
    payment = payments.payment(shop_id, refused.payment_id)
    if payment.source_type != "order" or not given_back.of_order(payment.source_id, [refused]):
        raise RefundNotRepeatable
    order = store.lock_order(shop_id, payment.source_id)
    key = given_back.next_try(refused, payments.refunds_of(shop_id, payment.id))
    if key is None:
        raise RefundNotRepeatable
    refund = request_refund(
        shop_id=shop_id,
        payment_id=payment.id,
        amount=refused.amount,
        reason=refused.reason,
        business_key=key,
        actor=actor,
        now=now,
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="refund_repeated",
        subject=("order", order.id),
        data={"refused": refused.number, "number": refund.number, "amount_minor": refund.amount.amount_minor},
        now=now,
    )
    if refund.done:
        finish_refund(shop_id=shop_id, order_id=order.id, refund=refund, now=now)
    return RefundView(
        refund.id, refund.number, order.number, refund.amount, refund.state, refund.created_at, refund.finished_at
    )
