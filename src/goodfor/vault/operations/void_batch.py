"""Write off what is left of a batch."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.vault.desk import batches_by_ids, voidable
from goodfor.vault.errors import BatchBusy, BatchChanged, NothingToDo
from goodfor.vault.events import CodesVoided
from goodfor.vault.importing.spans import id_span
from goodfor.vault.locks import lock_batch
from goodfor.vault.operations.quarantine_lots import quarantine_lots
from goodfor.vault.states import ACTIVE
from goodfor.vault.types import Voided

#: Codes in one transaction: some seconds of work.
CHUNK = 20_000
_VOID = Statement("goodfor.vault", "sql/void_rest.sql")


@transaction.atomic
def void_batch(
    *, shop_id: UUID, batch_id: UUID, expected: int, reason: str, actor: str, now: datetime, limit: int = CHUNK
) -> Voided:
    """Take the batch off sale and void up to `limit` of its free and quarantined codes for good; sold and reserved
    ones stay. Call it again with what is left until nothing is.

    `expected` is the number that was confirmed: fewer may be there by now (some were sold), but never more.
    Raises BatchNotFound, BatchBusy, BatchChanged, NothingToDo.
    """
    if lock_batch(shop_id, batch_id).state != ACTIVE:
        raise BatchBusy(batch_id=str(batch_id))
    quarantine_lots(shop_id=shop_id, batch_id=batch_id, reason=reason, actor=actor, now=now)
    (found,) = batches_by_ids(shop_id, [batch_id])
    before = voidable(shop_id, found)
    if before > expected:
        raise BatchChanged(batch_id=str(batch_id))
    first, last = id_span(batch_id)
    rows = _VOID.rows({"shop_id": shop_id, "batch_id": batch_id, "first_id": first, "last_id": last, "limit": limit})
    count = sum(row[2] for row in rows)
    if not count:
        raise NothingToDo(batch_id=str(batch_id))
    for sku_id, currency, codes, cost in rows:
        publish(shop_id=shop_id, event=CodesVoided(sku_id, codes, cost, currency, reason[:200]), now=now)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="vault.batch_voided",
        subject=("batch", batch_id),
        data={"count": count, "cost_minor": sum(row[3] for row in rows), "reason": reason[:200]},
        now=now,
    )
    return Voided(count, before - count)
