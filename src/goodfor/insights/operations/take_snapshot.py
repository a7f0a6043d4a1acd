"""Bring a shop's snapshot up to date: only the days whose figures changed are written."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.db import connection, transaction

from goodfor.insights.snapshots import store
from goodfor.insights.snapshots.apart import Engine, engine
from goodfor.insights.snapshots.shapes import SHAPES, Shape
from goodfor.insights.snapshots.store import Manifest, Part
from goodfor.insights.types import NONE, day_of

#: A month is one file once its end is so long past: what comes late writes all of it anew.
SETTLED: Final = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a snapshot took: files that were written, that stayed as they were, and rows of all of them."""

    written: int
    stayed: int
    rows: int


class SnapshotTorn(Exception):
    """A file has other rows than the database said: the snapshot before stays."""


def take_snapshot(*, shop_id: UUID, now: datetime) -> Taken:
    """All tables as of one moment; no row is locked, nobody waits for it, and the one before stays until it is whole.

    Raises SnapshotTorn, `apart.EngineFailed`; nothing has changed then.
    """
    before, folder = store.current(shop_id), store.home(shop_id)
    tables: dict[str, dict[str, Part]] = {}
    written = 0
    with engine(folder) as duck, transaction.atomic():
        with connection.cursor() as cursor:
            # Without an id of its own it holds no follower of transactions back, however long it takes.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for shape in SHAPES:
            old = before.tables.get(shape.name, {}) if before else {}
            kept = tables.setdefault(shape.name, {})
            for key, (rows, mark) in sorted(_marked(shape, shop_id, day_of(now)).items()):
                known = old.get(key)
                if known is not None and known.mark == mark and (folder / known.file).is_file():
                    kept[key] = known
                    continue
                kept[key] = _written(duck, shape, (shop_id, folder), Part(key, "", rows, mark))
                written += 1
    manifest = Manifest(now, tables)
    store.keep(shop_id, manifest)
    store.sweep(shop_id, manifest, now)
    parts = [part for kept in tables.values() for part in kept.values()]
    return Taken(written, len(parts) - written, sum(part.rows for part in parts))


def key_of(day: date, today: date) -> str:
    """Which file a day is in: its own, or that of its month."""
    return f"{day:%Y-%m}" if day < (today - SETTLED).replace(day=1) else day.isoformat()


def days_of(key: str) -> tuple[date, date]:
    """The first and the last day of a file."""
    first = date.fromisoformat(key if len(key) > 7 else f"{key}-01")
    return first, first if len(key) > 7 else (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _marked(shape: Shape, shop_id: UUID, today: date) -> dict[str, tuple[int, str]]:
    """By key: how many rows there are, and a mark that is another one when any of them is."""
    found: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for day, count, hashed in shape.marks.rows({"shop_id": shop_id}):
        found[key_of(day, today)].append((day.isoformat(), count, hashed))
    return {
        key: (sum(one[1] for one in days), sha256(repr((store.FORM, shape.columns, sorted(days))).encode()).hexdigest())
        for key, days in found.items()
    }


def _written(duck: Engine, shape: Shape, place: tuple[UUID, Path], part: Part) -> Part:
    (shop_id, folder), (first, last) = place, days_of(part.key)
    draft = folder / f"draft-{uuid4().hex}"
    csv, out = draft.with_suffix(".csv"), draft.with_suffix(".parquet")
    file = f"{shape.name}-{part.key}-{part.mark[:16]}.parquet"
    try:
        with csv.open("wb") as sink:
            for block in shape.rows.copied({"shop_id": shop_id, "first": first, "last": last, "none": NONE}):
                sink.write(block)
        rows = duck.write(csv, out, shape.columns)
        if rows != part.rows:
            raise SnapshotTorn(f"{file}: {rows} rows, not {part.rows}")
        out.replace(folder / file)
    finally:
        csv.unlink(missing_ok=True)
        out.unlink(missing_ok=True)
    return Part(part.key, file, rows, part.mark)
