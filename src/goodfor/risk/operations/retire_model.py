"""A model is taken away: a champion leaves the rules alone with the acts, at once and by one person."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.risk.model import states
from goodfor.risk.model.registry import ModelView, view
from goodfor.risk.operations.model_steps import hold_model, move_model


@transaction.atomic
def retire_model(*, shop_id: UUID, model_id: UUID, actor: str, now: datetime, why: str = "") -> ModelView:
    """Nothing scores by it any more. Again: nothing. Raises ModelNotFound."""
    model = hold_model(shop_id, model_id)
    if model.state == states.RETIRED:
        return view(model)
    gone = {"retired_at": now, "retired_by": actor[:80]}
    move_model(model, states.RETIRED, actor=actor, cause=(why or "retired")[:64], now=now, **gone)
    return view(model)
