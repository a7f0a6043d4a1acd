"""A channel says money came: decide what it means for the order, in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.ledger import operations as ledger
from goodfor.orders import accounts, states, store
from goodfor.orders.deciding import BY_ITSELF
from goodfor.orders.events import LatePaymentCame
from goodfor.orders.operations.count_refund import count_refund
from goodfor.orders.operations.hold_delivery import hold_delivery
from goodfor.orders.operations.judge_late import judge_late
from goodfor.orders.operations.settle import settle
from goodfor.orders.types import HoldOrder
from goodfor.payments import queries as payment_queries
from goodfor.payments.errors import PaymentNotFound
from goodfor.payments.operations.apply_fact import apply_fact
from goodfor.payments.operations.hand_over import applier_of
from goodfor.payments.operations.request_refund import request_refund
from goodfor.payments.types import SETTLING, Applied, Fact

#: States in which money still pays the order. After cancelling or expiry it is delivered if it still buys it.
AWAITING = frozenset({states.PLACED, states.EXPIRED, states.CANCELLED})


@transaction.atomic(savepoint=False)
def apply_payment_fact(*, shop_id: UUID, fact: Fact, hold: HoldOrder | None = None, now: datetime) -> Applied:
    """Apply a fact once; repeated, late, doubled, short or foreign money each has its definite end.

    Paid in time: delivered (later, if it is held), or refunded when no stock is left. Paid late: the same while it
    still buys the order (judge_late), else refunded. A payment too many: refunded.
    `hold`: what this payment delivers waits (`judge_payment`, asked before); what goes back does not.
    Short or odd amounts: never delivered, a case (payments opened it), booked as suspense.
    Money for what another room sells is applied there (`payments.operations.hand_over`).
    """
    if (applier := applier_of(shop_id, fact)) is not None:
        return applier(shop_id=shop_id, fact=fact, now=now)
    # The order is locked before the payment: the lock order of the house.
    order = _order_of(shop_id, fact)
    applied = apply_fact(shop_id=shop_id, fact=fact, now=now)
    reach("payments.applying")
    if applied.outcome == "already_applied":
        return applied
    payment = applied.payment
    if payment is not None and payment.source_type == "order" and (order is None or order.id != payment.source_id):
        # The channel named another number of ours for this money before: that word stands, for that order.
        order = store.lock_order(shop_id, payment.source_id)
    if applied.outcome in SETTLING and order is not None and payment is not None and order.state in AWAITING:
        if hold is not None and order.state == states.PLACED:
            hold_delivery(shop_id=shop_id, order_id=order.id, hold=hold, actor="system", now=now)
        paid = applied.entry(credit_account=accounts.ORDER_LIABILITY, order_id=order.id)
        end = settle(
            shop_id=shop_id,
            order=order,
            payment_id=payment.id,
            paid=paid,
            paid_at=fact.happened_at,
            cause=f"payment:{payment.id}",
            give_back=judge_late(shop_id=shop_id, order=order, happened_at=fact.happened_at, now=now),
            hold=hold,
            now=now,
        )
        if order.state != states.PLACED:
            _tell_late(shop_id, order, applied, kept=end in (states.DELIVERED, states.PAID), now=now)
        return applied
    if applied.outcome in ("confirmed", "late", "duplicate_payment") and payment is not None:
        _give_back(shop_id, applied, now)
        if order is not None:
            _tell_late(shop_id, order, applied, kept=False, now=now)
        return applied
    ledger.post(shop_id=shop_id, currency=fact.amount.currency, entries=(applied.entry(),), now=now)
    return applied


def _order_of(shop_id: UUID, fact: Fact) -> store.LockedOrder | None:
    try:
        payment = payment_queries.payment_by_number(shop_id, fact.our_ref)
    except PaymentNotFound:
        return None
    return store.lock_order(shop_id, payment.source_id) if payment.source_type == "order" else None


def _tell_late(shop_id: UUID, order: store.LockedOrder, applied: Applied, *, kept: bool, now: datetime) -> None:
    amount = applied.fact.amount
    publish(
        shop_id=shop_id,
        event=LatePaymentCame(order.id, order.number, applied.fact_id, amount.amount_minor, amount.currency, kept),
        cause=("order", order.id),
        now=now,
    )


def _give_back(shop_id: UUID, applied: Applied, now: datetime) -> None:
    """A payment too many for its order goes back the way it came."""
    assert applied.payment is not None
    refund = request_refund(
        shop_id=shop_id,
        payment_id=applied.payment.id,
        amount=applied.fact.amount,
        reason="duplicate_payment",
        # By the fact: one payment may be paid more than twice, and each of its captures goes back by its own number.
        business_key=f"overpaid:{applied.fact_id}",
        capture_ref=applied.fact.channel_ref,
        now=now,
    )
    count_refund(shop_id=shop_id, refund=refund, by=BY_ITSELF, now=now)
    back = accounts.giving_back_entry(refund_id=refund.id, amount_minor=refund.amount.amount_minor, now=now)
    entries = (applied.entry(credit_account=accounts.OVERPAID), back)
    ledger.post(shop_id=shop_id, currency=applied.fact.amount.currency, entries=entries, now=now)
