"""Moves of whole lots by hand."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.kernel import audit
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.vault.locks import LockedLot, lock_lots
from goodfor.vault.states import LOT_MACHINE

_MOVE = Statement(__package__, "sql/move_lots.sql")


def move_lots(
    *,
    shop_id: UUID,
    batch_id: UUID | None,
    lot_ids: Sequence[UUID],
    from_states: frozenset[str],
    to_state: str,
    action: str,
    reason: str,
    actor: str,
    now: datetime,
) -> list[LockedLot]:
    """Move those of the lots that are in `from_states`, with history and one audit line; returns them as they were.

    Raises LotNotFound.
    """
    lots = [lot for lot in lock_lots(shop_id, batch_id=batch_id, lot_ids=lot_ids) if lot.state in from_states]
    if not lots:
        return []
    _MOVE.run({"shop_id": shop_id, "lot_ids": [lot.id for lot in lots], "to_state": to_state})
    for lot in lots:
        record_history(
            shop_id=shop_id,
            machine=LOT_MACHINE,
            subject_id=lot.id,
            moves=[(lot.state, to_state)],
            actor=actor,
            cause=action,
            now=now,
        )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action=action,
        subject=("batch", batch_id) if batch_id else ("lots", lots[0].id),
        data={"lots": [str(lot.id) for lot in lots], "reason": reason[:200]},
        now=now,
    )
    return lots
