"""Models that were kept, as pages and operations see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.risk.model.bands import Bands
from goodfor.risk.model.errors import ModelNotFound
from goodfor.risk.model_models import RiskModel


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model without its file and its report."""

    id: UUID
    group: str
    number: int
    state: str
    made_at: datetime
    made_by: str
    promoted_at: datetime | None
    promoted_by: str
    retired_at: datetime | None
    retired_by: str
    features: tuple[str, ...]
    set_version: int
    sha256: str
    bands: Bands


def view(model: RiskModel) -> ModelView:
    """Of a row."""
    return ModelView(
        model.id, model.scene_group, model.number, model.state, model.made_at, model.made_by, model.promoted_at,
        model.promoted_by, model.retired_at, model.retired_by, tuple(model.encoding["names"]), model.set_version,
        bytes(model.file_sha256).hex(), Bands.from_json(model.bands),
    )  # fmt: skip


def models_of(shop_id: UUID, group: str | None = None, limit: int = 100) -> list[ModelView]:
    """The shop's models, the newest first."""
    found = RiskModel.objects.filter(shop_id=shop_id, **({} if group is None else {"scene_group": group}))
    return [view(model) for model in found.defer("file", "report").order_by("-made_at", "-id")[:limit]]


def model_report(shop_id: UUID, model_id: UUID) -> tuple[ModelView, Mapping[str, Any]]:
    """One model with its figures. Raises ModelNotFound."""
    model = RiskModel.objects.filter(shop_id=shop_id, id=model_id).defer("file").first()
    if model is None:
        raise ModelNotFound
    return view(model), model.report
