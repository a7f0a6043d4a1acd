"""A member pauses: from the end of what is paid on nothing is charged and nothing picked, until a day or his word."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.subscriptions import states
from goodfor.subscriptions.errors import ChargeRunning, NotNow, PauseNotAllowed
from goodfor.subscriptions.locks import lock_subscription
from goodfor.subscriptions.models import Pause, Subscription, Terms
from goodfor.subscriptions.operations.steps import (
    announce_again,
    begin_period,
    fail_period,
    move_subscription,
    unpaid_period,
)
from goodfor.subscriptions.queries import pause_days_left


@transaction.atomic(savepoint=False)
def pause(
    *, shop_id: UUID, subscription_id: UUID, owner: UUID, days: int, actor: str = "buyer", now: datetime
) -> None:  # fmt: skip
    """So many days; the next period begins after them. Once a pause is planned it is taken back by `resume`.

    Raises SubscriptionNotFound, NotNow (it ends, is refused, or pauses already), PauseNotAllowed(days), ChargeRunning
    (the next period is being charged, or was).
    """
    row = lock_subscription(shop_id, subscription_id, owner)
    over = row.stops or row.mandate_over or row.paid_until is None
    if row.state != states.ACTIVE or over or row.next_start != row.paid_until:
        raise NotNow(state=row.state)
    assert row.paid_until is not None
    left = pause_days_left(row, now)
    if not 1 <= days <= left:
        raise PauseNotAllowed(days=left)
    _clear(row, now)
    until = row.paid_until + timedelta(days=days)
    Pause.objects.create(
        shop_id=shop_id, subscription_id=row.id, starts_at=row.paid_until, ends_at=until, made_at=now
    )  # fmt: skip
    move_subscription(
        row, row.state, actor=actor, cause="pause", now=now, next_start=until, anchor_at=until, cycle=0
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def pause_by_staff(
    *, shop_id: UUID, subscription_id: UUID, days: int, actor: str, reason: str, now: datetime
) -> None:  # fmt: skip
    """The same by somebody of the staff, with a reason. Raises as `pause` does, and InvalidInput without a reason."""
    if not reason.strip():
        raise InvalidInput
    owner = lock_subscription(shop_id, subscription_id).owner
    pause(shop_id=shop_id, subscription_id=subscription_id, owner=owner, days=days, actor=actor, now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="subscriptions_paused", subject=("subscription", subscription_id),
        data={"days": days, "reason": reason.strip()[:200]}, now=now,
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def resume(*, shop_id: UUID, subscription_id: UUID, owner: UUID, now: datetime) -> None:
    """A pause that has not begun is taken back; from one that has a new period begins, and is charged, now.

    Raises SubscriptionNotFound, NotNow (it does not pause), ChargeRunning.
    """
    row = lock_subscription(shop_id, subscription_id, owner)
    pausing = row.next_start is not None and row.paid_until is not None and row.next_start > row.paid_until
    if row.state not in (states.ACTIVE, states.PAUSED) or row.stops or row.mandate_over or not pausing:
        raise NotNow(state=row.state)
    _clear(row, now)
    assert row.paid_until is not None
    last = Pause.objects.filter(shop_id=shop_id, subscription_id=row.id).order_by("-id").first()
    if last is not None:
        Pause.objects.filter(shop_id=shop_id, id=last.id).update(ends_at=max(last.starts_at, min(now, last.ends_at)))
    begins = max(row.paid_until, now)
    move_subscription(
        row, row.state, actor="buyer", cause="resume", now=now, next_start=begins, anchor_at=begins, cycle=0
    )
    if row.paid_until > now:
        announce_again(row, now=now)
        return
    terms = Terms.objects.get(shop_id=shop_id, id=row.next_terms_id or row.terms_id)
    begin_period(
        row, terms, kind=states.RENEWAL, starts_at=now, anchor_at=now, cycle=0, charge_at=now, cause="resume", now=now
    )


def _clear(row: Subscription, now: datetime) -> None:
    waiting = unpaid_period(row)
    if waiting is None:
        return
    if waiting.state == states.CHARGING:
        raise ChargeRunning
    fail_period(waiting, states.PAUSING, actor="buyer", now=now)
