"""Put quarantined lots back on sale."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.vault.moving_lots import move_lots
from goodfor.vault.states import LOT_QUARANTINED, OPEN


@transaction.atomic
def restore_lots(
    *,
    shop_id: UUID,
    batch_id: UUID | None = None,
    lot_ids: Sequence[UUID] = (),
    reason: str,
    actor: str,
    now: datetime,
) -> int:
    """Open the quarantined lots of a batch, or of these lots; returns how many changed. Raises LotNotFound.

    Lots that are empty or past their expiry leave the shelf again by themselves.
    """
    return len(
        move_lots(
            shop_id=shop_id,
            batch_id=batch_id,
            lot_ids=lot_ids,
            from_states=frozenset({LOT_QUARANTINED}),
            to_state=OPEN,
            action="vault.lots_restored",
            reason=reason,
            actor=actor,
            now=now,
        )
    )
