"""Move a message along its machine, with its history row. Runs in the caller's transaction."""

from datetime import datetime
from typing import Any

from goodfor.kernel.statemachine import record_history
from goodfor.notify import states
from goodfor.notify.models import Message


def move_message(
    *, row: Message, to_state: str, cause: str, now: datetime, actor: str = "system", **changes: Any
) -> bool:
    """Move it if it still is where `row` says; False when somebody else moved it first. Raises IllegalTransition.

    An ended message has no next try; where it was secret, its content is gone with the same statement.
    """
    states.MESSAGE.check(row.state, to_state)
    if to_state in states.ENDED:
        changes["next_try_at"] = None
        if row.secret:
            changes |= {"content_key_id": None, "content_blob": None}
    moved = Message.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(state=to_state, **changes)
    if not moved:
        return False
    record_history(
        shop_id=row.shop_id,
        machine=states.MESSAGE,
        subject_id=row.id,
        moves=[(row.state, to_state)],
        actor=actor,
        cause=cause[:64],
        now=now,
    )
    row.state = to_state
    return True
