"""A training is not wanted any more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.risk.model import states
from goodfor.risk.model.errors import TrainingNotFound
from goodfor.risk.operations.training_steps import move_training
from goodfor.risk.training_models import Training


@transaction.atomic
def stop_training(*, shop_id: UUID, training_id: UUID, actor: str, now: datetime) -> None:
    """It makes no model; what is at work ends within moments. One that has ended: nothing. Raises TrainingNotFound."""
    if not Training.objects.filter(shop_id=shop_id, id=training_id).exists():
        raise TrainingNotFound
    told: dict[str, Any] = {"actor": actor, "cause": "stopped", "now": now, "problem": states.STOPPED, "ended_at": now}
    if any(move_training(shop_id, training_id, came, states.BROKEN, **told) for came in states.OPEN):
        audit.record(
            shop_id=shop_id, actor=actor, action="risk_training_stopped", subject=("risk_training", training_id),
            data={}, now=now,
        )  # fmt: skip
