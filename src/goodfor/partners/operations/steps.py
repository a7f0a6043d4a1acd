"""Small steps that operations on partners share; each runs in its caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.kernel.statemachine import record_history
from goodfor.partners import states
from goodfor.partners.models import Account, Movement, Spend


def move_spend(row: Spend, to_state: str, *, actor: str, cause: str, now: datetime, **more: Any) -> None:
    """A held number's next state, with what else of it changes, and its history. Raises IllegalTransition."""
    was = row.state
    record_history(
        shop_id=row.shop_id, machine=states.SPEND, subject_id=row.id, moves=[(was, to_state)], actor=actor, cause=cause,
        now=now,
    )  # fmt: skip
    row.state = to_state
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *more])


def note_movement(
    account: Account, *, subject_id: UUID, what: str, order_num: str, units: int, minor: int, now: datetime,
    cause_id: UUID | None = None,
) -> None:  # fmt: skip
    """A line of the month's settlement; of one subject and cause there is one."""
    Movement.objects.create(
        shop_id=account.shop_id, account=account, subject_id=subject_id, what=what, cause_id=cause_id or subject_id,
        order_num=order_num, units=units, minor=minor, at=now,
    )  # fmt: skip
