"""`bench ledger` (L7): orders of eight postings through the real `ledger_post`, balances kept by policy.

G, as the house has it: only suppliers' prepaid accounts keep a running balance. S: every account keeps one, in one
row. Both also where a commit waits 2 ms for the disk. Then one hot guarded account, whole and in 16 slices.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

RATIO, ORDERS_S = 10.0, 1_500
FLOOR = -(10**15)
CHANNELS, SHOPS, SUPPLIERS, DISTRIBUTORS = 4, 200, 50, 500
SLOW = "-c commit_delay=2000 -c commit_siblings=0"
SCRIPT = """\
\\set n :n + 1
\\set c random(0, {channels})
\\set s random(0, {suppliers})
\\set m random(0, {shops})
\\set d random(0, {distributors})
SELECT ledger_post('{shop}', 'CNY', now(), 'bench', ARRAY['b-' || :client_id::text || '-' || :n::text], ARRAY['bench'],
  ARRAY[sha256(convert_to(:client_id::text || '-' || :n::text, 'UTF8'))], ARRAY[now()], ARRAY['order'],
  ARRAY[NULL::uuid], NULL::jsonb,
  NULL::bigint[], NULL::bigint[], '{{1,1,1,1,1,1,1,1}}'::smallint[],
  string_to_array(translate('1012;channel;wx;' || :c::text || ';pending,2203;order,2203;order,1123;supplier;'
    || :s::text || ';prepaid,2206;shop;' || :m::text || ';payable,2206;distributor;' || :d::text
    || ',5001;fee;service,2221;vat;output', ';', chr(58)), ','),
  '{{9500,-9500,9500,-8000,-1000,-200,-282,-18}}'::bigint[], NULL::smallint[],
  NULL::uuid[], NULL::uuid[], NULL::uuid[], NULL::smallint[], NULL::boolean[],
  {dimensions});
"""
# pgbench takes a colon before a word for a variable, even inside quotes: hence the semicolons.
#: As the order path posts (no dimensions of finance), and as finance posts.
BARE = "NULL::uuid[], NULL::uuid[], NULL::uuid[], NULL::uuid[], NULL::text[]"
FULL = (
    "array_fill(gen_random_uuid(), ARRAY[8]), array_fill(gen_random_uuid(), ARRAY[8]), NULL::uuid[], NULL::uuid[],"
    " array_fill('wechat'::text, ARRAY[8])"
)


def run(*, json: bool = False, seconds: float = 5, rounds: int = 5) -> BenchResult:  # noqa: ARG001
    """Medians of the rounds, all policies in turn in each. Options: seconds, rounds."""
    console = Console(stderr=True, highlight=False)
    with running_site(console, web=False):
        policies = _policies()
        rates: dict[str, list[float]] = {name: [] for name in policies}
        limit = load("goodfor.cli.bench.limit")
        start = 0
        for number in range(int(rounds)):
            for name, (text, clients, slow) in policies.items():
                start += 10_000_000
                with _flush(slow=slow):
                    rates[name].append(limit.run(text, seconds=seconds, clients=clients, start=start))
            console.print(f"{number + 1}: " + ", ".join(f"{name} {found[-1]:,.0f}/s" for name, found in rates.items()))
        reads, broken = _reads(console)
    median = {name: statistics.median(found) for name, found in rates.items()}
    ratio = median["G +2 ms"] / median["S +2 ms"]
    figures: dict[str, Any] = {
        f"{name}, orders/s": f"{median[name]:,.0f} ({min(found):,.0f}-{max(found):,.0f})"
        for name, found in rates.items()
    }
    figures |= {"G / S at +2 ms": ratio, **reads}
    return BenchResult(
        "ledger",
        figures,
        [
            Bar("G to S where a commit waits 2 ms", round(ratio, 1), f">= {RATIO:.0f}", ratio >= RATIO),
            Bar("G, orders/s", round(median["G"]), f">= {ORDERS_S}", median["G"] >= ORDERS_S),
            Bar("invariants violated", len(broken), "= 0", not broken),
        ],
    )


def script(shop: UUID, *, suppliers: int = SUPPLIERS, dimensions: str = BARE) -> str:
    """A pgbench script of one order."""
    return SCRIPT.format(
        shop=shop, channels=CHANNELS - 1, suppliers=suppliers - 1, shops=SHOPS - 1, distributors=DISTRIBUTORS - 1,
        dimensions=dimensions,
    )  # fmt: skip


def _policies() -> dict[str, tuple[str, int, bool]]:
    """By name: the script, how many clients, and whether commits wait."""
    guarded, every, hot, sliced = uuid4(), uuid4(), uuid4(), uuid4()
    for supplier in range(SUPPLIERS):
        _open(guarded, f"1123:supplier:{supplier}:prepaid")
    codes = [f"1012:channel:wx:{n}:pending" for n in range(CHANNELS)] + [
        "2203:order",
        "5001:fee:service",
        "2221:vat:output",
    ]
    codes += [f"1123:supplier:{n}:prepaid" for n in range(SUPPLIERS)] + [f"2206:shop:{n}:payable" for n in range(SHOPS)]
    for code in [*codes, *(f"2206:distributor:{n}" for n in range(DISTRIBUTORS))]:
        _open(every, code)
    _open(hot, "1123:supplier:0:prepaid")
    _open(sliced, "1123:supplier:0:prepaid", slices=16)
    _spread(sliced, "1123:supplier:0:prepaid")
    return {
        "G": (script(guarded), 16, False),
        "G with dimensions": (script(guarded, dimensions=FULL), 16, False),
        "S": (script(every), 16, False),
        "G +2 ms": (script(guarded), 32, True),
        "S +2 ms": (script(every), 32, True),
        "one supplier +2 ms": (script(hot, suppliers=1), 32, True),
        "one supplier in 16 slices +2 ms": (script(sliced, suppliers=1), 32, True),
    }


def _open(shop: UUID, code: str, slices: int = 1) -> None:
    load("goodfor.ledger.operations").open_account(
        shop_id=shop, code=code, currency="CNY", floor_minor=FLOOR, slices=slices
    )


def _spread(shop: UUID, code: str) -> None:
    """What an account may spend lies on its first slice until something takes all slices together, as a hold does."""
    operations, types = load("goodfor.ledger.operations"), load("goodfor.ledger.types")
    now = load("goodfor.kernel.clock").utc_now()
    lines = (types.Line(code, -1), types.Line("2203:order", 1))
    held = operations.hold(shop_id=shop, currency="CNY", entry=types.Entry("hold", "bench", lines, now), now=now)
    operations.void_hold(shop_id=shop, hold_tx=held, reference="void", now=now)


@contextmanager
def _flush(*, slow: bool) -> Iterator[None]:
    """With `slow`, each commit waits 2 ms, as a disk in a cloud makes it wait."""
    before = os.environ.get("PGOPTIONS")
    if slow:
        os.environ["PGOPTIONS"] = SLOW
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("PGOPTIONS", None)
        else:
            os.environ["PGOPTIONS"] = before


def _reads(console: Console) -> tuple[dict[str, Any], list[str]]:
    """What the loops and the reads by day take on all of it, and what the audit says."""
    operations, queries, clock = (load(f"goodfor.{n}") for n in ("ledger.operations", "ledger.queries", "kernel.clock"))
    now, took = clock.utc_now(), {}
    for name in ("roll_up", "fill_days", "seal"):
        began = time.perf_counter()
        while getattr(operations, name)(now=now):
            pass
        took[name] = time.perf_counter() - began
    with load("django.db").connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_posting")
        count = cursor.fetchone()[0]
        cursor.execute("SELECT shop_id FROM ledger_tx GROUP BY shop_id ORDER BY count(*) DESC LIMIT 1")
        shop = cursor.fetchone()[0]
    today = queries.business_day(now)
    calls: dict[str, Callable[[], Any]] = {
        "trial balance": lambda: queries.trial_balance(shop),
        "trial balance of a day": lambda: queries.trial_balance(shop, today),
        "a month of all accounts by day": lambda: queries.daily(shop, "", today - timedelta(days=30), today),
    }
    for name, call in calls.items():
        began = time.perf_counter()
        call()
        took[name] = time.perf_counter() - began
    console.print(f"{count:,} 条分录，正在审计 / postings, audit")
    with load("goodfor.kernel.tenancy").platform_job("bench"):
        results = load("goodfor.kernel.invariants").run_all(now)
    broken = [r.invariant.name for r in results if not r.ok and r.invariant.room == "ledger"]
    figures: dict[str, Any] = {"postings": count}
    figures |= {f"{name}, postings/s": round(count / took[name]) for name in ("roll_up", "fill_days", "seal")}
    return {**figures, **{f"{name}, ms": round(1000 * took[name], 1) for name in calls}}, broken
