"""The small step that all acts on an intake share: along the machine, once. Runs in its caller's transaction."""

from datetime import datetime
from typing import Any

from goodfor.kernel.statemachine import record_history
from goodfor.vault.errors import IntakeMoved
from goodfor.vault.models import Intake
from goodfor.vault.states import INTAKE_ENDED, INTAKE_MACHINE


def move_intake(row: Intake, to_state: str, *, actor: str, cause: str, now: datetime, **changes: Any) -> None:
    """Move the row from the state in which it was read. Raises IllegalTransition, IntakeMoved."""
    INTAKE_MACHINE.check(row.state, to_state)
    changes["finished_at"] = now if to_state in INTAKE_ENDED else None
    rows = Intake.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state, checks=row.checks)
    if rows.update(state=to_state, touched_at=now, **changes) != 1:
        raise IntakeMoved
    record_history(
        shop_id=row.shop_id,
        machine=INTAKE_MACHINE,
        subject_id=row.id,
        moves=[(row.state, to_state)],
        actor=actor,
        cause=cause,
        now=now,
    )
