"""Small steps that the operations on models share. They run in the caller's transaction, with the kind locked."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import record_history
from goodfor.risk.model import scoring, states
from goodfor.risk.model.errors import ModelNotFound
from goodfor.risk.model_models import RiskModel


def hold_model(shop_id: UUID, model_id: UUID) -> RiskModel:
    """The model, and nobody else moves one of its kind until the transaction ends. Raises ModelNotFound."""
    found = RiskModel.objects.filter(shop_id=shop_id, id=model_id)
    group = found.values_list("scene_group", flat=True).first()
    if group is None:
        raise ModelNotFound
    advisory_xact_lock(("risk_model", shop_id, group))
    return found.defer("file", "report").get()


def in_state(model: RiskModel, state: str) -> RiskModel | None:
    """Another model of its kind that is in this state; there is one at most."""
    others = RiskModel.objects.filter(shop_id=model.shop_id, scene_group=model.scene_group, state=state)
    return others.exclude(id=model.id).defer("file", "report").first()


def move_model(model: RiskModel, to_state: str, *, actor: str, cause: str, now: datetime, **columns: Any) -> None:
    """Along the machine, with history and audit; processes look anew. Raises IllegalTransition."""
    came = model.state
    states.MODEL.check(came, to_state)
    moved = RiskModel.objects.filter(shop_id=model.shop_id, id=model.id, state=came)
    if moved.update(state=to_state, **columns) != 1:
        raise RuntimeError("a model changed under its lock")
    record_history(
        shop_id=model.shop_id, machine=states.MODEL, subject_id=model.id, moves=[(came, to_state)],
        actor=actor, cause=cause, now=now,
    )  # fmt: skip
    audit.record(
        shop_id=model.shop_id, actor=actor, action=f"risk_model_{to_state}", subject=("risk_model", model.id),
        data={"group": model.scene_group, "number": model.number, "from": came, "cause": cause}, now=now,
    )  # fmt: skip
    model.state = to_state
    for name, value in columns.items():
        setattr(model, name, value)
    transaction.on_commit(partial(scoring.forget, model.shop_id))
