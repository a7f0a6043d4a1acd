"""Small steps that the operations on trainings share. They run in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.kernel.statemachine import record_history
from goodfor.risk.model import states
from goodfor.risk.training_models import Training


def move_training(
    shop_id: UUID, training_id: UUID, came: str, to: str, *, actor: str, cause: str, now: datetime, **columns: Any
) -> bool:  # fmt: skip
    """Along the machine, with history; False where it is not in `came` any more."""
    states.TRAINING.check(came, to)
    rows = Training.objects.filter(shop_id=shop_id, id=training_id, state=came)
    if not rows.update(state=to, **columns):
        return False
    record_history(
        shop_id=shop_id, machine=states.TRAINING, subject_id=training_id, moves=[(came, to)], actor=actor, cause=cause,
        now=now,
    )  # fmt: skip
    return True
