"""Every lock on rows that the vault takes outside of its single-statement claims. Sorted, with a time limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from goodfor.kernel.locks import LOCK_TIMEOUT_MS, lock_key
from goodfor.kernel.sql import Statement
from goodfor.vault.errors import BatchNotFound, CodeNotFound, LotNotFound
from goodfor.vault.states import CODE_STATES

_BATCH = Statement(__package__, "sql/lock_batch.sql")
_CODES = Statement(__package__, "sql/lock_codes.sql")
_LOTS = Statement(__package__, "sql/lock_lots.sql")


@dataclass(frozen=True, slots=True)
class LockedBatch:
    """A batch row of this transaction."""

    state: str
    lines_done: int
    sku_id: UUID
    currency: str
    use_first: bool
    accepted: int
    faults: int


@dataclass(frozen=True, slots=True)
class LockedCode:
    """A code row of this transaction; `state` by name."""

    id: UUID
    state: str
    holder_id: UUID | None
    sold_at: datetime | None
    sku_id: UUID
    unit_cost_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class LockedLot:
    """A lot row of this transaction."""

    id: UUID
    state: str
    sku_id: UUID


def _limit_waiting() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])


def alone_in(duty: str) -> bool:
    """Whether this transaction, until its end, is the only one in a periodic duty of the vault; does not wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_key("loop", duty)])
        return bool(cursor.fetchone()[0])


def lock_batch(shop_id: UUID, batch_id: UUID) -> LockedBatch:
    """Lock a batch. Raises BatchNotFound; OperationalError after 3 s of waiting."""
    _limit_waiting()
    row = _BATCH.row({"shop_id": shop_id, "batch_id": batch_id})
    if row is None:
        raise BatchNotFound(batch_id=str(batch_id))
    return LockedBatch(*row)


def lock_codes(shop_id: UUID, code_ids: Sequence[UUID]) -> list[LockedCode]:
    """Lock codes in the order of their ids, all of them. Raises CodeNotFound; OperationalError after 3 s of waiting."""
    _limit_waiting()
    wanted = sorted(set(code_ids))
    rows: list[tuple[Any, ...]] = _CODES.rows({"shop_id": shop_id, "code_ids": wanted})
    if len(rows) != len(wanted):
        raise CodeNotFound(missing=len(wanted) - len(rows))
    return [LockedCode(row[0], CODE_STATES[row[1]], *row[2:]) for row in rows]


def lock_lots(shop_id: UUID, *, batch_id: UUID | None = None, lot_ids: Sequence[UUID] = ()) -> list[LockedLot]:
    """Lock the lots of a batch, or these lots. Raises LotNotFound; OperationalError after 3 s of waiting."""
    _limit_waiting()
    rows = _LOTS.rows({"shop_id": shop_id, "batch_id": batch_id, "lot_ids": sorted(set(lot_ids))})
    if not rows or (batch_id is None and len(rows) != len(set(lot_ids))):
        raise LotNotFound
    return [LockedLot(*row) for row in rows]
