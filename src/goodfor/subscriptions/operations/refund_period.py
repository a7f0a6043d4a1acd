"""Money of a paid period goes back: by the word of the staff, or because it was cancelled before it began."""

from datetime import datetime
from typing import Any
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
from goodfor.subscriptions import accounts, states
from goodfor.subscriptions.errors import NothingToRefund, NotNow
from goodfor.subscriptions.funds import first_of, funds_of, rest_after, total
from goodfor.subscriptions.locks import lock_period
from goodfor.subscriptions.models import Period, PeriodRefund, Subscription
from goodfor.subscriptions.operations.give_tier import end_tier
from goodfor.subscriptions.operations.steps import (
    being_credited,
    current_period,
    end_subscription,
    move_period,
    move_subscription,
)


@transaction.atomic(savepoint=False)
def refund_period(
    *, shop_id: UUID, period_id: UUID, whole: bool, reason: str, actor: str, proven: bool = False, now: datetime
) -> Money:  # fmt: skip
    """What of it is not income yet, or all that was paid for it; by the way it came. How much goes back in all.

    A period that lasts, or whose rest is being credited to an upgrade, ends with it, and so does its subscription with
    what was paid ahead: nobody is charged on after a refund. Of one that is to come the present one is kept.
    Raises PeriodNotFound, NothingToRefund, NotNow (not paid, or given back before), PaymentDisputed, and what
    count_refund raises.
    """
    row, period = lock_period(shop_id, period_id)
    if not reason.strip():
        raise InvalidInput
    by, upgrading = decided_by(actor, by_staff=True, proven=proven), being_credited(period)
    given = give_back_period(row, period, whole=whole, reason=reason, by=by, now=now)
    if row.state == states.ENDED or (period.ends_at <= now and not upgrading):
        return given
    if period.starts_at > now and row.state == states.ACTIVE and current_period(row, now) is not None:
        move_subscription(row, row.state, actor=actor, cause="refund", now=now, stops=True, **_without(row, period))
    else:
        take_next_back(row, reason=reason, now=now)
        end_subscription(row, states.MONEY_BACK, actor=actor, now=now)
    return given


def give_back_period(
    row: Subscription, period: Period, *, whole: bool, reason: str, by: Decider = BY_ITSELF, now: datetime
) -> Money:  # fmt: skip
    """In the caller's transaction, with both held: booked, and asked of the channels by their loop."""
    shop_id = row.shop_id
    if period.state not in (states.PAID, states.CLOSED):
        raise NotNow(state=period.state)
    # What a later period was credited is still good there.
    funds = rest_after(funds_of(period), period.credited_minor)
    deferred = period.price_minor - period.recognised_minor - period.credited_minor
    amount = min(total(funds), deferred + (period.recognised_minor if whole else 0))
    if amount < 1:
        raise NothingToRefund
    owed, entries = min(amount, deferred), []
    for number, (payment_id, minor) in enumerate(first_of(funds, amount)):
        if payments.holds_back(shop_id, payment_id):
            raise PaymentDisputed
        refund = request_refund(
            shop_id=shop_id, payment_id=payment_id, amount=Money(minor, period.currency), reason=reason,
            business_key=f"subscription:{period.id}" + (f":{number}" if number else ""), actor=by.actor, now=now,
        )  # fmt: skip
        of_owed = min(minor, owed)
        owed -= of_owed
        PeriodRefund.objects.create(
            refund_id=refund.id, shop_id=shop_id, period=period, deferred_minor=of_owed, income_minor=minor - of_owed,
            reason=reason.strip()[:200], actor=by.actor[:80], at=now,
        )  # fmt: skip
        entries.append(
            accounts.refund_entry(
                refund_id=refund.id, deferred_minor=of_owed, recognised_minor=minor - of_owed, now=now
            )
        )  # fmt: skip
        count_refund(shop_id=shop_id, refund=refund, by=by, now=now)
    move_period(
        period, states.REFUNDED, actor=by.actor, cause=f"refund:{period.id}", now=now,
        back_deferred_minor=deferred, back_income_minor=amount - deferred, settled_at=period.settled_at or now,
    )  # fmt: skip
    end_tier(row, period, now=now)
    audit.record(
        shop_id=shop_id, actor=by.actor, action="subscriptions_refunded", subject=("subscription", row.id),
        data={"period": period.number, "amount_minor": amount, "reason": reason.strip()[:200]}, now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=period.currency, entries=tuple(entries), now=now)
    return Money(amount, period.currency)


def take_next_back(row: Subscription, *, reason: str, now: datetime) -> None:
    """A period that was paid ahead and has not begun is not wanted any more: all of it goes back."""
    ahead = Period.objects.filter(
        shop_id=row.shop_id, subscription_id=row.id, state=states.PAID, starts_at__gt=now
    ).first()  # fmt: skip
    if ahead is None:
        return
    _row, period = lock_period(row.shop_id, ahead.id)
    give_back_period(row, period, whole=True, reason=reason, now=now)
    move_subscription(row, row.state, actor="system", cause="cancel", now=now, **_without(row, period))


def _without(row: Subscription, period: Period) -> dict[str, Any]:
    """What changes of a subscription whose next period is not paid any more."""
    cycle = row.cycle - 1
    changes: dict[str, Any] = {
        "paid_until": period.starts_at, "next_start": period.starts_at, "cycle": max(cycle, 0),
    }  # fmt: skip
    return changes | ({"anchor_at": period.starts_at, "cycle": 0} if cycle < 1 else {})
