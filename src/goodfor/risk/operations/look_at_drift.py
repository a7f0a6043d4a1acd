"""Look how far the world has moved from what a model learned, and write it down."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from goodfor.kernel.ids import uuid7
from goodfor.kernel.tenancy import platform_job
from goodfor.risk.model import states
from goodfor.risk.model.errors import ModelNotFound
from goodfor.risk.model.watching import SPAN, model_drift
from goodfor.risk.model_models import RiskModel
from goodfor.risk.training_models import DriftRun

#: By itself so often.
EVERY: Final = timedelta(hours=20)
log = structlog.get_logger(__name__)


def look_at_drift(*, shop_id: UUID, model_id: UUID, actor: str, now: datetime) -> UUID:
    """Of the acts of the last week, 5,000 at most; its id. Raises ModelNotFound for one that does not score here."""
    found = model_drift(shop_id, model_id, now - SPAN, now)
    if found is None:
        raise ModelNotFound
    row = DriftRun.objects.create(
        id=uuid7(), shop_id=shop_id, model_id=model_id, since=now - SPAN, until=now, acts=found.acts,
        score=found.score, by=actor[:80],
        features=[[one.name, one.index, one.unknown_then, one.unknown_now] for one in found.features],
    )  # fmt: skip
    return row.id


def look_at_all(*, now: datetime) -> int:
    """Every model that scores and was not looked at for some time, of all shops; how many."""
    with platform_job("drift of models that score"):
        serving = list(RiskModel.objects.filter(state__in=states.SERVING).values_list("shop_id", "id"))
        recent = set(DriftRun.objects.filter(until__gt=now - EVERY).values_list("model_id", flat=True))
    looked = 0
    for shop_id, model_id in serving:
        if model_id in recent:
            continue
        try:
            look_at_drift(shop_id=shop_id, model_id=model_id, actor="system", now=now)
            looked += 1
        except Exception as error:
            # One that cannot be read must not keep the others from being looked at.
            log.warning("risk_drift_failed", model=str(model_id), error=type(error).__name__)
    return looked
