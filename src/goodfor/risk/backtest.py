"""A rule tried on everything that was decided: what it would have caught, whom it would have annoyed, for how much.

The tree that runs live is compiled to SQL and evaluated over the snapshots of decisions, with what was known of them at
a moment. One scan, in slices of time, so that a page can show how far it has come.
"""

import json
import math
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from goodfor.kernel.ids import uuid7_floor
from goodfor.risk import hot
from goodfor.risk.label_sql import AMOUNT, BAD, JOINS, WEEK
from goodfor.risk.language import Expression
from goodfor.risk.rule_types import ANNOYED, CAUGHT, MATURE_AFTER, YOUNG, Example, Report, SampleCheck, Week
from goodfor.risk.types import SCENE_NUMBERS, Outcome, Scene

SLICES: Final = 16
SAMPLE: Final = 10_000
#: So many decisions are shown of what a rule fits.
EXAMPLES: Final = 10
#: An id has the instant of its decision to the millisecond.
_AROUND: Final = timedelta(seconds=1)
#: For one scan of wide rows; compiling it anew for every slice would cost more than it saves.
_SETTINGS: Final = {
    "jit": "off",
    "max_parallel_workers_per_gather": "4",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
    "min_parallel_table_scan_size": "0",
    "min_parallel_index_scan_size": "0",
    "work_mem": "64MB",
}
#: Joined with an empty object a snapshot is unpacked, once, for the rule and the amount.
_SCAN: Final = f"""
SELECT {WEEK.format(at="at")}, count(*), count(*) FILTER (WHERE fit IS NULL), count(*) FILTER (WHERE fit),
       count(*) FILTER (WHERE fit AND bad),
       count(*) FILTER (WHERE fit AND (NOT bad OR bad IS NULL AND at <= %(mature)s)),
       count(*) FILTER (WHERE fit AND bad IS NULL AND at > %(mature)s),
       coalesce(sum({AMOUNT}) FILTER (WHERE fit AND bad), 0)::bigint,
       coalesce(sum({AMOUNT}) FILTER (WHERE fit AND (NOT bad OR bad IS NULL AND at <= %(mature)s)), 0)::bigint,
       count(*) FILTER (WHERE bad)
FROM (
    SELECT d.at, x.features, {{fit}} AS fit, {BAD} AS bad
    FROM risk_decision d
    CROSS JOIN LATERAL (SELECT d.features || '{{{{}}}}'::jsonb AS features OFFSET 0) x
    {JOINS}
    WHERE d.shop_id = %(shop)s AND d.at >= %(first)s AND d.at < %(last)s AND d.scene = ANY (%(scenes)s::smallint[])
    OFFSET 0
) t
GROUP BY 1
"""  # noqa: S608
#: Decisions of one sort that fit, the newest.
_EXAMPLES: Final = f"""
SELECT id, at, scene, outcome, {AMOUNT} FROM (
    SELECT d.id, d.at, d.scene, d.outcome, x.features, {{fit}} AS fit, {BAD} AS bad
    FROM risk_decision d
    CROSS JOIN LATERAL (SELECT d.features || '{{{{}}}}'::jsonb AS features OFFSET 0) x
    {JOINS}
    WHERE d.shop_id = %(shop)s AND d.at >= %(first)s AND d.at < %(last)s AND d.scene = ANY (%(scenes)s::smallint[])
    OFFSET 0
) t
WHERE fit AND ({{sort}})
ORDER BY at DESC, id DESC
LIMIT %(limit)s
"""  # noqa: S608
_SORTS: Final = {
    CAUGHT: "bad",
    ANNOYED: "NOT bad OR bad IS NULL AND at <= %(mature)s",
    YOUNG: "bad IS NULL AND at > %(mature)s",
}
_SCENES: Final = {number: scene for scene, number in SCENE_NUMBERS.items()}
_SAMPLED: Final = """
SELECT d.id, d.features::text, {fit} AS fit FROM risk_decision d
WHERE d.shop_id = %(shop)s AND d.at >= %(first)s AND d.at < %(last)s AND d.scene = ANY (%(scenes)s::smallint[])
  AND ('x0000' || right(d.id::text, 4))::bit(32)::int < %(part)s
LIMIT %(size)s
"""
_RANGE: Final = """
SELECT min(at), max(at), count(*) FROM risk_decision
WHERE shop_id = %(shop)s AND at >= %(first)s AND at < %(last)s AND scene = ANY (%(scenes)s::smallint[])
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Which decisions: of a shop, in scenes, from one moment to before another; as was known at `as_of`."""

    shop_id: UUID
    scenes: Collection[Scene]
    since: datetime
    until: datetime
    as_of: datetime

    def params(self) -> dict[str, Any]:
        """For the statements here."""
        return {
            "shop": self.shop_id,
            "scenes": sorted(SCENE_NUMBERS[scene] for scene in self.scenes),
            "first": self.since,
            "last": self.until,
            "as_of": self.as_of,
        }


def backtest(
    expression: Expression, span: Span, *, slices: int = SLICES, mature_after: timedelta = MATURE_AFTER
) -> Iterator[Report]:
    """Try a rule; each report is the sum so far, the last one has `done` 1.

    A decision without any label counts as annoyed once it is older than `mature_after` at `as_of`.
    """
    began = time.perf_counter()
    found: dict[datetime, Week] = {}
    pieces = list(pairwise(edges_of(span, slices)))
    for number, (first, last) in enumerate(pieces, start=1):
        for week in slice_weeks(expression, span, first, last, mature_after):
            found[week.week] = added(found[week.week], week) if week.week in found else week
        yield report(found, number / len(pieces), began)
    if not pieces:
        yield report(found, 1.0, began)


def slice_weeks(
    expression: Expression, span: Span, first: datetime, last: datetime, mature_after: timedelta = MATURE_AFTER
) -> list[Week]:
    """The figures of a slice of a span, by week."""
    fit, values = expression.sql("x.features")
    params = span.params() | values | _between(first, last) | {"mature": span.as_of - mature_after}
    with scanning():
        rows = hot.rows("risk.backtest", _SCAN.format(fit=fit), params, prepare=False)
    return [Week(*row) for row in rows]


def _between(first: datetime, last: datetime) -> dict[str, Any]:
    return {
        "first": first, "last": last, "low": uuid7_floor(first - _AROUND), "high": uuid7_floor(last + _AROUND)
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """A slice of time with how many of each sort a rule fitted there."""

    first: datetime
    last: datetime
    caught: int
    annoyed: int
    young: int


def examples_of(
    expression: Expression, span: Span, spots: Sequence[Spot], most: int = EXAMPLES,
    mature_after: timedelta = MATURE_AFTER,
) -> list[Example]:  # fmt: skip
    """Some decisions of each sort that it fits, the newest of each; only slices that have some are read again."""
    found: list[Example] = []
    for sort, wanted in _shares(spots, most).items():
        left = wanted
        for spot in reversed(spots):
            if left and getattr(spot, sort):
                found += (some := _examples(expression, span, spot, sort, left, mature_after))
                left -= len(some)
    return found


def _shares(spots: Sequence[Spot], most: int) -> dict[str, int]:
    """How many of each sort are shown: a third of each, and more of one where there are fewer of another."""
    there = {sort: sum(getattr(spot, sort) for spot in spots) for sort in (CAUGHT, ANNOYED, YOUNG)}
    shares = dict.fromkeys(there, 0)
    while sum(shares.values()) < min(most, sum(there.values())):
        sort = min((one for one in there if shares[one] < there[one]), key=lambda one: shares[one])
        shares[sort] += 1
    return shares


def _examples(
    expression: Expression, span: Span, spot: Spot, sort: str, limit: int, mature_after: timedelta
) -> list[Example]:
    fit, values = expression.sql("x.features")
    params = span.params() | values | _between(spot.first, spot.last) | {
        "mature": span.as_of - mature_after, "limit": limit,
    }  # fmt: skip
    with scanning():
        rows = hot.rows("risk.backtest_examples", _EXAMPLES.format(fit=fit, sort=_SORTS[sort]), params, prepare=False)
    return [
        Example(decision_id, at, _SCENES[scene], Outcome(outcome), sort, int(amount))
        for decision_id, at, scene, outcome, amount in rows
    ]


def run(expression: Expression, span: Span) -> Report:
    """The whole of it."""
    *_, last = backtest(expression, span)
    return last


def sample_check(expression: Expression, span: Span, size: int = SAMPLE) -> SampleCheck:
    """Whether SQL and the compiled function say the same of decisions drawn at random: those that differ."""
    fit, values = expression.sql("d.features")
    [(_, _, count)] = hot.rows("risk.backtest_range", _RANGE, span.params(), prepare=False)
    # A little more than needed are drawn, so that the limit is met.
    wanted = size + 4 * math.sqrt(size) + 10
    part = min(65_536, math.ceil(65_536 * wanted / max(count, 1)))
    live = expression.compile()
    with scanning():
        rows = hot.rows(
            "risk.backtest_sample", _SAMPLED.format(fit=fit), span.params() | values | {"part": part, "size": size},
            prepare=False,
        )  # fmt: skip
    different = tuple(decision_id for decision_id, features, told in rows if live(json.loads(features)) is not told)
    return SampleCheck(len(rows), different)


@contextmanager
def scanning() -> Iterator[None]:
    """A transaction whose statements may read much, with more hands at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        calls = ", ".join(["set_config(%s, %s, true)"] * len(_SETTINGS))
        cursor.execute(f"SELECT {calls}", [part for setting in _SETTINGS.items() for part in setting])
        yield


def edges_of(span: Span, slices: int = SLICES) -> list[datetime]:
    """The time between the first and the last decision, cut into equal parts; empty where there is none."""
    [(first, last, count)] = hot.rows("risk.backtest_range", _RANGE, span.params(), prepare=False)
    if not count:
        return []
    end = last + timedelta(microseconds=1)
    step = (end - first) / slices
    # Of a few instants some parts are empty.
    return sorted({*(first + step * number for number in range(slices)), end})


_NUMBERS: Final = tuple(one.name for one in fields(Week) if one.name != "week")


def added(one: Week, other: Week) -> Week:
    """The sum of two, under the name of the first."""
    return replace(one, **{name: getattr(one, name) + getattr(other, name) for name in _NUMBERS})


def report(found: dict[datetime, Week], done: float, began: float) -> Report:
    """Weeks in their order, with their sum."""
    weeks = tuple(found[week] for week in sorted(found))
    total = Week(weeks[0].week if weeks else datetime.min)  # noqa: DTZ901
    for week in weeks:
        total = added(total, week)
    return Report(weeks, total, done, time.perf_counter() - began)
