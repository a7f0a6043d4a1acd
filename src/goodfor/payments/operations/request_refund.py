"""Ask for money back on a payment: the row that reserves it, in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import order_number, uuid7
from goodfor.kernel.money import Money
from goodfor.kernel.statemachine import record_history
from goodfor.payments import states
from goodfor.payments.disputes import holds_back
from goodfor.payments.errors import PaymentDisputed, RefundExceedsPaid, RefundKeyReused
from goodfor.payments.locks import lock_payment
from goodfor.payments.mapping import refund_view
from goodfor.payments.models import FactRow, Payment, Refund
from goodfor.payments.operations.take_back_shares import take_back_shares
from goodfor.payments.types import CREDIT, RefundView


def request_refund(
    *,
    shop_id: UUID,
    payment_id: UUID,
    amount: Money,
    reason: str,
    business_key: str,
    now: datetime,
    actor: str = "system",
    capture_ref: str = "",
    paid_from: str = "",
) -> RefundView:
    """Reserve `amount` of what the payment received; the loop (or `execute_refund` after the commit) sends it.

    The same `business_key` again gives the same refund. `capture_ref` names the channel's number of the money to give
    back where a payment was paid more than once. From a wallet it is given back at once: `succeeded`, no event; so it
    is from `paid_from`, a ledger account (a buyer's wallet, the bank) that pays instead of the channel. What a card,
    points or a subscription paid goes back to them whatever `paid_from` says: it is not turned into money.
    Raises PaymentNotFound, RefundExceedsPaid, RefundKeyReused (same key, other payment or amount), and PaymentDisputed
    with `paid_from`: a bank has the money already.
    """
    with transaction.atomic(savepoint=False):
        payment = lock_payment(shop_id, payment_id)
        if payment.wallet_account.startswith(CREDIT):
            paid_from = ""
        known = Refund.objects.filter(shop_id=shop_id, business_key=business_key).first()
        if known is not None:
            same = (known.payment_id, known.amount_minor, known.currency, known.paid_from)
            if same != (payment_id, amount.amount_minor, amount.currency, paid_from):
                raise RefundKeyReused(number=known.number)
            return refund_view(known, payment)
        if paid_from and holds_back(shop_id, payment_id):
            # Done at once, so this is the last moment to see it; one by a channel is looked at again before it is sent.
            raise PaymentDisputed
        left = payment.captured_minor - payment.refunded_minor
        if amount.currency != payment.currency or not 0 < amount.amount_minor <= left:
            raise RefundExceedsPaid(refundable_minor=left, currency=payment.currency)
        # A trigger adds it to payment.refunded_minor, whose CHECK is the last word.
        row = _insert(payment, amount, reason, business_key, capture_ref, paid_from, now)
        moves: list[tuple[str | None, str]] = [(None, states.CREATED)]
        if row.state == states.SUCCEEDED:
            moves.append((states.CREATED, states.SUCCEEDED))
            _insert_fact(payment, row, now)
            if payment.request.get("frozen"):
                take_back_shares(shop_id=shop_id, payment_id=payment.id, now=now)
        record_history(
            shop_id=shop_id,
            machine=states.REFUND,
            subject_id=row.id,
            moves=moves,
            actor=actor,
            cause=business_key,
            now=now,
        )
    return refund_view(row, payment)


def _insert(
    payment: Payment, amount: Money, reason: str, business_key: str, capture_ref: str, paid_from: str, now: datetime
) -> Refund:
    instant = bool(payment.wallet_account or paid_from)
    return Refund.objects.create(
        id=uuid7(),
        shop_id=payment.shop_id,
        payment_id=payment.id,
        number="R" + order_number(now)[1:],
        business_key=business_key,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        state=states.SUCCEEDED if instant else states.CREATED,
        reason=reason[:200],
        paid_from=paid_from,
        capture_ref=capture_ref or payment.channel_ref,
        next_try_at=None if instant else now,
        created_at=now,
        accepted_at=now if instant else None,
        finished_at=now if instant else None,
    )


def _insert_fact(payment: Payment, refund: Refund, now: datetime) -> None:
    FactRow.objects.create(
        id=uuid7(),
        shop_id=payment.shop_id,
        account_id=payment.account_id,
        provider=payment.provider,
        payment_id=payment.id,
        refund_id=refund.id,
        kind="refunded",
        our_ref=refund.number,
        channel_ref=refund.number,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        happened_at=now,
        source="local",
        recorded_at=now,
        outcome="confirmed",
        posting_ref=f"refundok:{refund.id}",
        applied_at=now,
    )
