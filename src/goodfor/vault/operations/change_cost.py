"""Correct what the codes of a held batch cost, before it is in the books."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.vault.errors import BatchIncomplete, CostIsBooked, InvalidBatch, LotNotFound
from goodfor.vault.locks import lock_batch, lock_lots
from goodfor.vault.models import Batch, Lot
from goodfor.vault.states import STAGING
from goodfor.vault.views import batch_view


@transaction.atomic
def change_cost(
    *,
    shop_id: UUID,
    batch_id: UUID,
    lot_ids: Sequence[UUID],
    unit_cost_minor: int,
    reason: str,
    actor: str,
    now: datetime,
) -> int:
    """Give these lots of a held batch another cost of each code, in minor units; returns how many lots.

    The cost of a batch on sale is posted, and sold codes took it with them: it is fixed.
    Raises BatchNotFound, CostIsBooked, BatchIncomplete, LotNotFound, InvalidBatch.
    """
    if not 0 <= unit_cost_minor < 10**12:
        raise InvalidBatch
    if lock_batch(shop_id, batch_id).state != STAGING:
        raise CostIsBooked(batch_id=str(batch_id))
    if not batch_view(Batch.objects.get(shop_id=shop_id, id=batch_id)).complete:
        raise BatchIncomplete(batch_id=str(batch_id))
    locked = {lot.id for lot in lock_lots(shop_id, batch_id=batch_id)}
    wanted = set(lot_ids)
    if not wanted or wanted - locked:
        raise LotNotFound
    Lot.objects.filter(shop_id=shop_id, id__in=wanted).update(unit_cost_minor=unit_cost_minor)
    Batch.objects.filter(shop_id=shop_id, id=batch_id).update(unit_cost_minor=unit_cost_minor)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="vault.cost_changed",
        subject=("batch", batch_id),
        data={
            "lots": [str(one) for one in sorted(wanted)],
            "unit_cost_minor": unit_cost_minor,
            "reason": reason[:200],
        },
        now=now,
    )
    return len(wanted)
