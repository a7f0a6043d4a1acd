"""Put a whole imported batch on sale."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.vault.errors import BatchBusy
from goodfor.vault.events import BatchActivated
from goodfor.vault.locks import lock_batch
from goodfor.vault.models import Batch
from goodfor.vault.states import ACTIVE, BATCH_MACHINE, LOT_MACHINE, OPEN, STAGED, STAGING

_OPEN = Statement("goodfor.vault", "sql/open_batch.sql")


@transaction.atomic
def activate_batch(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> int:
    """All codes of a staging batch become free at once; returns how many. Raises BatchNotFound, BatchBusy."""
    batch = lock_batch(shop_id, batch_id)
    if batch.state != STAGING:
        raise BatchBusy(batch_id=str(batch_id), state=batch.state)
    row = _OPEN.row({"shop_id": shop_id, "batch_id": batch_id})
    assert row is not None
    lots, count, cost_minor = row
    if count != batch.accepted:
        raise RuntimeError(f"batch {batch_id}: {count} codes in lots, {batch.accepted} accepted")
    Batch.objects.filter(shop_id=shop_id, id=batch_id, state=STAGING).update(state=ACTIVE, activated_at=now)
    for lot in lots:
        record_history(
            shop_id=shop_id,
            machine=LOT_MACHINE,
            subject_id=lot,
            moves=[(None, STAGED), (STAGED, OPEN)],
            actor=actor,
            cause="activation",
            now=now,
        )
    record_history(
        shop_id=shop_id,
        machine=BATCH_MACHINE,
        subject_id=batch_id,
        moves=[(STAGING, ACTIVE)],
        actor=actor,
        cause="activation",
        now=now,
    )
    event = BatchActivated(batch_id, batch.sku_id, count, int(cost_minor), batch.currency)
    publish(shop_id=shop_id, event=event, now=now)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="vault.batch_activated",
        subject=("batch", batch_id),
        data={"count": count, "cost_minor": int(cost_minor), "sku_id": str(batch.sku_id)},
        now=now,
    )
    return int(count)
