"""Ask for a model, made from what the shop decided and learned since."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.risk.model import boosting, states
from goodfor.risk.model.errors import BadTraining, LibraryMissing, TrainingOpen
from goodfor.risk.model.groups import SCENES
from goodfor.risk.rule_types import MATURE_AFTER
from goodfor.risk.training_models import Training

DELAY_DAYS: Final = MATURE_AFTER.days
TEST_DAYS: Final = 7
LONGEST: Final = 180


@transaction.atomic
def start_training(
    *, shop_id: UUID, group: str, actor: str, now: datetime, delay_days: int = DELAY_DAYS, test_days: int = TEST_DAYS
) -> UUID:
    """Its id; a loop makes it, from what was known at the last midnight (UTC), as `goodfor risk train` does.

    Raises BadTraining(field), LibraryMissing, TrainingOpen.
    """
    if group not in SCENES:
        raise BadTraining(field="group")
    for field, days in (("delay_days", delay_days), ("test_days", test_days)):
        if not 1 <= days <= LONGEST:
            raise BadTraining(field=field)
    if boosting.library() is None:
        raise LibraryMissing
    try:
        with transaction.atomic():
            row = Training.objects.create(
                id=uuid7(), shop_id=shop_id, scene_group=group,
                until=now.replace(hour=0, minute=0, second=0, microsecond=0), delay_days=delay_days,
                test_days=test_days, made_by=actor[:80], made_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise TrainingOpen from None
    record_history(
        shop_id=shop_id, machine=states.TRAINING, subject_id=row.id, moves=[(None, states.TRAINING.initial)],
        actor=actor, cause="asked", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_training_started", subject=("risk_training", row.id),
        data={"group": group, "delay_days": delay_days, "test_days": test_days}, now=now,
    )  # fmt: skip
    return row.id
