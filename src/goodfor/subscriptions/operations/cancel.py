"""A member, or the staff, ends a subscription: what is paid is kept until its end, and can be taken back until then."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.payments.operations.end_attempts import end_attempts
from goodfor.subscriptions import states
from goodfor.subscriptions.errors import NotNow
from goodfor.subscriptions.locks import lock_period, lock_subscription
from goodfor.subscriptions.models import Subscription
from goodfor.subscriptions.operations.give_tier import end_tier
from goodfor.subscriptions.operations.refund_period import take_next_back
from goodfor.subscriptions.operations.steps import (
    SOURCE,
    announce_again,
    end_subscription,
    fail_period,
    move_subscription,
    unpaid_period,
)


@transaction.atomic(savepoint=False)
def cancel(*, shop_id: UUID, subscription_id: UUID, owner: UUID, now: datetime) -> None:
    """Nothing is charged any more; where nothing is paid for to come it is over at once. Again changes nothing.

    A next period that was paid ahead goes back. Raises SubscriptionNotFound.
    """
    _cancel(lock_subscription(shop_id, subscription_id, owner), actor="buyer", now=now)


@transaction.atomic(savepoint=False)
def cancel_by_staff(
    *, shop_id: UUID, subscription_id: UUID, actor: str, reason: str, at_once: bool = False, now: datetime
) -> None:  # fmt: skip
    """The same with a reason; `at_once`: also what is paid. Raises SubscriptionNotFound, InvalidInput (no reason)."""
    if not reason.strip():
        raise InvalidInput
    row = lock_subscription(shop_id, subscription_id)
    if row.state == states.ENDED:
        return
    if at_once:
        take_next_back(row, reason=reason, now=now)
        end_subscription(row, states.BY_STAFF, actor=actor, now=now)
    else:
        _cancel(row, actor=actor, now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="subscriptions_cancelled", subject=("subscription", row.id),
        data={"reason": reason.strip()[:200], "at_once": at_once}, now=now,
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def keep(*, shop_id: UUID, subscription_id: UUID, owner: UUID, now: datetime) -> None:
    """The cancellation is taken back, while something is paid. Raises SubscriptionNotFound, NotNow."""
    row = lock_subscription(shop_id, subscription_id, owner)
    if row.state not in (states.ACTIVE, states.PAUSED) or row.paid_until is None or row.paid_until <= now:
        raise NotNow(state=row.state)
    move_subscription(row, row.state, actor="buyer", cause="keep", now=now, stops=False)
    if unpaid_period(row) is None:
        announce_again(row, now=now)


@transaction.atomic(savepoint=False)
def end_by_dispute(*, shop_id: UUID, period_id: UUID, now: datetime) -> None:
    """A bank gave the money of a period back to its holder: nothing more is given, nor charged."""
    row, period = lock_period(shop_id, period_id)
    end_tier(row, period, now=now)
    if row.state != states.ENDED:
        take_next_back(row, reason="disputed", now=now)
        end_subscription(row, states.DISPUTED, actor="system", now=now)


@transaction.atomic(savepoint=False)
def end_all_of(*, shop_id: UUID, owner: UUID, now: datetime) -> None:
    """The person goes: nothing is charged any more."""
    mine = Subscription.objects.filter(shop_id=shop_id, owner=owner, state__in=sorted(states.LIVE)).order_by("id")
    for subscription_id in mine.values_list("id", flat=True):
        row = lock_subscription(shop_id, subscription_id)
        if row.state != states.ENDED:
            take_next_back(row, reason="account_erased", now=now)
            end_subscription(row, states.ERASED, actor="system", now=now)


def _cancel(row: Subscription, *, actor: str, now: datetime) -> None:
    if row.state == states.ENDED or row.stops:
        return
    take_next_back(row, reason="subscription_cancelled", now=now)
    if row.state in (states.AWAITING, states.PAST_DUE, states.PAUSED) or row.paid_until is None:
        end_subscription(row, states.CANCELLED, actor=actor, now=now)
        return
    waiting = unpaid_period(row)
    if waiting is not None and waiting.state == states.DUE:
        fail_period(waiting, states.CANCELLED, actor=actor, now=now)
    elif waiting is not None:
        # Under way: what was not sent is not sent, and what comes all the same goes back (apply_charge_fact).
        end_attempts(shop_id=row.shop_id, source_type=SOURCE, source_id=waiting.id, now=now)
    move_subscription(row, row.state, actor=actor, cause="cancel", now=now, stops=True)
