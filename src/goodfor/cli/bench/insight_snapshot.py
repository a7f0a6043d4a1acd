"""The snapshot of a large shop: how long it takes, what a night adds, and heavy questions held to the database."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from rich.console import Console

from goodfor.cli.bench.result import Bar
from goodfor.cli.bench.site import Site
from goodfor.cli.lazy import load

#: A heavy question is waited for at the screen.
HEAVY_MS: Final = 10_000
_SUMS: Final = """
SELECT extract(isodow FROM day)::int::text, channel, method, segment, sum(paid_minor)::bigint, sum(units)::bigint
  FROM insights_cube WHERE shop_id = %s AND grain = 'd' AND day BETWEEN %s AND %s AND currency = 'CNY'
 GROUP BY 1, 2, 3, 4
"""
_COHORTS: Final = """
WITH bought AS (SELECT buyer, date_trunc('month', paid_on)::date AS month FROM insights_order
                 WHERE shop_id = %s AND currency = 'CNY' AND buyer IS NOT NULL AND paid_on IS NOT NULL),
     met AS (SELECT buyer, min(month) AS cohort FROM bought GROUP BY 1)
SELECT m.cohort, b.month, count(DISTINCT b.buyer), count(*) FROM bought b JOIN met m ON m.buyer = b.buyer GROUP BY 1, 2
"""


def measured(site: Site, now: datetime, console: Console) -> tuple[dict[str, Any], list[Bar]]:
    """Figures, and bars: both engines say the same, and nobody waits too long."""
    queries, types = load("goodfor.insights.queries"), load("goodfor.insights.types")
    take = load("goodfor.insights.operations.take_snapshot").take_snapshot
    shop_id, today = site.made.shop_id, types.day_of(now)
    taken, seconds = _timed(lambda: take(shop_id=shop_id, now=now))
    _again, night = _timed(lambda: take(shop_id=shop_id, now=now))
    console.print(f"快照 / snapshot: {taken.written} files, {taken.rows:,} rows, {seconds:.0f} s, again {night:.1f} s")
    folder = load("goodfor.insights.snapshots.store").home(shop_id)
    ask = types.Ask(today.fromordinal(today.toordinal() - 400), today, "CNY")
    four, four_s = _timed(lambda: queries.free(
        shop_id, types.Free(ask, ("weekday", "channel", "method", "segment"), most=10_000)))  # fmt: skip
    _fine, fine_s = _timed(lambda: queries.free(shop_id, types.Free(ask, ("day", "sku", "method", "segment"))))
    matrix, cohorts_s = _timed(lambda: queries.cohort_matrix(
        shop_id, "CNY", unit="month", first=ask.first.replace(day=1), last=today))  # fmt: skip
    _weeks, weeks_s = _timed(lambda: queries.cohort_matrix(
        shop_id, "CNY", unit="week", first=ask.first, last=today, by="channel"))  # fmt: skip
    wrong, database_s = _timed(lambda: _differ(shop_id, (ask.first, ask.last), four, matrix))
    figures = {
        "snapshot_seconds": round(seconds, 1), "snapshot_again_seconds": round(night, 1), "snapshot_rows": taken.rows,
        "database_for_the_same_ms": round(database_s * 1000),
        "snapshot_mb": round(sum(path.stat().st_size for path in folder.glob("*.parquet")) / 1e6),
    }  # fmt: skip
    bars = [Bar("snapshot and database differ in", wrong, "0", wrong == 0)]
    for name, took in (
        ("four dimensions of a year", four_s), ("days by product of a year", fine_s), ("cohorts by month", cohorts_s),
        ("cohorts by week and channel", weeks_s),
    ):  # fmt: skip
        figures[f"{name.replace(' ', '_')}_ms"] = round(took * 1000)
        bars.append(Bar(name, round(took * 1000), f"< {HEAVY_MS} ms", took * 1000 < HEAVY_MS))
    return figures, bars


def _differ(shop_id: Any, span: tuple[Any, Any], four: Any, matrix: Any) -> int:
    """How many rows of the two questions the database answers otherwise."""
    with load("django.db").connection.cursor() as cursor:
        cursor.execute(_SUMS, [shop_id, *span])
        sums = {row[:4]: row[4:] for row in cursor.fetchall()}
        cursor.execute(_COHORTS, [shop_id])
        cohorts = {row[:2]: row[2:] for row in cursor.fetchall()}
    told = {keys: (figures.paid_minor, figures.units) for keys, figures in four.rows}
    months = {
        (row.cohort, _plus(row.cohort, n)): counts
        for _part, row in matrix.rows
        for n, counts in enumerate(zip(row.kept, row.orders, strict=True))
        if any(counts)
    }
    differ = sum(sums.get(key) != told.get(key) for key in sums | told) + sum(
        cohorts.get(key) != months.get(key) for key in cohorts | months
    )
    return int(differ)


def _plus(month: Any, many: int) -> Any:
    at = month.year * 12 + month.month - 1 + many
    return month.replace(year=at // 12, month=at % 12 + 1)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    found = work()
    return found, time.perf_counter() - began
