"""Take a batch off sale for its bad codes, or let it go on: the staff's word, and the steps that the watch shares."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.aftersales.batch_models import BatchWatch
from goodfor.aftersales.errors import BatchMoved
from goodfor.aftersales.events import BatchPulled
from goodfor.aftersales.recalls import holders
from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock

_BAD: Final = Statement("goodfor.aftersales", "sql/bad_in_batch.sql")
_WATCH: Final = Statement("goodfor.aftersales", "sql/watch_batch.sql")
REASON: Final = "bad codes"


@dataclass(frozen=True, slots=True)
class Seen:
    """A batch as it stands: orders with bad codes, units sold, of these `left` for sale; `forgiven` by a person."""

    sku_id: UUID
    bad: int
    sold: int
    left: int
    forgiven: int
    pulled: bool


@transaction.atomic(savepoint=False)
def pull_batch(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> None:
    """Off sale at once; sold codes are not touched. Raises BatchNotFound, BatchMoved (it is off sale already)."""
    stock.batch_by_id(shop_id, batch_id)
    seen = watch(shop_id, batch_id, now)
    if seen is None or seen.pulled:
        raise BatchMoved
    pull(shop_id, batch_id, seen, actor, now)


@transaction.atomic(savepoint=False)
def lift_batch(*, shop_id: UUID, batch_id: UUID, note: str, actor: str, now: datetime) -> None:
    """On sale again: what proved bad until now does not pull it a second time. `note`: why.

    Raises BatchMoved (it is not off sale).
    """
    seen = watch(shop_id, batch_id, now)
    if seen is None or not seen.pulled:
        raise BatchMoved
    BatchWatch.objects.filter(shop_id=shop_id, batch_id=batch_id).update(
        pulled_at=None, pulled_by="", lifted_at=now, lifted_by=actor[:80], lifted_bad=seen.bad
    )
    vault.restore_lots(shop_id=shop_id, batch_id=batch_id, reason=note[:200] or REASON, actor=actor, now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="aftersales.batch_lifted", subject=("batch", batch_id),
        data={"reason": note[:200], "bad": seen.bad, "sold": seen.sold}, now=now,
    )  # fmt: skip


def watch(shop_id: UUID, batch_id: UUID, now: datetime) -> Seen | None:
    """Count it anew and hold its row until the commit. In the caller's transaction."""
    found = next(iter(stock.batches_by_ids(shop_id, [batch_id])), None)
    if found is None:
        return None
    row = _BAD.row({"shop_id": shop_id, "batch_id": batch_id})
    assert row is not None
    sold, sku_id = found.sold + found.quarantined, found.batch.sku_id
    kept = _WATCH.row(
        {"shop_id": shop_id, "batch_id": batch_id, "sku_id": sku_id, "bad": row[0], "sold": sold, "now": now}
    )
    assert kept is not None
    return Seen(sku_id, row[0], sold, found.left, kept[0], kept[1])


def pull(shop_id: UUID, batch_id: UUID, seen: Seen, actor: str, now: datetime) -> None:
    """The caller holds the batch's row and knows that it is on sale."""
    BatchWatch.objects.filter(shop_id=shop_id, batch_id=batch_id).update(pulled_at=now, pulled_by=actor[:80])
    vault.quarantine_lots(shop_id=shop_id, batch_id=batch_id, reason=REASON, actor=actor, now=now)
    event = BatchPulled(batch_id, seen.sku_id, seen.bad, seen.sold, seen.left, len(holders(shop_id, batch_id)))
    publish(shop_id=shop_id, event=event, cause=("vault.batch", batch_id), now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="aftersales.batch_pulled", subject=("batch", batch_id),
        data={"bad": seen.bad, "sold": seen.sold, "held": seen.left}, now=now,
    )  # fmt: skip
