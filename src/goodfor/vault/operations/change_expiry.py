"""Correct until when codes are good."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.vault.errors import ExpiryInPast, LotNotFound
from goodfor.vault.locks import lock_lots
from goodfor.vault.models import Lot
from goodfor.vault.states import EXPIRED, LOT_MACHINE, LOT_QUARANTINED, OPEN

_MOVE = Statement("goodfor.vault", "sql/move_lots.sql")


@transaction.atomic
def change_expiry(
    *,
    shop_id: UUID,
    batch_id: UUID,
    lot_ids: Sequence[UUID],
    expires_at: datetime | None,
    reason: str,
    actor: str,
    now: datetime,
) -> int:
    """Give these lots of a batch another expiry (the first moment when no longer good; None: they never expire).

    Lots that had expired are on sale again. Buyers see the new date on what they bought.
    Raises LotNotFound, ExpiryInPast; returns how many lots.
    """
    if expires_at is not None and expires_at <= now:
        raise ExpiryInPast
    locked = lock_lots(shop_id, batch_id=batch_id)
    lots = [lot for lot in locked if lot.id in set(lot_ids)]
    if not lots or len(lots) != len(set(lot_ids)):
        raise LotNotFound
    ids = [lot.id for lot in lots]
    Lot.objects.filter(shop_id=shop_id, id__in=ids).update(expires_at=expires_at)
    again = [lot.id for lot in lots if lot.state == EXPIRED]
    if again:
        _MOVE.run({"shop_id": shop_id, "lot_ids": again, "to_state": OPEN})
    for lot_id in again:
        record_history(
            shop_id=shop_id,
            machine=LOT_MACHINE,
            subject_id=lot_id,
            moves=[(EXPIRED, LOT_QUARANTINED), (LOT_QUARANTINED, OPEN)],
            actor=actor,
            cause="expiry changed",
            now=now,
        )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="vault.expiry_changed",
        subject=("batch", batch_id),
        data={
            "lots": [str(one) for one in ids],
            "expires_at": expires_at.isoformat() if expires_at else "",
            "reason": reason[:200],
        },
        now=now,
    )
    return len(ids)
