"""A member changes his plan: for a dearer one at once, for any other from the next period on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.money import Money
from goodfor.payments import queries as payments
from goodfor.subscriptions import states
from goodfor.subscriptions.errors import AboveMandate, AlreadySubscribed, ChargeRunning, NotNow, NoUpgrade, PlanNotFound
from goodfor.subscriptions.locks import lock_period, lock_subscription
from goodfor.subscriptions.models import Period, Plan, Subscription, Terms
from goodfor.subscriptions.operations.steps import (
    announce_again,
    begin_period,
    current_period,
    fail_period,
    move_subscription,
    must_be_wanted_once,
    unpaid_period,
    zone_of,
)
from goodfor.subscriptions.schedule import unused


def credit_for(row: Subscription, period: Period, now: datetime) -> Money:
    """What a running period is still worth for a dearer plan: its days to come, at most its picks to come."""
    today = now.astimezone(zone_of(row.shop_id)).date()
    worth = unused(
        period.price_minor, period.days, period.first_day, today, period.picks + period.carried,
        period.picked + period.given + period.carried_out,
    )  # fmt: skip
    # What was caught up since may be more than the line says.
    return Money(max(0, min(worth, period.price_minor - period.recognised_minor)), period.currency)


@transaction.atomic(savepoint=False)
def upgrade(*, shop_id: UUID, subscription_id: UUID, owner: UUID, plan_id: UUID, now: datetime) -> UUID:
    """A new period begins now and is charged less what the old one is still worth; its id. Refused, nothing changes.

    Raises SubscriptionNotFound, PlanNotFound, NotNow (nothing paid runs, or it ends), AlreadySubscribed (to that plan),
    NoUpgrade (nothing would be left to charge), ChargeRunning, AboveMandate.
    """
    row = lock_subscription(shop_id, subscription_id, owner)
    if row.state != states.ACTIVE or row.stops or row.mandate_over or row.mandate_id is None:
        raise NotNow(state=row.state)
    plan, terms = _wanted(row, plan_id)
    found = current_period(row, now)
    if found is None or Period.objects.filter(
        shop_id=shop_id, subscription_id=row.id, state=states.PAID, starts_at__gt=now
    ).exists():  # fmt: skip
        # Nothing runs, or the next one is paid already: then it is changed with the one after it.
        raise NotNow(state=row.state)
    _clear(row, now)
    _row, old = lock_period(shop_id, found.id)
    credit = credit_for(row, old, now)
    charge = terms.price_minor - credit.amount_minor
    if terms.currency != old.currency or charge < 1 or terms.price_minor <= old.price_minor:
        raise NoUpgrade
    if payments.mandate(shop_id, row.mandate_id).most.amount_minor < charge:
        raise AboveMandate
    period = begin_period(
        row, terms, kind=states.UPGRADE, starts_at=now, anchor_at=now, cycle=0, charge_at=now, cause=f"plan:{plan.id}",
        now=now, credit_minor=credit.amount_minor, replaces=old.id,
    )  # fmt: skip
    # Until it is paid or refused, no day from today on is income of the old one: that is what is credited.
    today = now.astimezone(zone_of(shop_id)).date()
    Period.objects.filter(shop_id=shop_id, id=old.id).update(recognise_before=today)
    return period.id


@transaction.atomic(savepoint=False)
def change_next(*, shop_id: UUID, subscription_id: UUID, owner: UUID, plan_id: UUID, now: datetime) -> None:
    """From the next period on; the plan that he has: nothing changes. Raises as `upgrade` does."""
    row = lock_subscription(shop_id, subscription_id, owner)
    if row.state not in (states.ACTIVE, states.PAUSED) or row.stops or row.mandate_id is None:
        raise NotNow(state=row.state)
    if plan_id == row.plan_id:
        _clear(row, now)
        move_subscription(row, row.state, actor="buyer", cause="plan", now=now, next_terms_id=None)
        announce_again(row, now=now)
        return
    _plan, terms = _wanted(row, plan_id)
    if payments.mandate(shop_id, row.mandate_id).most.amount_minor < terms.price_minor:
        raise AboveMandate
    _clear(row, now)
    move_subscription(row, row.state, actor="buyer", cause=f"plan:{plan_id}", now=now, next_terms_id=terms.id)
    announce_again(row, now=now)


def _wanted(row: Subscription, plan_id: UUID) -> tuple[Plan, Terms]:
    plan = Plan.objects.filter(shop_id=row.shop_id, id=plan_id, state=states.ON_SALE).first()
    if plan is None:
        raise PlanNotFound
    if plan_id == row.plan_id:
        raise AlreadySubscribed
    must_be_wanted_once(row.shop_id, row.owner, plan_id, but=row.id)
    return plan, Terms.objects.get(shop_id=row.shop_id, plan_id=plan.id, number=plan.revision)


def _clear(row: Subscription, now: datetime) -> None:
    """What was announced is announced anew as it will be; what is being charged is waited for."""
    waiting = unpaid_period(row)
    if waiting is None:
        return
    if waiting.state == states.CHARGING or waiting.kind != states.RENEWAL:
        raise ChargeRunning
    fail_period(waiting, states.CHANGED, actor="buyer", now=now)
