"""What the key ring has sealed, wherever it lies: declared by each room, sealed anew by each room, counted here.

A room's `sealed.py` lists its columns; the wiring registers them. A loop seals anew what is not under the active key;
`keys_in_use` says which keys still open something, `retire` deletes one that opens nothing, and an invariant proves
that the key of every value is there. By convention the two columns are called `<x>key_id` and `<x>blob`, so that a
forgotten one is found in the schema.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel.crypto import DecryptFailed, Sealed, forget_keys, keyring
from goodfor.kernel.errors import Conflict, NotFound
from goodfor.kernel.invariants import Invariant
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: A pass over all rows of a column that found nothing to seal anew counts for this long, or until the key changes.
REST = timedelta(hours=6)
#: How long after a rotation the old key stays: other processes seal with it until they have looked at the keys again,
#: and their transactions must have ended. (An import, which may take longer, holds on to its key itself.)
RETIRE_AFTER = timedelta(minutes=15)
_TAKE_KEY = Statement(__package__, "sql/key_take.sql")
_HOLD_KEY = Statement(__package__, "sql/key_hold.sql")
_UNDECLARED = Statement(__package__, "sql/sealed_undeclared.sql")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """One batch of sealing anew: how many values were, and the id to go on after (None: the pass is over)."""

    found: int
    after: UUID | None


class Reseal(Protocol):
    """Seals up to a batch of values with an id beyond `after` anew under the active key; can stop anywhere."""

    def __call__(self, *, after: UUID | None, now: datetime) -> Step: ...


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values. `key` and `where` are SQL: the key id of a row, and which rows hold a value.

    Without `reseal` the values are not sealed anew, they go away by themselves (`ends` says when).
    """

    table: str
    blob: str
    key: str
    where: str = "true"
    reseal: Reseal | None = None
    ends: str = ""

    @property
    def name(self) -> str:
        """table.column"""
        return f"{self.table}.{self.blob}"


@dataclass(frozen=True, slots=True)
class Use:
    """How many values of a column are sealed with a key."""

    column: str
    key_id: int
    count: int


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A key of the ring, without itself."""

    id: int
    active: bool
    created_at: datetime


class KeyUnknown(NotFound):
    """There is no sealing key with this id."""

    code = "key_unknown"
    title = _("没有这个密钥")


class KeyInUse(Conflict):
    """The key seals now, did so until a moment ago, or something still needs it."""

    code = "key_in_use"
    title = _("密钥仍在使用，不能停用")


#: Answers stored under an Idempotency-Key: sealed ones begin with four bytes of key id, and JSON never with a zero.
ANSWERS = SealedColumn(
    table="kernel_idempotency",
    blob="answer",
    key="get_byte(answer, 2) * 256 + get_byte(answer, 3)",
    where="length(answer) > 4 AND get_byte(answer, 0) = 0 AND get_byte(answer, 1) = 0",
    ends="deleted a week after the request",
)
REGISTRY: list[SealedColumn] = [ANSWERS]


def register(columns: Sequence[SealedColumn]) -> None:
    """Add a room's sealed columns; called by the wiring."""
    known = {column.name for column in REGISTRY}
    REGISTRY.extend(column for column in columns if column.name not in known)


def uses() -> list[Use]:
    """What is sealed with which key, over all rooms; reads the tables whole."""
    found = []
    with platform_job("keys in use"), connection.cursor() as cursor:
        for column in REGISTRY:
            cursor.execute(f"{_counts(column)} ORDER BY 1")
            found += [Use(column.name, key_id, count) for key_id, count in cursor.fetchall()]
    return found


def sealing_keys() -> list[SealingKey]:
    """All sealing keys, latest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, active, created_at FROM kernel_data_key WHERE purpose = 'seal' ORDER BY id DESC")
        return [SealingKey(*row) for row in cursor.fetchall()]


def keys_in_use() -> dict[int, int]:
    """How many values are sealed with each key, in all rooms. A key that is not in it may be retired, by `retire`."""
    total: dict[int, int] = {}
    for use in uses():
        total[use.key_id] = total.get(use.key_id, 0) + use.count
    return total


def undeclared() -> list[str]:
    """Columns of the schema that hold sealed values by their names, and that no room has declared."""
    with platform_job("sealed columns"):
        names = [row[0] for row in _UNDECLARED.rows({})]
    return sorted(set(names) - {column.name for column in REGISTRY})


def hold_key(key_id: int) -> bool:
    """Keep a key from being retired until this transaction ends; False when it is gone. For long work."""
    return _HOLD_KEY.row({"id": key_id}) is not None


def retire(*, key_id: int, now: datetime) -> None:
    """Delete a key that nothing needs any more: what it sealed, in old backups too, can never be opened with it again.

    Raises KeyUnknown, KeyInUse. Its count and the deletion are one transaction, which waits for those that hold the
    key. A backup has the keys of its time: nothing sealed then is lost to whoever restores all of it.
    """
    with platform_job("retire a key"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT purpose, active FROM kernel_data_key WHERE id = %s", [key_id])
        key = cursor.fetchone()
        if key is None or key[0] != "seal":
            raise KeyUnknown(key_id=key_id)
        cursor.execute("SELECT max(created_at) FROM kernel_data_key WHERE purpose = 'seal' AND active")
        rotated_at = cursor.fetchone()[0]
        if key[1] or rotated_at is None or now < rotated_at + RETIRE_AFTER:
            raise KeyInUse(key_id=key_id, reason="active" if key[1] else "rotated_just_now")
        if missing := undeclared():
            raise KeyInUse(key_id=key_id, reason="undeclared", columns=missing)
        if _TAKE_KEY.run({"id": key_id}) != 1:
            raise KeyUnknown(key_id=key_id)
        if needed := {use.column: use.count for use in uses() if use.key_id == key_id}:
            raise KeyInUse(key_id=key_id, reason="needed", columns=needed)
    forget_keys()
    log.info("key_retired", key_id=key_id)


def reseal_rows(
    pick: Statement, store: Statement, aad: Callable[..., bytes], *, after: UUID | None, limit: int
) -> Step:
    """The work of every room's reseal: pick rows (id, key id, blob, ...), seal them anew, store what nobody changed.

    `aad(id, ...)` gets the id and what follows the blob. `store` takes %(active)s, %(ids)s, %(olds)s (key ids),
    %(were)s and %(blobs)s, and leaves rows that are locked or were changed meanwhile: the next pass finds them.
    A value that cannot be opened stays as it is, and its key in use.
    """
    ring = keyring()
    rows = pick.rows({"after": after or UUID(int=0), "active": ring.active_key_id, "limit": limit})
    fresh: dict[int, list[tuple[Any, int, bytes, bytes]]] = {}
    for row_id, key_id, old, *place in rows:
        was, bound = bytes(old), aad(row_id, *place)
        try:
            sealed = ring.seal(ring.open(Sealed(key_id, was), bound), bound)
        except DecryptFailed:
            log.error("sealed_value_cannot_be_opened", statement=pick.name, row=str(row_id), key_id=key_id)
            continue
        # The key may have been rotated again in between: each value is stored with the key that sealed it.
        fresh.setdefault(sealed.key_id, []).append((row_id, key_id, was, sealed.blob))
    for key_id, parts in fresh.items():
        ids, olds, were, blobs = (list(part) for part in zip(*parts, strict=True))
        with transaction.atomic():
            store.run({"active": key_id, "ids": ids, "olds": olds, "were": were, "blobs": blobs})
    return Step(sum(map(len, fresh.values())), rows[-1][0] if len(rows) == limit else None)


@dataclass(slots=True)
class Pass:
    """Where this process is in a column; forgetting it only means to begin the pass again."""

    after: UUID | None = None
    found: int = 0
    clean: tuple[int, datetime] | None = None


@dataclass(slots=True)
class Progress:
    """Where this process is in all columns."""

    passes: dict[str, Pass] = field(default_factory=dict)


_progress = Progress()


@loop(name="kernel.reseal", seconds=5.0)
def reseal_loop(now: datetime) -> int:
    """Seal anew what is not under the active key, a batch of each column at a time, until whole passes find nothing."""
    active = keyring().active_key_id
    return sum(_step(column.name, column.reseal, active, now) for column in REGISTRY if column.reseal is not None)


def _step(name: str, reseal: Reseal, active: int, now: datetime) -> int:
    place = _progress.passes.setdefault(name, Pass())
    if place.clean and place.clean[0] == active and now - place.clean[1] < REST:
        return 0
    step = reseal(after=place.after, now=now)
    place.after = step.after
    place.found += step.found
    if step.after is None:
        if place.found == 0:
            place.clean = (active, now)
        place.found = 0
    return step.found


def _counts(column: SealedColumn) -> str:
    return f"SELECT {column.key}, count(*) FROM {column.table} WHERE {column.where} GROUP BY 1"  # noqa: S608


def invariant() -> Invariant:
    """The key of every sealed value is there. Made when all rooms are registered."""
    parts = " UNION ALL ".join(
        f"""
        SELECT '{column.name}/' || u.key, u.count || ' values under a key that is not there'
        FROM ({_counts(column)}) u (key, count)
        WHERE NOT EXISTS (SELECT 1 FROM kernel_data_key k WHERE k.id = u.key AND k.purpose = 'seal')
        """  # noqa: S608
        for column in REGISTRY
    )
    return Invariant("sealed_keys_exist", "kernel", "a value whose key is gone can never be opened again", parts)


def summary() -> Mapping[int, Sequence[Use]]:
    """Uses by key."""
    by_key: dict[int, list[Use]] = {}
    for use in uses():
        by_key.setdefault(use.key_id, []).append(use)
    return by_key
