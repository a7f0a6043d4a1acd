"""A trained model is kept, as a candidate."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import record_history
from goodfor.risk.features import SET_VERSION
from goodfor.risk.model import boosting, states
from goodfor.risk.model.errors import BadModel, OldFeatures
from goodfor.risk.model.files import packed
from goodfor.risk.model.groups import SCENES
from goodfor.risk.model.registry import ModelView, view
from goodfor.risk.model.training import Trained
from goodfor.risk.model_models import RiskModel


def register_model(*, shop_id: UUID, group: str, trained: Trained, actor: str, now: datetime) -> ModelView:
    """Keep it under the next number of its kind; nothing scores by it yet. Raises BadModel or OldFeatures."""
    if group not in SCENES or not actor:
        raise BadModel(group=group)
    if trained.encoding.set_version != SET_VERSION:
        raise OldFeatures(trained=trained.encoding.set_version, now=SET_VERSION)
    try:
        width = boosting.booster(trained.text).num_feature()
    except (ValueError, boosting.NoLightGBM) as error:
        raise BadModel from error
    if width != len(trained.encoding.names):
        raise BadModel(features=width, names=len(trained.encoding.names))
    file = packed(trained.text)
    return _kept(shop_id, group, trained, file, actor[:80], now)


@transaction.atomic
def _kept(shop_id: UUID, group: str, trained: Trained, file: bytes, actor: str, now: datetime) -> ModelView:
    advisory_xact_lock(("risk_model", shop_id, group))
    last = RiskModel.objects.filter(shop_id=shop_id, scene_group=group).aggregate(Max("number"))["number__max"]
    made = RiskModel.objects.create(
        shop_id=shop_id, scene_group=group, number=(last or 0) + 1, made_at=now, made_by=actor,
        encoding=trained.encoding.to_json(), set_version=trained.encoding.set_version, file=file,
        file_sha256=hashlib.sha256(file).digest(), calibration=trained.calibration.to_json(),
        bands=trained.bands.to_json(), report=dict(trained.report),
    )  # fmt: skip
    record_history(
        shop_id=shop_id, machine=states.MODEL, subject_id=made.id, moves=[(None, states.CANDIDATE)],
        actor=actor, cause="trained", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_model_registered", subject=("risk_model", made.id),
        data={"group": group, "number": made.number, "sha256": hashlib.sha256(file).hexdigest()}, now=now,
    )  # fmt: skip
    return view(made)
