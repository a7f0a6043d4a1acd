"""Stored decisions as a model sees them: to learn from, with what became known of each; and the newest, to compare."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.ids import uuid7_floor
from goodfor.risk import hot
from goodfor.risk.features import SET_VERSION
from goodfor.risk.label_sql import AMOUNT, BAD, JOINS
from goodfor.risk.model.groups import SCENES
from goodfor.risk.model.rows import Labelled, Rows, read_rows
from goodfor.risk.pipeline import SAMPLED
from goodfor.risk.types import SCENE_NUMBERS, Scene, Value

#: (shop, scenes, until, mature after) -> decisions before `until` with what was known of them by then.
Reader = Callable[[UUID, frozenset[Scene], datetime, timedelta], Iterable[Labelled]]
#: A would-be denial is let through, held and looked at with this chance.
CHANCE: Final = SAMPLED / 10_000
_SLICE: Final = timedelta(days=1)
#: An id has the instant of its decision to the millisecond.
_AROUND: Final = timedelta(seconds=1)
_KNOWN: Final = "CASE WHEN s.known_at IS NULL OR l.known_at >= s.known_at THEN l.known_at ELSE s.known_at END"
#: Of what was denied nothing is ever known, unless somebody says it: it did not happen, and counts as neither.
_DECIDED: Final = f"""
SELECT d.at, d.features::text, {BAD}, {_KNOWN}, {AMOUNT}, d.sampled
FROM risk_decision d
{JOINS}
WHERE d.shop_id = %(shop)s AND d.at >= %(first)s AND d.at < %(last)s AND d.scene = ANY (%(scenes)s::smallint[])
  AND d.set_version = %(version)s
  AND (d.outcome <> 'deny' OR l.known_at IS NOT NULL OR s.known_at IS NOT NULL)
ORDER BY d.at, d.id
"""  # noqa: S608
_OLDEST: Final = """
SELECT min(at) FROM risk_decision
WHERE shop_id = %(shop)s AND scene = ANY (%(scenes)s::smallint[]) AND at >= %(since)s AND at < %(until)s
"""
_NTH: Final = """
SELECT at FROM risk_decision
WHERE shop_id = %(shop)s AND scene = ANY (%(scenes)s::smallint[]) AND at < %(until)s AND set_version = %(version)s
ORDER BY at DESC OFFSET %(most)s LIMIT 1
"""
#: (at, snapshot as JSON text, bad, known at, amount in minor units, chance): what `Labelled` is made from.
Row = tuple[datetime, str, bool | None, datetime | None, int, float]
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NEWEST: Final = """
SELECT features::text FROM risk_decision
WHERE shop_id = %(shop)s AND at >= %(since)s AND at < %(until)s AND scene = ANY (%(scenes)s::smallint[])
  AND set_version = %(version)s
ORDER BY at DESC LIMIT %(limit)s
"""


def labelled(
    shop_id: UUID, scenes: frozenset[Scene], until: datetime, mature_after: timedelta, since: datetime = _LONG_AGO
) -> Iterator[Labelled]:
    """A day at a time, the oldest first. What nobody complained about is good, known `mature_after` the act."""
    for row in told(shop_id, scenes, until, mature_after, since):
        yield labelled_of(row)


def labelled_of(row: Row) -> Labelled:
    """A row, read."""
    at, features, bad, known_at, amount, chance = row
    return Labelled(at, json.loads(features), bad, known_at, amount, chance)


def told(
    shop_id: UUID, scenes: frozenset[Scene], until: datetime, mature_after: timedelta, since: datetime = _LONG_AGO
) -> Iterator[Row]:
    """The same, with snapshots as texts that somebody else may read."""
    asked: dict[str, Any] = {
        "shop": shop_id, "scenes": sorted(SCENE_NUMBERS[scene] for scene in scenes), "as_of": until, "until": until,
        "version": SET_VERSION, "since": since,
    }  # fmt: skip
    first: datetime | None = hot.rows("risk.model.oldest", _OLDEST, asked, prepare=False)[0][0]
    while first is not None and first < until:
        last = min(first + _SLICE, until)
        ids = {"low": uuid7_floor(first - _AROUND), "high": uuid7_floor(last + _AROUND)}
        span = asked | ids | {"first": first, "last": last}
        for at, features, bad, known_at, amount, sampled in hot.rows(
            "risk.model.decided", _DECIDED, span, prepare=False
        ):
            chance = CHANCE if sampled else 1.0
            if bad is not None:
                yield at, features, bad, known_at, amount, chance
            elif at + mature_after <= until:
                yield at, features, False, at + mature_after, amount, chance
        first = last


def newest_since(shop_id: UUID, scenes: frozenset[Scene], until: datetime, most: int) -> datetime:
    """From when on there are no more than `most` decisions before `until`."""
    asked = {
        "shop": shop_id, "scenes": sorted(SCENE_NUMBERS[scene] for scene in scenes), "until": until,
        "version": SET_VERSION, "most": most,
    }  # fmt: skip
    found = hot.rows("risk.model.nth", _NTH, asked, prepare=False)
    return found[0][0] + timedelta(microseconds=1) if found else _LONG_AGO


def shop_rows(
    shop_id: UUID, group: str, until: datetime, mature_after: timedelta, reader: Reader = labelled
) -> Rows:  # fmt: skip
    """What a shop's model of this kind may learn from. Raises KeyError for an unknown kind."""
    return read_rows(reader(shop_id, SCENES[group], until, mature_after), SET_VERSION)


def newest(
    shop_id: UUID, group: str, since: datetime, until: datetime, limit: int = 5000
) -> Iterator[Mapping[str, Value]]:  # fmt: skip
    """Snapshots of the newest decisions, to compare with those that a model learned from."""
    told = {
        "shop": shop_id, "scenes": sorted(SCENE_NUMBERS[scene] for scene in SCENES[group]), "since": since,
        "until": until, "version": SET_VERSION, "limit": limit,
    }  # fmt: skip
    for (features,) in hot.rows("risk.model.newest", _NEWEST, told, prepare=False):
        yield json.loads(features)
