"""The money of an order is back with its buyer."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.orders import given_back, states, store
from goodfor.orders.events import OrderPartlyRefunded, OrderRefunded
from goodfor.orders.models import Part
from goodfor.payments import queries as payments
from goodfor.payments.types import RefundView


@transaction.atomic(savepoint=False)
def finish_refund(*, shop_id: UUID, order_id: UUID | None, refund: RefundView, now: datetime) -> None:
    """Post the money going out and, for an order's own refund, close the order or note the part that is back.

    Harmless when repeated.
    """
    order = store.lock_order(shop_id, order_id) if order_id else None
    entry = refund.entry(effective_at=refund.finished_at or refund.created_at, order_id=order_id)
    if order is not None and given_back.is_part(refund):
        _note_part(shop_id, order, refund, now)
    elif order is not None and order.state == states.REFUNDING:
        store.move(
            shop_id,
            order.id,
            states.REFUNDING,
            states.REFUNDED,
            refunded_at=now,
            refunded_minor=order.total.amount_minor,
        )
        record_history(
            shop_id=shop_id,
            machine=states.MACHINE,
            subject_id=order.id,
            moves=[(states.REFUNDING, states.REFUNDED)],
            actor="system",
            cause=f"refund:{refund.id}",
            now=now,
        )
        publish(
            shop_id=shop_id,
            event=OrderRefunded(order.id, order.number, refund.id, refund.amount.amount_minor, refund.amount.currency),
            cause=("refund", refund.id),
            now=now,
        )
    ledger.post(shop_id=shop_id, currency=refund.amount.currency, entries=(entry,), now=now)


def _note_part(shop_id: UUID, order: store.LockedOrder, refund: RefundView, now: datetime) -> None:
    assert order.payment_id is not None
    # The channel's clock is not ours: never before it was decided.
    Part.objects.filter(
        shop_id=shop_id, order_id=order.id, number=given_back.part_number(refund), back_at__isnull=True
    ).update(back_at=Greatest(F("decided_at"), Value(now)))
    back = given_back.parts_back(payments.refunds_of(shop_id, order.payment_id))
    if order.state != states.DELIVERED or not store.note_refunded(shop_id, order.id, back):
        return
    publish(
        shop_id=shop_id,
        event=OrderPartlyRefunded(
            order.id, order.number, refund.id, refund.amount.amount_minor, refund.amount.currency
        ),
        cause=("refund", refund.id),
        now=now,
    )
