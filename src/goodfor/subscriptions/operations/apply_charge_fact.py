"""A channel says that money came for a period: decide what it means, in one transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.ledger import operations as ledger
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentNotFound
from goodfor.payments.operations.apply_fact import apply_fact
from goodfor.payments.operations.request_refund import request_refund
from goodfor.payments.types import OVERPAID, SETTLING, Applied, Fact
from goodfor.subscriptions import accounts, states
from goodfor.subscriptions.events import PeriodPaid
from goodfor.subscriptions.locks import lock_period
from goodfor.subscriptions.mapping import left_of
from goodfor.subscriptions.models import Period, Subscription, Terms
from goodfor.subscriptions.operations.give_tier import give_tier
from goodfor.subscriptions.operations.steps import (
    SOURCE,
    close_period,
    end_subscription,
    fail_period,
    move_period,
    move_subscription,
)


@transaction.atomic(savepoint=False)
def apply_charge_fact(*, shop_id: UUID, fact: Fact, now: datetime) -> Applied:
    """Apply a fact once; repeated, late, doubled or odd money each has its definite end.

    Wanted: the period is paid, also where the charge had been refused. Of a subscription that is over, or a renewal
    that was cancelled meanwhile, and a second time: it goes back. Odd amounts are a case and suspense, and the
    subscription is over: nobody is charged again while a person looks.
    """
    # The subscription is locked before the payment: the order of the house.
    held = _held(shop_id, fact)
    applied = apply_fact(shop_id=shop_id, fact=fact, now=now)
    reach("subscriptions.applying")
    if applied.outcome == "already_applied":
        return applied
    payment = applied.payment
    if payment is not None and payment.source_type == SOURCE and (held is None or held[1].id != payment.source_id):
        # The channel named another number of ours for this money before: that word stands.
        held = lock_period(shop_id, payment.source_id)
    if held is not None and payment is not None and applied.outcome in SETTLING and _wanted(*held, now):
        _pay(*held, applied, now)
        return applied
    if payment is not None and applied.outcome in ("confirmed", "late", "duplicate_payment"):
        _give_back(applied, now)
        if held is not None and held[1].state in states.UNPAID and applied.outcome in SETTLING:
            _let_go(*held, now)
        return applied
    ledger.post(shop_id=shop_id, currency=fact.amount.currency, entries=(applied.entry(),), now=now)
    if held is not None and payment is not None and held[1].state in states.UNPAID:
        end_subscription(held[0], states.ODD_AMOUNT, actor="system", now=now)
    return applied


def _held(shop_id: UUID, fact: Fact) -> tuple[Subscription, Period] | None:
    try:
        payment = payments.payment_by_number(shop_id, fact.our_ref)
    except PaymentNotFound:
        return None
    return lock_period(shop_id, payment.source_id) if payment.source_type == SOURCE else None


def _wanted(row: Subscription, period: Period, now: datetime) -> bool:
    """Whether the period still waits for it; a renewal that has not begun is not wanted once it was cancelled."""
    if period.state not in states.UNPAID or row.state == states.ENDED or _has_another(row, period):
        return False
    return period.kind != states.RENEWAL or not row.stops or period.starts_at <= now


def _has_another(row: Subscription, period: Period) -> bool:
    """Whether another of his subscriptions has the plan of this period by now: he has a plan once."""
    others = Subscription.objects.filter(
        shop_id=row.shop_id, owner=row.owner, plan_id=period.terms.plan_id, state__in=sorted(states.LIVE)
    )  # fmt: skip
    return others.exclude(id=row.id).exists()


def _let_go(row: Subscription, period: Period, now: datetime) -> None:
    """A period that nobody wants any more; where its plan is another subscription's by now, this one keeps its own."""
    fail_period(period, states.CANCELLED, actor="system", now=now)
    if row.state == states.ENDED or not _has_another(row, period):
        return
    if row.state == states.PAST_DUE:
        # Nothing would be tried again, and nothing be announced.
        end_subscription(row, states.CANCELLED, actor="system", now=now)
    elif row.next_terms_id == period.terms_id:
        move_subscription(row, row.state, actor="system", cause="plan", now=now, next_terms_id=None)


def _pay(row: Subscription, period: Period, applied: Applied, now: datetime) -> None:
    assert applied.payment is not None
    shop_id, currency = row.shop_id, period.currency
    terms = Terms.objects.get(shop_id=shop_id, id=period.terms_id)
    if period.replaces is not None:
        _end_old(row, period, now)
    move_period(
        period, states.PAID, actor="channel", cause=f"payment:{applied.payment.id}", now=now, paid_at=now,
        payment_id=applied.payment.id,
    )  # fmt: skip
    changes: dict[str, Any] = {
        "paid_until": period.ends_at, "next_start": period.ends_at, "terms_id": terms.id,
        "plan_id": terms.plan_id,
    }  # fmt: skip
    moved = period.terms_id != row.terms_id or period.starts_at != row.next_start
    if moved or period.kind == states.UPGRADE:
        # Its own months are counted from its own beginning.
        changes |= {"anchor_at": period.starts_at, "cycle": 1, "next_terms_id": None}
    else:
        changes |= {"cycle": row.cycle + 1}
    move_subscription(
        row, states.ACTIVE, actor="channel", cause=f"period:{period.id}", now=now, **changes
    )  # fmt: skip
    entry = applied.entry(credit_account=accounts.DEFERRED)
    ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), now=now)
    give_tier(row, period, terms, now=now)
    event = PeriodPaid(
        row.id, period.id, row.owner, period.kind, applied.fact.amount.amount_minor, currency
    )  # fmt: skip
    publish(shop_id=shop_id, event=event, cause=("subscriptions.period", period.id), now=now)


def _end_old(row: Subscription, period: Period, now: datetime) -> None:
    """An upgrade is paid: the old period ends where the new one begins, and its rest is credited to it."""
    old = lock_period(row.shop_id, period.replaces)[1] if period.replaces else None
    if old is None or old.state not in (states.PAID, states.CLOSED):
        return
    ends_at = max(old.starts_at, period.starts_at)
    if old.state == states.PAID:
        close_period(
            old, credited_minor=period.credit_minor, cause=f"upgrade:{period.id}", ends_at=ends_at, now=now
        )  # fmt: skip
        # Its open picks went into the credit: one that comes back later opens its own slot, and no other.
        Period.objects.filter(shop_id=row.shop_id, id=old.id).update(given=old.given + left_of(old))
    else:
        # All of it is income already: what was not picked of it is given as the plan says.
        Period.objects.filter(shop_id=row.shop_id, id=old.id).update(ends_at=ends_at)


def _give_back(applied: Applied, now: datetime) -> None:
    """Money that nobody waits for goes back the way it came."""
    assert applied.payment is not None
    shop_id, amount = applied.payment.shop_id, applied.fact.amount
    refund = request_refund(
        shop_id=shop_id, payment_id=applied.payment.id, amount=amount, reason="subscription_over",
        business_key=f"overpaid:{applied.fact_id}", capture_ref=applied.fact.channel_ref, now=now,
    )  # fmt: skip
    back = accounts.giving_back_entry(refund_id=refund.id, minor=amount.amount_minor, now=now)
    entries = (applied.entry(credit_account=OVERPAID), back)
    ledger.post(shop_id=shop_id, currency=amount.currency, entries=entries, now=now)
