"""Make the models that somebody asked for, one at a time, each in a process of its own."""

import time
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import transaction
from django.db.models import F

from goodfor.kernel.tenancy import platform_job
from goodfor.risk.model import states
from goodfor.risk.model.apart import NoModel, Wish, train_apart
from goodfor.risk.model.boosting import Settings
from goodfor.risk.model.groups import SCENES
from goodfor.risk.model.source import newest_since, told
from goodfor.risk.model.training import Plan, Trained
from goodfor.risk.operations.register_model import register_model
from goodfor.risk.operations.training_steps import move_training
from goodfor.risk.training_models import Training

#: It learns from no more decisions than this, the newest: what is kept of one takes a kilobyte.
MOST_ACTS: Final = 500_000
#: A worker that was killed begins anew; one that kills workers does not.
TRIES: Final = 2
#: The same again at so many earlier cuts.
FOLDS: Final = 3
#: Progress is written so rarely, seconds.
_EVERY: Final = 1.0
log = structlog.get_logger(__name__)


def walk_trainings(*, now: datetime, settings: Settings | None = None) -> int:
    """The oldest that waits, or that a killed worker left; how many. Its loop runs in one process only."""
    with platform_job("trainings of models"):
        row = Training.objects.filter(state__in=states.OPEN).order_by("made_at", "id").first()
    if row is None:
        return 0
    began = time.monotonic()
    try:
        if not _begun(row, now):
            return 1
        trained = _trained(row, settings or Settings())
    except NoModel as none:
        _end(row, now, began, problem=none.problem, counts=none.counts)
    except Exception as error:
        # One that cannot be made must not hold up the others.
        log.error("risk_training_failed", training=str(row.id), error=type(error).__name__)
        _end(row, now, began, problem=states.FAILED, counts={"kind": type(error).__name__})
    else:
        _keep(row, trained, now, began)
    return 1


@transaction.atomic
def _begun(row: Training, now: datetime) -> bool:
    """Whether it goes on with it now: not what was stopped meanwhile, not what ended workers twice."""
    mine = Training.objects.filter(shop_id=row.shop_id, id=row.id)
    if row.state == states.RUNNING and row.tries >= TRIES:
        _move(row, states.BROKEN, now, "interrupted", problem=states.FAILED, counts={"kind": "interrupted"})
        return False
    if row.state == states.WAITING and not _move(row, states.RUNNING, now, "begun"):
        return False
    return bool(mine.filter(state=states.RUNNING).update(tries=F("tries") + 1, phase=states.READING, share=0.0))


def _trained(row: Training, settings: Settings) -> Trained:
    plan = Plan(row.until, timedelta(days=row.delay_days), timedelta(days=row.test_days), folds=FOLDS)
    scenes, since = SCENES[row.scene_group], newest_since(row.shop_id, SCENES[row.scene_group], row.until, MOST_ACTS)
    last = [float("-inf")]

    def heard(phase: str, share: float, acts: int) -> bool:
        if time.monotonic() - last[0] < _EVERY:
            return True
        last[0] = time.monotonic()
        mine = Training.objects.filter(shop_id=row.shop_id, id=row.id, state=states.RUNNING)
        return bool(mine.update(phase=phase, share=round(min(max(share, 0.0), 1.0), 4), acts=acts))

    acts = told(row.shop_id, scenes, row.until, plan.delay, since)
    return train_apart(acts, Wish(plan, settings), heard)


@transaction.atomic
def _keep(row: Training, trained: Trained, now: datetime, began: float) -> None:
    ended = now + timedelta(seconds=time.monotonic() - began)
    report = trained.report
    made = register_model(
        shop_id=row.shop_id, group=row.scene_group, trained=trained, actor=row.made_by, now=ended
    )  # fmt: skip
    read = int(report["windows"]["learned"]["acts"]) + int(report["tested"]["acts"])
    if not _move(row, states.DONE, ended, "trained", model_id=made.id, share=1.0, acts=read, ended_at=ended):
        # Stopped at the very last moment: nobody wants it.
        transaction.set_rollback(True)


def _end(row: Training, now: datetime, began: float, **columns: Any) -> None:
    ended = now + timedelta(seconds=time.monotonic() - began)
    with transaction.atomic():
        _move(row, states.BROKEN, ended, columns["problem"], ended_at=ended, **columns)


def _move(row: Training, to: str, now: datetime, cause: str, **columns: Any) -> bool:
    came = states.WAITING if to == states.RUNNING else states.RUNNING
    if to == states.BROKEN:
        columns.setdefault("ended_at", now)
    return move_training(row.shop_id, row.id, came, to, actor="system", cause=cause, now=now, **columns)
