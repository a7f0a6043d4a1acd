"""People look at odd rewards: take an order into their hands, say yes or no and why, and of much a second one too."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.statemachine import record_history
from goodfor.referrals import states
from goodfor.referrals.errors import ReviewMoved, RewardNotFound, SecondPerson
from goodfor.referrals.locks import lock_review, lock_rewards
from goodfor.referrals.models import Review, Reward
from goodfor.referrals.operations.steps import approve, reject

#: So long it stays in somebody's hands.
LEASE: Final = timedelta(minutes=15)


@transaction.atomic(savepoint=False)
def take(*, shop_id: UUID, order_id: UUID, actor: str, now: datetime) -> None:
    """Into one's hands, for `LEASE`; the same again holds it longer. Raises RewardNotFound, ReviewMoved."""
    row = _held(shop_id, order_id)
    if row.state == states.TAKEN and row.taken_by != actor and row.taken_until and row.taken_until > now:
        raise ReviewMoved
    if row.state == states.TAKEN and row.taken_by != actor:
        _move(row, states.WAITING, actor=actor, cause="lease_ended", now=now)
    if row.state == states.WAITING:
        _move(row, states.TAKEN, actor=actor, cause="taken", now=now)
    elif row.state != states.TAKEN:
        raise ReviewMoved
    Review.objects.filter(shop_id=shop_id, id=order_id).update(taken_by=actor[:80], taken_until=now + LEASE)


@transaction.atomic(savepoint=False)
def decide(*, shop_id: UUID, order_id: UUID, verdict: str, reason: str, actor: str, now: datetime) -> str:
    """`approve` or `reject` all that waits of an order, with a reason; the review's state afterwards.

    A yes to more than one person may say it to waits for another one, who says yes or no to it; whoever said the first
    cannot. Who is alone in the shop says it alone. Raises RewardNotFound, ReviewMoved (another holds it, or it is
    decided), SecondPerson, InvalidInput (no reason).
    """
    reason = reason.replace("\x00", "").strip()[:200]
    if verdict not in (states.YES, states.NO) or not reason:
        raise InvalidInput(_("请填写理由"), field="reason")
    row = _held(shop_id, order_id)
    rows = [one for one in lock_rewards(shop_id, order_id) if one.held]
    amount = sum(one.amount_minor - one.taken_minor for one in rows)
    if row.state == states.SECOND:
        if actor == row.by:
            raise SecondPerson
        end: dict[str, Any] = {"second_by": actor[:80]}
    elif row.state == states.TAKEN and row.taken_by == actor:
        alone = _alone(shop_id, actor, now)
        end = {"by": actor[:80], "reason": reason, "verdict": verdict, "alone": alone}
        if verdict == states.YES and amount > row.alone_minor and not alone:
            _move(row, states.SECOND, actor=actor, cause=verdict, now=now, amount_minor=amount, **end)
            _write(shop_id, order_id, "referrals.review_first", verdict, reason, amount, actor, now)
            return states.SECOND
    else:
        raise ReviewMoved
    if verdict == states.NO and row.state == states.SECOND:
        end |= {"verdict": verdict, "reason": reason}
    _move(row, states.DONE, actor=actor, cause=verdict, now=now, decided_at=now, amount_minor=amount, **end)
    _carry_out(rows, verdict, reason, actor, now)
    _write(shop_id, order_id, "referrals.review_decided", verdict, reason, amount, actor, now)
    return states.DONE


def _held(shop_id: UUID, order_id: UUID) -> Review:
    row = lock_review(shop_id, order_id)
    if row is None:
        raise RewardNotFound
    if row.state == states.DONE:
        raise ReviewMoved
    return row


def _carry_out(rows: Sequence[Reward], verdict: str, reason: str, actor: str, now: datetime) -> None:
    if verdict == states.NO:
        reject(rows, actor=actor, cause="review", why=reason, now=now)
        return
    for row in rows:
        # What was looked at does not stop it again at the end of its freeze; what comes on top does.
        Reward.objects.filter(shop_id=row.shop_id, id=row.id).update(held=False, cleared=row.score)
        row.held = False
    approve([row for row in rows if row.state == states.PENDING], actor=actor, cause="review", now=now)


def _alone(shop_id: UUID, actor: str, now: datetime) -> bool:
    """Nobody else of the shop could be asked."""
    person = identity.staff_by_actor(shop_id, actor)
    if person is None:
        return False
    return not identity.colleagues(shop_id, of=person.id, permission=Permission.RISK_REVIEW, before=now)


def _move(row: Review, to_state: str, *, actor: str, cause: str, now: datetime, **more: Any) -> None:
    record_history(
        shop_id=row.shop_id, machine=states.REVIEW, subject_id=row.id, moves=[(row.state, to_state)], actor=actor,
        cause=cause, now=now,
    )  # fmt: skip
    Review.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(state=to_state, **more)
    row.state = to_state


def _write(
    shop_id: UUID, order_id: UUID, action: str, verdict: str, reason: str, amount: int, actor: str, now: datetime
) -> None:
    audit.record(
        shop_id=shop_id, actor=actor, action=action, subject=("order", order_id),
        data={"verdict": verdict, "reason": reason, "amount_minor": amount}, now=now,
    )  # fmt: skip
