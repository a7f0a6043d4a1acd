"""Stage one chunk of sealed codes: all of it and the progress, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from psycopg import errors as pg

from goodfor.kernel.sealed import hold_key
from goodfor.kernel.sql import Statement
from goodfor.vault.errors import BatchBusy, SealingKeyRetired
from goodfor.vault.importing.known import known_duplicates
from goodfor.vault.importing.sealing import (
    COPY_COLUMNS,
    COPY_HEADER,
    COPY_TRAILER,
    FINGERPRINT_BYTES,
    Sealed,
    line_of,
    lot_id,
)
from goodfor.vault.locks import LockedBatch, lock_batch
from goodfor.vault.models import Lot
from goodfor.vault.parsing.problems import DUPLICATE_HELD, DUPLICATE_IN_FILE, TOO_MANY_LOTS, FileProblem
from goodfor.vault.states import STAGING
from goodfor.vault.types import Counts, LineFault

STORED_LINES = 10_000
MAX_LOTS = 1_000
ATTEMPTS = 5
_LOTS = Statement("goodfor.vault", "sql/load_lots.sql")
_LINES = Statement("goodfor.vault", "sql/load_lines.sql")
_PROGRESS = Statement("goodfor.vault", "sql/load_progress.sql")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a chunk; `met_others` when some of its codes were already in the table."""

    counts: Counts
    faults: list[LineFault]
    met_others: bool


def load_chunk(*, shop_id: UUID, batch_id: UUID, sealed: Sealed, look_first: bool = True, now: datetime) -> Loaded:
    """Store the codes of a chunk that the shop never held, its faults and the progress.

    Without `look_first` the codes are stored unlooked; only if the table refuses one as held already, all are looked
    up: much faster where duplicates are rare. A code that another import stores at the same moment makes it look
    again. Raises BatchBusy when the batch is not staging or not at the line before this chunk, BatchNotFound,
    SealingKeyRetired, FileProblem (too_many_lots).
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _load(shop_id, batch_id, sealed, look_first or attempt > 1, now)
        except DatabaseError as error:
            crossed = isinstance(error.__cause__, pg.UniqueViolation | pg.DeadlockDetected)
            if not crossed or attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _load(shop_id: UUID, batch_id: UUID, sealed: Sealed, look: bool, now: datetime) -> Loaded:
    with connection.cursor() as cursor:
        # A staged chunk that a crash takes away is loaded again with the progress that went with it, so its commit
        # need not wait for the disk. The activation does, and everything before it is on disk then too.
        cursor.execute("SET LOCAL synchronous_commit = off")
    batch = lock_batch(shop_id, batch_id)
    if batch.state != STAGING or batch.lines_done != sealed.first_line - 1:
        raise BatchBusy(batch_id=str(batch_id))
    faults = [LineFault(line_no, problem, other or None) for line_no, problem, other in sealed.faults]
    known = known_duplicates(shop_id, sealed.fingerprints) if look else {}
    kept = _kept(sealed, known, batch_id, faults)
    _store_codes(shop_id, batch_id, batch, sealed, kept, now)
    counts = _count(len(kept), faults)
    _store_faults(shop_id, batch_id, sorted(faults, key=lambda fault: fault.line_no), STORED_LINES - batch.faults)
    moved = _PROGRESS.run(
        {
            "shop_id": shop_id,
            "batch_id": batch_id,
            "bytes_done": sealed.end_offset,
            "lines_done": batch.lines_done + sealed.lines,
            "expected": batch.lines_done,
            "accepted": counts.accepted,
            "duplicate_in_file": counts.duplicate_in_file,
            "duplicate_held": counts.duplicate_held,
            "rejected": counts.rejected,
        }
    )
    assert moved == 1
    return Loaded(counts, faults, bool(known))


def _kept(
    sealed: Sealed, known: dict[bytes, tuple[UUID, UUID]], batch_id: UUID, faults: list[LineFault]
) -> Sequence[int]:
    if not known:
        return range(len(sealed))
    kept, step, marks = [], FINGERPRINT_BYTES, sealed.fingerprints
    for index in range(len(sealed)):
        other = known.get(marks[index * step : index * step + step])
        if other is None:
            kept.append(index)
        elif other[1] == batch_id:
            faults.append(LineFault(sealed.line_nos[index], DUPLICATE_IN_FILE, line_of(other[0].int)))
        else:
            faults.append(LineFault(sealed.line_nos[index], DUPLICATE_HELD, None, other[1]))
    return kept


def _count(accepted: int, faults: Sequence[LineFault]) -> Counts:
    in_file = sum(1 for fault in faults if fault.problem == DUPLICATE_IN_FILE)
    held = sum(1 for fault in faults if fault.problem == DUPLICATE_HELD)
    return Counts(accepted, in_file, held, len(faults) - in_file - held)


def _store_codes(
    shop_id: UUID, batch_id: UUID, batch: LockedBatch, sealed: Sealed, kept: Sequence[int], now: datetime
) -> None:
    if not kept:
        return
    # An import may last longer than a key is kept after a rotation: until the commit the key is held.
    if not hold_key(sealed.key_id):
        raise SealingKeyRetired(batch_id=str(batch_id))
    counts = [0] * len(sealed.lots)
    for index in kept:
        counts[sealed.lot_of[index]] += 1
    lots = [
        (UUID(bytes=lot_id(batch_id.bytes, *lot)), *lot, count)
        for lot, count in zip(sealed.lots, counts, strict=True)
        if count
    ]
    if len(lots) > 1:
        staged = set(Lot.objects.filter(shop_id=shop_id, batch_id=batch_id).values_list("id", flat=True))
        if len(staged | {lot[0] for lot in lots}) > MAX_LOTS:
            raise FileProblem(TOO_MANY_LOTS, limit=MAX_LOTS)
    _LOTS.run(
        {
            "shop_id": shop_id,
            "sku_id": batch.sku_id,
            "batch_id": batch_id,
            "use_first": batch.use_first,
            "currency": batch.currency,
            "ids": [lot[0] for lot in lots],
            "expiries": [lot[1] for lot in lots],
            "costs": [lot[2] for lot in lots],
            "counts": [lot[3] for lot in lots],
            "now": now,
        }
    )
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY vault_code ({COPY_COLUMNS}) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.write(COPY_HEADER)
        for part in _parts(sealed, kept):
            copy.write(part)
        copy.write(COPY_TRAILER)


def _parts(sealed: Sealed, kept: Sequence[int]) -> list[bytes]:
    """The kept rows, in as few pieces as possible."""
    if len(kept) == len(sealed):
        return [sealed.rows]
    ends = sealed.ends
    breaks = [0, *(at for at, (a, b) in enumerate(pairwise(kept), 1) if b != a + 1), len(kept)]
    return [
        sealed.rows[(ends[kept[low] - 1] if kept[low] else 0) : ends[kept[high - 1]]] for low, high in pairwise(breaks)
    ]


def _store_faults(shop_id: UUID, batch_id: UUID, faults: Sequence[LineFault], room: int) -> None:
    stored = faults[: max(0, room)]
    if stored:
        _LINES.run(
            {
                "shop_id": shop_id,
                "batch_id": batch_id,
                "line_nos": [fault.line_no for fault in stored],
                "problems": [fault.problem for fault in stored],
                "other_lines": [fault.other_line for fault in stored],
                "other_batches": [fault.other_batch_id for fault in stored],
            }
        )
