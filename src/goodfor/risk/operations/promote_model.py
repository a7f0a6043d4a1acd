"""The challenger becomes the champion: its scores count from now on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.risk.features import SET_VERSION
from goodfor.risk.model import states
from goodfor.risk.model.errors import OldFeatures, SamePerson
from goodfor.risk.model.registry import ModelView, view
from goodfor.risk.operations.model_steps import hold_model, in_state, move_model


@transaction.atomic
def promote_model(*, shop_id: UUID, model_id: UUID, actor: str, now: datetime) -> ModelView:
    """By another person than who registered it; the champion before is retired. Again: nothing.

    Raises ModelNotFound, SamePerson, OldFeatures or IllegalTransition.
    """
    model = hold_model(shop_id, model_id)
    if model.state == states.CHAMPION:
        return view(model)
    states.MODEL.check(model.state, states.CHAMPION)
    if not actor or actor[:80] == model.made_by:
        raise SamePerson
    if model.set_version != SET_VERSION:
        raise OldFeatures(trained=model.set_version, now=SET_VERSION)
    if before := in_state(model, states.CHAMPION):
        gone = {"retired_at": now, "retired_by": actor[:80]}
        move_model(before, states.RETIRED, actor=actor, cause=f"champion:{model.number}", now=now, **gone)
    who = {"promoted_at": now, "promoted_by": actor[:80]}
    move_model(model, states.CHAMPION, actor=actor, cause="promoted", now=now, **who)
    return view(model)
