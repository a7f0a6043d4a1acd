"""A person says how a purchase ended that nobody can be asked about."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.supply import states
from goodfor.supply.errors import AttemptEnded
from goodfor.supply.locks import lock_attempt
from goodfor.supply.operations.carry_out import GONE
from goodfor.supply.operations.settle_attempt import Told, settle_attempt
from goodfor.supply.providers.values import Code, Delivered, Order
from goodfor.supply.purchase_models import Attempt


@transaction.atomic(savepoint=False)
def decide_not_bought(*, shop_id: UUID, attempt_id: UUID, actor: str, now: datetime) -> str:
    """There is no order at the supplier, or it gave the money back: the next one may be asked.

    Raises AttemptNotFound, AttemptEnded.
    """
    _open(shop_id, attempt_id, "supply.decided_not_bought", actor, now)
    told = Told(Order("failed", ""), asking=True)
    return settle_attempt(shop_id=shop_id, attempt_id=attempt_id, told=told, about=GONE, actor=actor, now=now)


@transaction.atomic(savepoint=False)
def decide_bought(
    *, shop_id: UUID, attempt_id: UUID, codes: Sequence[Code], ref: str, actor: str, now: datetime
) -> str:
    """The supplier gave these codes (by telephone, by mail). Raises AttemptNotFound, AttemptEnded."""
    _open(shop_id, attempt_id, "supply.decided_bought", actor, now)
    told = Told(Delivered(ref, None, tuple(codes)))
    return settle_attempt(shop_id=shop_id, attempt_id=attempt_id, told=told, about=GONE, actor=actor, now=now)


@transaction.atomic(savepoint=False)
def ask_again(*, shop_id: UUID, attempt_id: UUID, actor: str, now: datetime) -> None:
    """Have the supplier asked once more, now. Raises AttemptNotFound, AttemptEnded."""
    attempt = _open(shop_id, attempt_id, "supply.asked_again", actor, now)
    Attempt.objects.filter(shop_id=shop_id, id=attempt.id).update(next_at=now)


def _open(shop_id: UUID, attempt_id: UUID, action: str, actor: str, now: datetime) -> Attempt:
    _want, attempt = lock_attempt(shop_id, attempt_id)
    if attempt.state not in states.IN_FLIGHT:
        raise AttemptEnded(state=attempt.state)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action=action,
        subject=("supply.attempt", attempt_id),
        data={"number": attempt.number, "was": attempt.state},
        now=now,
    )
    return attempt
