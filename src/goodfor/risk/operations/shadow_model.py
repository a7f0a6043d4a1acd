"""A model is tried: it scores beside the champion, and nothing follows from it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.risk.features import SET_VERSION
from goodfor.risk.model import states
from goodfor.risk.model.errors import OldFeatures
from goodfor.risk.model.registry import ModelView, view
from goodfor.risk.operations.model_steps import hold_model, in_state, move_model


@transaction.atomic
def shadow_model(*, shop_id: UUID, model_id: UUID, actor: str, now: datetime) -> ModelView:
    """Make it the challenger; the one before is retired. Again: nothing. Raises ModelNotFound, OldFeatures or
    IllegalTransition."""
    model = hold_model(shop_id, model_id)
    if model.state == states.SHADOW:
        return view(model)
    if model.set_version != SET_VERSION:
        raise OldFeatures(trained=model.set_version, now=SET_VERSION)
    states.MODEL.check(model.state, states.SHADOW)
    gone = {"retired_at": now, "retired_by": actor[:80]}
    if before := in_state(model, states.SHADOW):
        move_model(before, states.RETIRED, actor=actor, cause=f"challenger:{model.number}", now=now, **gone)
    back = {"retired_at": None, "retired_by": "", "promoted_at": None, "promoted_by": ""}
    move_model(model, states.SHADOW, actor=actor, cause="tried", now=now, **back)
    return view(model)
