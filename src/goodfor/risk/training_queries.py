"""Trainings and looks at drift, for people to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.risk.model.drift import ENOUGH, FeatureDrift, verdict
from goodfor.risk.training_models import DriftRun, Training


@dataclass(frozen=True, slots=True)
class TrainingView:
    """One that was asked for. `share`: of its phase, 0 to 1. `counts`: see `Training`."""

    id: UUID
    group: str
    state: str
    phase: str
    share: float
    acts: int
    counts: Mapping[str, Any]
    problem: str
    model_id: UUID | None
    until: datetime
    delay_days: int
    test_days: int
    made_by: str
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class DriftView:
    """A look. `enough`: whether it tells anything."""

    since: datetime
    until: datetime
    acts: int
    score: float
    features: tuple[FeatureDrift, ...]

    @property
    def enough(self) -> bool:
        """With fewer acts the figures are noise."""
        return self.acts >= ENOUGH

    @property
    def verdict(self) -> str:
        """Of the score: steady, moved or changed."""
        return verdict(self.score)


def newest_trainings(shop_id: UUID) -> dict[str, TrainingView]:
    """The latest of each kind of acts."""
    rows = Training.objects.filter(shop_id=shop_id).order_by("scene_group", "-made_at", "-id").distinct("scene_group")
    return {row.scene_group: _view(row) for row in rows}


def training_of_model(shop_id: UUID, model_id: UUID) -> TrainingView | None:
    """How a model came to be; None where it was made on the command line."""
    row = Training.objects.filter(shop_id=shop_id, model_id=model_id).first()
    return None if row is None else _view(row)


def newest_drift(shop_id: UUID, model_id: UUID) -> DriftView | None:
    """The last look at a model."""
    row = DriftRun.objects.filter(shop_id=shop_id, model_id=model_id).order_by("-until").first()
    if row is None:
        return None
    return DriftView(row.since, row.until, row.acts, row.score, tuple(FeatureDrift(*one) for one in row.features))


def _view(row: Training) -> TrainingView:
    return TrainingView(
        row.id, row.scene_group, row.state, row.phase, row.share, row.acts, row.counts, row.problem, row.model_id,
        row.until, row.delay_days, row.test_days, row.made_by, row.made_at, row.ended_at,
    )  # fmt: skip
