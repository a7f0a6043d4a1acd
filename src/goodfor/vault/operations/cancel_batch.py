"""Give up an import."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history
from goodfor.vault.errors import BatchBusy
from goodfor.vault.locks import lock_batch
from goodfor.vault.models import Batch
from goodfor.vault.states import BATCH_MACHINE, CANCELLED, STAGING


@transaction.atomic
def cancel_batch(*, shop_id: UUID, batch_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """A staging batch will never be on sale; `purge_batch` deletes its codes. Raises BatchNotFound, BatchBusy."""
    batch = lock_batch(shop_id, batch_id)
    if batch.state != STAGING:
        raise BatchBusy(batch_id=str(batch_id), state=batch.state)
    Batch.objects.filter(shop_id=shop_id, id=batch_id, state=STAGING).update(state=CANCELLED)
    record_history(
        shop_id=shop_id,
        machine=BATCH_MACHINE,
        subject_id=batch_id,
        moves=[(STAGING, CANCELLED)],
        actor=actor,
        cause=reason[:80] or "cancel",
        now=now,
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="vault.batch_cancelled",
        subject=("batch", batch_id),
        data={"reason": reason[:200], "staged": batch.accepted},
        now=now,
    )
