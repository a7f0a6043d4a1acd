"""Move a statement along its machine; a step in its caller's transaction, which holds the row's lock."""

from datetime import datetime
from typing import Any, Final

from goodfor.kernel.statemachine import record_history
from goodfor.settlement import states
from goodfor.settlement.models import Statement

#: Why a statement is to be approved again: a person said that a payout of it did not arrive.
NOT_ARRIVED: Final = "not_arrived"


def move(row: Statement, to: str, *, actor: str, cause: str, now: datetime, **changes: Any) -> None:
    """Write the new state with what changes beside it, and the history. Raises IllegalTransition."""
    before = row.state
    states.STATEMENT.check(before, to)
    Statement.objects.filter(shop_id=row.shop_id, id=row.id, state=before).update(state=to, **changes)
    row.state = to
    for name, value in changes.items():
        setattr(row, name, value)
    record_history(
        shop_id=row.shop_id,
        machine=states.STATEMENT,
        subject_id=row.id,
        moves=[(before, to)],
        actor=actor,
        cause=cause,
        now=now,
    )
