"""A person says how a purchase ended that nobody can be asked about."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
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
def decide_not_bought(*, shop_id: UUID, attempt_id: UUID, actor: str, now: datetime, note: str = "") -> str:
    """There is no order at the supplier, or it gave the money back: the next one may be asked. `note`: how one knows.

    Raises AttemptNotFound, AttemptEnded.
    """
    _open(shop_id, attempt_id, "supply.decided_not_bought", actor, now, note)
    told = Told(Order("failed", ""), asking=True)
    return settle_attempt(shop_id=shop_id, attempt_id=attempt_id, told=told, about=GONE, actor=actor, now=now)


@transaction.atomic(savepoint=False)
def decide_bought(
    *, shop_id: UUID, attempt_id: UUID, codes: Sequence[Code], ref: str, actor: str, now: datetime, note: str = "",
    charged: Decimal | None = None,
) -> str:  # fmt: skip
    """The supplier gave these codes (by telephone, by mail), or topped up. `charged`: for all of it; None: as expected.

    Raises AttemptNotFound, AttemptEnded.
    """
    _open(shop_id, attempt_id, "supply.decided_bought", actor, now, note)
    told = Told(Delivered(ref, charged, tuple(codes)))
    return settle_attempt(shop_id=shop_id, attempt_id=attempt_id, told=told, about=GONE, actor=actor, now=now)


@transaction.atomic(savepoint=False)
def ask_again(*, shop_id: UUID, attempt_id: UUID, actor: str, now: datetime, note: str = "") -> None:
    """Have the supplier asked once more, now. Raises AttemptNotFound, AttemptEnded."""
    attempt = _open(shop_id, attempt_id, "supply.asked_again", actor, now, note)
    Attempt.objects.filter(shop_id=shop_id, id=attempt.id).update(next_at=now)


def _open(shop_id: UUID, attempt_id: UUID, action: str, actor: str, now: datetime, note: str) -> Attempt:
    _want, attempt = lock_attempt(shop_id, attempt_id)
    if attempt.state not in states.IN_FLIGHT:
        raise AttemptEnded(state=attempt.state)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action=action,
        subject=("supply.attempt", attempt_id),
        data={"number": attempt.number, "was": attempt.state, "note": note[:200]},
        now=now,
    )
    return attempt


def code_of(*, number: str, secret: str) -> Code:
    """A code as somebody typed it."""
    return Code(number=number, secret=secret)
