"""The channel refused for good to give the money of an order back: say so on the order."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.orders import queries, states, store
from goodfor.orders.events import OrderRefundFailed
from goodfor.payments.types import RefundView


@transaction.atomic(savepoint=False)
def note_failed_refund(*, shop_id: UUID, order_id: UUID, refund: RefundView, now: datetime) -> None:
    """Mark the order; it stays `refunding`, since the money is still owed, until `retry_refund` gets it back.

    payments has opened the case already. Harmless when repeated, and when a newer refund is under way by now.
    """
    order = store.lock_order(shop_id, order_id)
    latest = queries.refund_of_order(shop_id, order_id, order.payment_id)
    if order.state != states.REFUNDING or latest is None or latest.id != refund.id:
        return
    if store.mark_refund_failed(shop_id, order_id, now):
        publish(
            shop_id=shop_id,
            event=OrderRefundFailed(order_id, order.number, refund.id, refund.failure),
            cause=("refund", refund.id),
            now=now,
        )
