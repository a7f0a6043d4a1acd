"""`bench insights`: the dashboards of a shop with ten million orders in a year, rolled up and held to a recount."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from rich.console import Console

from goodfor.cli.bench.insight_fill import fill
from goodfor.cli.bench.insight_snapshot import measured
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.search import fill_products
from goodfor.cli.bench.site import Site, running_site
from goodfor.cli.lazy import load

FIRST_MS, FILTER_MS = 1_000, 2_000
#: Orders a statement, and a transaction.
CHUNK = 100_000
#: Headers a batch, when so much is behind: the loop's own is for news of seconds.
ROLLED_AT_ONCE = 200_000
ROUNDS = 5


def run(
    *,
    json: bool = False,  # noqa: ARG001  (progress goes to stderr anyway)
    orders: str = "10000000",
    days: str = "365",
    skus: str = "300",
    rounds: str = str(ROUNDS),
    chunk: str = str(CHUNK),
) -> BenchResult:
    """Reads in this process; the sources are written directly. Options: orders, days, skus, rounds, chunk."""
    console = Console(stderr=True)
    with running_site(console, web=False) as site:
        now = load("goodfor.kernel.clock").utc_now()
        fill_products(site.made.shop_id, int(skus))
        filled, rolled = _fill_and_roll(site, (int(orders), int(days), int(chunk)), now, console)
        wrong = _recounted(now)
        console.print(f"复核 / recounted: {wrong or 'ok'}")
        flow = _flow(site, int(days), now)
        times = {name: _measure(ask, int(rounds)) for name, ask in _questions(site, now).items()}
        forecast = _timed(lambda: load("goodfor.insights.operations.make_forecasts").make_forecasts(
            shop_id=site.made.shop_id, today=load("goodfor.insights.types").day_of(now)))  # fmt: skip
        sizes = _sizes()
        snapshot, heavy = measured(site, now, console)
    figures: dict[str, Any] = {
        "orders": int(orders), "fill_seconds": round(filled, 1), "roll_seconds": round(rolled, 1),
        "rolled_orders_a_second": round(int(orders) / rolled), "flow_day_ms": round(flow * 1000),
        "forecast_seconds": round(forecast, 1), **sizes, **snapshot,
    }  # fmt: skip
    bars = [Bar("books and figures differ in", len(wrong), "0", not wrong)]
    for name, (median, first) in times.items():
        console.print(f"{name}: median {median:.0f} ms, first {first:.0f} ms")
        figures |= {
            f"{name.replace(' ', '_')}_ms": round(median, 1),
            f"{name.replace(' ', '_')}_first_ms": round(first, 1),
        }
        bar = FIRST_MS if name == "first paint" else FILTER_MS
        bars.append(Bar(name, round(first, 1), f"< {bar} ms", first < bar))
    return BenchResult("insights", figures, [*bars, *heavy])


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _fill_and_roll(site: Site, sizes: tuple[int, int, int], now: datetime, console: Console) -> tuple[float, float]:
    """Seconds of both. Most is rolled up in large batches, as after a restore; the last orders as the loop does it."""
    connection, (count, days, step) = load("django.db").connection, sizes
    params = {**_accounts(site, now), "total": count, "days": days, "until": now, "buyers": max(1, count // 6)}
    filled = fill(params, step, console)
    rolled = _timed(lambda: _roll_all(now, count, console))
    with connection.cursor() as cursor:
        for table in ("insights_cube", "insights_order", "insights_cohort"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("CHECKPOINT")
    return filled, rolled


def _roll_all(now: datetime, count: int, console: Console) -> None:
    roll, began, turns = load("goodfor.insights.operations.roll_cube").roll_cube, time.perf_counter(), 0
    while roll(now=now, batch=ROLLED_AT_ONCE):
        turns += 1
        if turns % 10 == 0:
            console.print(f"汇总 / rolled up, batch {turns}: {time.perf_counter() - began:.0f} s")
    console.print(f"汇总完 / rolled up {count:,}: {time.perf_counter() - began:.0f} s")


def _accounts(site: Site, now: datetime) -> dict[str, Any]:
    """The shop, its SKUs and the three accounts, opened by a first posting of each."""
    types = load("goodfor.ledger.types")
    codes = {"owed": "2203:order", "sales": "5001:sales:codes", "cost": "5401:cogs:codes"}
    lines = [types.Line(code, 1) for code in codes.values()] + [types.Line("1002:bank:manual", -3)]
    entry = types.Entry("opening", "opening", tuple(lines), now)
    shop_id = site.made.shop_id
    load("goodfor.ledger.operations").post(shop_id=shop_id, currency="CNY", entries=[entry], now=now)
    found: dict[str, Any] = {"shop": shop_id, "client": site.made.client_id}
    with load("django.db").connection.cursor() as cursor:
        for name, code in codes.items():
            cursor.execute("SELECT id FROM ledger_account WHERE shop_id = %s AND code = %s", [shop_id, code])
            found[name] = cursor.fetchone()[0]
    return {**found, "skus": load("goodfor.catalog.queries").sku_ids(shop_id)}


def _recounted(now: datetime) -> list[str]:
    """The truths of insights that do not hold: among them that every day's figure is the sum of its postings."""
    invariants = load("goodfor.kernel.invariants")
    truths = load("goodfor.insights.invariants").INVARIANTS
    with load("goodfor.kernel.tenancy").platform_job("bench"), load("django.db").transaction.atomic():
        return [one.name for one in truths if not invariants.run(one, now).ok]


def _flow(site: Site, days: int, now: datetime) -> float:
    """Seconds that one day of the funnel takes to be counted; the last 30 are."""
    count, types = load("goodfor.insights.operations.count_flow").count_flow, load("goodfor.insights.types")
    today = types.day_of(now)
    wanted = [today.fromordinal(today.toordinal() - n) for n in range(min(days, 60))]
    return statistics.median(
        _timed(lambda day=day: count(shop_id=site.made.shop_id, day=day))  # type: ignore[misc]
        for day in wanted
    )


def _questions(site: Site, now: datetime) -> Mapping[str, Callable[[], Any]]:
    queries, types = load("goodfor.insights.queries"), load("goodfor.insights.types")
    shop_id, today = site.made.shop_id, types.day_of(now)
    month = types.Ask(today.fromordinal(today.toordinal() - 29), today, "CNY")
    year = replace(month, first=today.fromordinal(today.toordinal() - 364))
    skus = load("goodfor.catalog.queries").sku_ids(shop_id)
    ten = replace(year, sku_ids=tuple(skus[:10]))
    shelf = load("goodfor.catalog.queries").categories(shop_id)[0].id
    sold = queries.slices(shop_id, year, "supplier")
    supplier = load("uuid").UUID(next(one.key for one in sold if one.key != str(types.NONE)))
    return {
        "first paint": lambda: queries.board(shop_id, month),
        "year by day": lambda: queries.slices(shop_id, year, "day"),
        "year by month": lambda: queries.slices(shop_id, year, "month"),
        "year of a channel": lambda: queries.board(shop_id, replace(year, channels=("api",))),
        "year of new buyers by method": lambda: queries.slices(shop_id, replace(year, segments=("new",)), "method"),
        "month by product": lambda: queries.slices(shop_id, month, "sku"),
        "year by product": lambda: queries.slices(shop_id, year, "sku"),
        "year of a product by day": lambda: queries.slices(shop_id, replace(year, sku_ids=(skus[0],)), "day"),
        "year of ten products by week": lambda: queries.slices(shop_id, ten, "week"),
        "year of a category by month": lambda: queries.slices(shop_id, replace(year, category_ids=(shelf,)), "month"),
        "year by category": lambda: queries.slices(shop_id, year, "category"),
        "year by supplier": lambda: queries.slices(shop_id, year, "supplier"),
        "year of a supplier by product": lambda: queries.slices(
            shop_id, replace(year, supplier_ids=(supplier,)), "sku"
        ),
        "month of a supplier by day": lambda: queries.slices(shop_id, replace(month, supplier_ids=(supplier,)), "day"),
        "top and flop of a month": lambda: queries.tops(shop_id, month, "sku"),
        "cohorts": lambda: queries.cohorts(shop_id, "CNY", today=today),
        "funnel of a month by product": lambda: queries.steps(shop_id, month, "sku"),
    }


def _measure(ask: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """Median of several, and the first, in ms."""
    times = [_timed(ask) * 1000 for _ in range(rounds + 1)]
    return statistics.median(times[1:]), times[0]


def _sizes() -> dict[str, Any]:
    found: dict[str, Any] = {}
    with load("django.db").connection.cursor() as cursor:
        cursor.execute("SELECT grain, count(*) FROM insights_cube GROUP BY 1")
        found |= {f"cube_rows_{grain}": count for grain, count in cursor.fetchall()}
        for table in ("insights_cube", "insights_order"):
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            found[f"{table}_mb"] = round(cursor.fetchone()[0] / 1e6)
    return found
