"""Put a batch on sale that was imported to be held."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.vault.errors import BatchBusy, BatchIncomplete
from goodfor.vault.locks import lock_batch
from goodfor.vault.models import Batch
from goodfor.vault.operations.activate_batch import activate_batch
from goodfor.vault.states import STAGING
from goodfor.vault.views import batch_view


@transaction.atomic
def activate_held(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> int:
    """All codes of a held batch become free at once; returns how many.

    Raises BatchNotFound, BatchBusy (it is not held), BatchIncomplete (only a part of its file was read).
    """
    if lock_batch(shop_id, batch_id).state != STAGING:
        raise BatchBusy(batch_id=str(batch_id))
    view = batch_view(Batch.objects.get(shop_id=shop_id, id=batch_id))
    if not view.complete or not view.counts.accepted:
        raise BatchIncomplete(batch_id=str(batch_id))
    return activate_batch(shop_id=shop_id, batch_id=batch_id, actor=actor, now=now)
