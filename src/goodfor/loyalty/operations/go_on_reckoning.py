"""Reckon anew what is owed for a shop's points, where somebody asked for it: one step."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.loyalty.locks import lock_run
from goodfor.loyalty.operations.note_run import note_run
from goodfor.loyalty.operations.revalue_units import AT_ONCE, revalue_units
from goodfor.loyalty.programme import RECKONING


@transaction.atomic(savepoint=False)
def go_on_reckoning(*, shop_id: UUID, now: datetime, limit: int = AT_ONCE) -> bool:
    """Whether there was something to do. The mark is held: who asks again meanwhile is heard after this step."""
    mark = lock_run(shop_id, RECKONING)
    if mark is None:
        return False
    last = revalue_units(shop_id=shop_id, after=mark.after, now=now, limit=limit)
    note_run(shop_id=shop_id, name=RECKONING, day=mark.day, after=last, through=last is None)
    return True
