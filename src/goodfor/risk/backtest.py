"""A rule tried on everything that was decided: what it would have caught, whom it would have annoyed, for how much.

The tree that runs live is compiled to SQL and evaluated over the snapshots of decisions, with what was known of them at
a moment. One scan, in slices of time, so that a page can show how far it has come.
"""

import json
import math
import time
from collections.abc import Collection, Iterator
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
from goodfor.risk.rule_types import MATURE_AFTER, Report, SampleCheck, Week
from goodfor.risk.types import SCENE_NUMBERS, Scene

SLICES: Final = 16
SAMPLE: Final = 10_000
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
    fit, values = expression.sql("x.features")
    text = _SCAN.format(fit=fit)
    found: dict[datetime, Week] = {}
    pieces = _pieces(span, slices)
    for number, (first, last) in enumerate(pieces, start=1):
        params = span.params() | values | {
            "first": first, "last": last, "low": uuid7_floor(first - _AROUND), "high": uuid7_floor(last + _AROUND),
            "mature": span.as_of - mature_after,
        }  # fmt: skip
        with scanning():
            rows = hot.rows("risk.backtest", text, params, prepare=False)
        for row in rows:
            week = Week(*row)
            found[week.week] = added(found[week.week], week) if week.week in found else week
        yield report(found, number / len(pieces), began)
    if not pieces:
        yield report(found, 1.0, began)


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


def _pieces(span: Span, slices: int) -> list[tuple[datetime, datetime]]:
    """The time between the first and the last decision, in equal parts."""
    [(first, last, count)] = hot.rows("risk.backtest_range", _RANGE, span.params(), prepare=False)
    if not count:
        return []
    end = last + timedelta(microseconds=1)
    step = (end - first) / slices
    edges = [first + step * number for number in range(slices)] + [end]
    return [(a, b) for a, b in pairwise(edges) if a < b]


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
