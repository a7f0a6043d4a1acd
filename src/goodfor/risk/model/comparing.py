"""A challenger in its shadow beside the champion, on the acts that both of them saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np

from goodfor.kernel.ids import uuid7_floor
from goodfor.risk import hot
from goodfor.risk.label_sql import AMOUNT, BAD, JOINS
from goodfor.risk.model.groups import SCENES
from goodfor.risk.model.metrics import auc, average_precision
from goodfor.risk.pipeline import band_of
from goodfor.risk.types import SCENE_NUMBERS, Outcome

#: The newest acts that are looked at.
MOST: Final = 20_000
_AROUND: Final = timedelta(seconds=1)
_SCENES: Final = {number: scene for scene, number in SCENE_NUMBERS.items()}
_SEEN: Final = f"""
SELECT d.scene, d.score, (d.challengers ->> %(model)s::text)::float8, {BAD},
       d.outcome <> 'deny' AND d.at <= %(mature)s, {AMOUNT}
FROM (SELECT * FROM risk_decision
      WHERE shop_id = %(shop)s AND at >= %(since)s AND at < %(until)s AND scene = ANY (%(scenes)s::smallint[])
        AND challengers ? %(model)s::text
      ORDER BY at DESC LIMIT %(most)s) d
{JOINS}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: how well it tells bad from good, where both kinds are known; acts it would stop, by what is
    known of them; and money of the bad ones among those, in minor units."""

    auc: float | None
    average_precision: float | None
    stopped: int
    caught: int
    annoyed: int
    caught_minor: int


@dataclass(frozen=True, slots=True)
class Compared:
    """`acts`: what both scored; `bad`, `good`: of those what is known. `differ`: acts that only one would stop.

    `champion` is None where the challenger was alone: then it is measured by itself.
    """

    acts: int
    bad: int
    good: int
    differ: int
    challenger: Side
    champion: Side | None
    since: datetime


def compared(
    shop_id: UUID, model_id: UUID, group: str, *, since: datetime, now: datetime, mature_after: timedelta
) -> Compared:  # fmt: skip
    """On live acts since then, `MOST` at most. Scores stop where the engine's bands say so.

    What nobody complained about within `mature_after` is good; what is younger, or was denied, is not known.
    """
    until = now + timedelta(milliseconds=1)
    told = {
        "shop": shop_id, "model": str(model_id), "scenes": sorted(SCENE_NUMBERS[scene] for scene in SCENES[group]),
        "since": since, "until": until, "most": MOST, "as_of": now, "mature": now - mature_after,
        "low": uuid7_floor(since - _AROUND), "high": uuid7_floor(until + _AROUND),
    }  # fmt: skip
    rows = hot.rows("risk.model.compared", _SEEN, told, prepare=False)
    both = [row for row in rows if row[1] is not None]
    alone = not both
    shown = rows if alone else both
    mine, theirs = _stops(shown, 2), _stops(shown, 1)
    truth = [row[3] if row[3] is not None else False if row[4] else None for row in shown]
    return Compared(
        acts=len(shown),
        bad=sum(one is True for one in truth),
        good=sum(one is False for one in truth),
        differ=0 if alone else sum(one != other for one, other in zip(mine, theirs, strict=True)),
        challenger=_side(shown, truth, 2, mine),
        champion=None if alone else _side(shown, truth, 1, theirs),
        since=since,
    )


def _stops(rows: Sequence[tuple[Any, ...]], column: int) -> list[bool]:
    return [
        row[column] is not None and band_of(_SCENES[row[0]], row[column]) is not Outcome.ALLOW for row in rows
    ]  # fmt: skip


def _side(rows: Sequence[tuple[Any, ...]], truth: Sequence[bool | None], column: int, stops: Sequence[bool]) -> Side:
    known = [(row[column], bad) for row, bad in zip(rows, truth, strict=True) if bad is not None]
    bad = np.array([each[1] for each in known], dtype=np.bool_)
    score = np.array([each[0] for each in known], dtype=np.float64)
    both = bool(bad.any()) and not bool(bad.all())
    stopped = [(row, kind) for row, kind, stop in zip(rows, truth, stops, strict=True) if stop]
    return Side(
        auc=auc(bad, score) if both else None,
        average_precision=average_precision(bad, score) if both else None,
        stopped=len(stopped),
        caught=sum(kind is True for _, kind in stopped),
        annoyed=sum(kind is False for _, kind in stopped),
        caught_minor=sum(int(row[5]) for row, kind in stopped if kind is True),
    )
