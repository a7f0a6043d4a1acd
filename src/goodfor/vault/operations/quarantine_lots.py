"""Take whole lots, or a batch, off sale as suspect."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.vault.events import StockQuarantined
from goodfor.vault.moving_lots import move_lots
from goodfor.vault.states import DRAINED, EXPIRED, LOT_QUARANTINED, OPEN


@transaction.atomic
def quarantine_lots(
    *,
    shop_id: UUID,
    batch_id: UUID | None = None,
    lot_ids: Sequence[UUID] = (),
    reason: str,
    actor: str,
    now: datetime,
) -> int:
    """Quarantine the lots of a batch, or these lots; returns how many changed.

    Their free codes cannot be claimed, reserved ones cannot be sold any more, sold ones are not touched.
    Raises LotNotFound.
    """
    moved = move_lots(
        shop_id=shop_id,
        batch_id=batch_id,
        lot_ids=lot_ids,
        from_states=frozenset({OPEN, DRAINED, EXPIRED}),
        to_state=LOT_QUARANTINED,
        action="vault.lots_quarantined",
        reason=reason,
        actor=actor,
        now=now,
    )
    for sku_id in sorted({lot.sku_id for lot in moved}):
        ids = [lot.id for lot in moved if lot.sku_id == sku_id]
        publish(shop_id=shop_id, event=StockQuarantined(sku_id, 0, ids, reason[:200]), now=now)
    return len(moved)
