"""Money of a paid period goes back: by the word of the staff, or because it was cancelled before it began."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger
from goodfor.orders.deciding import BY_ITSELF, Decider, decided_by
from goodfor.orders.operations.count_refund import count_refund
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentDisputed
from goodfor.payments.operations.request_refund import request_refund
from goodfor.payments.types import RefundView
from goodfor.subscriptions import accounts, states
from goodfor.subscriptions.errors import NothingToRefund, NotNow
from goodfor.subscriptions.locks import lock_period
from goodfor.subscriptions.models import Period, PeriodRefund, Subscription
from goodfor.subscriptions.operations.give_tier import end_tier
from goodfor.subscriptions.operations.steps import end_subscription, move_period, move_subscription


@transaction.atomic(savepoint=False)
def refund_period(
    *, shop_id: UUID, period_id: UUID, whole: bool, reason: str, actor: str, proven: bool = False, now: datetime
) -> RefundView:  # fmt: skip
    """What of it is not income yet, or all that was paid for it; by the way it came.

    A period that lasts or is to come ends with it, and so does its subscription: nobody is charged on after a refund.
    Raises PeriodNotFound, NothingToRefund, NotNow (not paid, or given back before), PaymentDisputed, and what
    count_refund raises.
    """
    row, period = lock_period(shop_id, period_id)
    if not reason.strip():
        raise InvalidInput
    by = decided_by(actor, by_staff=True, proven=proven)
    refund = give_back_period(row, period, whole=whole, reason=reason, by=by,
                              now=now)  # fmt: skip
    if row.state != states.ENDED and period.ends_at > now:
        end_subscription(row, states.MONEY_BACK, actor=actor, now=now)
    return refund


def give_back_period(
    row: Subscription, period: Period, *, whole: bool, reason: str, by: Decider = BY_ITSELF, now: datetime
) -> RefundView:  # fmt: skip
    """In the caller's transaction, with both held: booked, and asked of the channel by its loop."""
    shop_id = row.shop_id
    if period.state not in (states.PAID, states.CLOSED) or period.payment_id is None:
        raise NotNow(state=period.state)
    if payments.holds_back(shop_id, period.payment_id):
        raise PaymentDisputed
    deferred = period.price_minor - period.recognised_minor - period.credited_minor
    # What an earlier period had paid went with its own payment, and what a later one was credited is still good there.
    most = period.price_minor - period.credit_minor - period.credited_minor
    amount = min(most, deferred + (period.recognised_minor if whole else 0))
    if amount < 1:
        raise NothingToRefund
    of_deferred = min(amount, deferred)
    refund = request_refund(
        shop_id=shop_id, payment_id=period.payment_id, amount=Money(amount, period.currency), reason=reason,
        business_key=f"subscription:{period.id}", actor=by.actor, now=now,
    )  # fmt: skip
    PeriodRefund.objects.create(
        refund_id=refund.id, shop_id=shop_id, period=period, deferred_minor=of_deferred,
        income_minor=amount - of_deferred, reason=reason.strip()[:200], actor=by.actor[:80], at=now,
    )  # fmt: skip
    entries = [
        accounts.refund_entry(
            refund_id=refund.id, deferred_minor=of_deferred, recognised_minor=amount - of_deferred, now=now
        )
    ]
    # Only where an earlier period had paid a part: that is kept, and income now.
    kept = accounts.close_entry(period_id=period.id, minor=deferred - of_deferred, now=now)
    move_period(
        period, states.REFUNDED, actor=by.actor, cause=f"refund:{refund.id}", now=now,
        back_deferred_minor=of_deferred, back_income_minor=amount - of_deferred,
        recognised_minor=period.recognised_minor + deferred - of_deferred, settled_at=period.settled_at or now,
    )  # fmt: skip
    count_refund(shop_id=shop_id, refund=refund, by=by, now=now)
    end_tier(row, period, now=now)
    audit.record(
        shop_id=shop_id, actor=by.actor, action="subscriptions_refunded", subject=("subscription", row.id),
        data={"period": period.number, "amount_minor": amount, "reason": reason.strip()[:200]}, now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=period.currency, entries=(*entries, *([kept] if kept else [])), now=now)
    return refund


def take_next_back(row: Subscription, *, reason: str, now: datetime) -> None:
    """A period that was paid ahead and has not begun is not wanted any more: all of it goes back."""
    ahead = Period.objects.filter(
        shop_id=row.shop_id, subscription_id=row.id, state=states.PAID, starts_at__gt=now
    ).first()  # fmt: skip
    if ahead is None:
        return
    _row, period = lock_period(row.shop_id, ahead.id)
    give_back_period(row, period, whole=True, reason=reason, now=now)
    cycle = row.cycle - 1
    changes = {"paid_until": period.starts_at, "next_start": period.starts_at, "cycle": max(cycle, 0)}
    if cycle < 1:
        changes |= {"anchor_at": period.starts_at, "cycle": 0}
    move_subscription(row, row.state, actor="system", cause="cancel", now=now, **changes)
