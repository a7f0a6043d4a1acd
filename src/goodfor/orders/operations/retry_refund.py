"""The staff asks for the money of an order once more, after its channel refused or nobody could tell the end."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.orders import queries, states, store
from goodfor.orders.errors import WrongState
from goodfor.orders.events import OrderRefunding
from goodfor.orders.types import RefundView
from goodfor.payments.operations.retry_refund import retry_refund as retry_by_channel


@transaction.atomic(savepoint=False)
def retry_refund(*, shop_id: UUID, order_id: UUID, actor: str, now: datetime) -> RefundView:
    """The refund that is under way when this commits; one that is on its way or done is returned as it is.

    What was owed was booked when the refund was decided and still is owed: a new refund moves nothing in the ledger
    until it succeeds. Raises OrderNotFound, WrongState (nothing is to be given back).
    """
    order = store.lock_order(shop_id, order_id)
    latest = queries.refund_of_order(shop_id, order_id, order.payment_id)
    if order.state not in (states.REFUNDING, states.REFUNDED) or latest is None:
        raise WrongState(state=order.state)
    refund = retry_by_channel(shop_id=shop_id, refund_id=latest.id, actor=actor, now=now)
    if refund.id != latest.id:
        store.mark_refund_failed(shop_id, order_id, None)
        publish(
            shop_id=shop_id,
            event=OrderRefunding(order_id, order.number, refund.id, refund.reason),
            cause=("refund", latest.id),
            now=now,
        )
    return store.refund_view(order.number, refund)
