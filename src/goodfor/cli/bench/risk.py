"""`bench risk`: whole decisions over a long past: the act written down, counted, judged, the decision on disk."""

import json as json_module
import subprocess
import sys
import time
from collections import Counter
from typing import Any

from rich.console import Console

from goodfor.cli.bench import risk_past
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import Site, running_site
from goodfor.cli.lazy import load

ONE_MS, MANY_MS, HOT_RATIO = 5.0, 10.0, 2.0
MANY = 8
#: Beside the attack: so many usual clients, and so many attackers that try so many sign-ins a second together.
USUAL, ATTACKERS, ATTACK_RATE = 2, 2, 300


def run(
    *,
    json: bool = False,  # noqa: ARG001  (progress goes to stderr anyway)
    events: str = "10000000",
    seconds: str = "20",
    warm: str = "1500",
    rounds: str = "3",
    rest: str = "0",
) -> BenchResult:
    """Each client is a process that judges one act after another. Options: events, seconds, warm, rounds, rest.

    Between the filling and the measuring: `rest` seconds, and until the server has cleaned up after the filling.

    The event's commit leaves its flush to the decision's, which is synchronous: nobody is told before both are on disk.
    Rules, model and tables are those that this installation has.
    """
    console = Console(stderr=True)
    span, many, tries = float(seconds), int(warm), int(rounds)
    with running_site(console, web=False) as site:
        began = time.perf_counter()
        now = load("goodfor.kernel.clock").utc_now()
        risk_past.fill(site.made.shop_id, int(events), now, console)
        figures: dict[str, Any] = {"events": int(events), "fill_s": round(time.perf_counter() - began, 1)}
        figures |= risk_past.sizes() | {"flush_ms": round(_flush_ms(), 3)}
        console.print("填好了，等它静下来 / filled, waiting for rest")
        time.sleep(float(rest))
        risk_past.wait_for_rest()
        one = [_clients(site, 1, span, many, seed) for seed in range(tries)]
        eight = [_clients(site, MANY, span, many // 4, 100 + 20 * seed) for seed in range(tries)]
        calm = [_clients(site, USUAL, span, many // 4, 300 + 20 * seed) for seed in range(tries)]
        hot = [_clients(site, USUAL, span, many // 4, 500 + 20 * seed, attackers=ATTACKERS) for seed in range(tries)]
        # As many acts a second, by everybody and from everywhere: what of it the load does, and what the one address.
        spread = [
            _clients(site, USUAL, span, many // 4, 700 + 20 * seed, attackers=ATTACKERS, from_one=False)
            for seed in range(tries)
        ]
    for name, done in (("one", one), ("eight", eight), ("calm", calm), ("attacked", hot), ("spread", spread)):
        figures |= _figures(name, done)
        console.print(f"{name}: p50 {figures[f'{name}_p50_ms']:.2f} ms, p99 {figures[f'{name}_p99_ms']:.2f} ms")
    figures["attack_acts"] = sum(run["attacks"] for run in hot)
    ratio = _slowest(figures, "attacked", "calm")
    figures["attacked_to_spread"] = round(_slowest(figures, "attacked", "spread"), 2)
    bars = [
        Bar("p99 with one client", figures["one_p99_ms"], f"< {ONE_MS} ms", figures["one_p99_ms"] < ONE_MS),
        Bar(f"p99 with {MANY} clients", figures["eight_p99_ms"], f"< {MANY_MS} ms", figures["eight_p99_ms"] < MANY_MS),
        Bar("others beside an attacked address, p50 and p99", round(ratio, 2), f"<= {HOT_RATIO}", ratio <= HOT_RATIO),
    ]
    return BenchResult("risk", figures, bars)


def _slowest(figures: dict[str, Any], name: str, beside: str) -> float:
    return max(float(figures[f"{name}_p{p}_ms"] / figures[f"{beside}_p{p}_ms"]) for p in (50, 99))


def _clients(
    site: Site, count: int, seconds: float, warm: int, seed: int, *, attackers: int = 0, from_one: bool = True
) -> dict[str, Any]:
    """Latencies of the usual clients, begun together; attackers beside them (from one address) are not counted."""
    # Whoever is ready waits for the others.
    at = time.time() + 5 + (count + attackers) * (1 + warm / 400)
    specs = [
        {"shop": str(site.made.shop_id), "seconds": seconds, "seed": seed + number, "warm": warm, "at": at,
         "hot": from_one and number >= count, "rate": ATTACK_RATE / attackers if number >= count else 0}
        for number in range(count + attackers)
    ]  # fmt: skip
    args = [sys.executable, "-m", "goodfor.cli.bench.risk_client"]
    started = [
        subprocess.Popen([*args, json_module.dumps(spec)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for spec in specs
    ]
    ended = [child.communicate(timeout=seconds + 300)[0] for child in started]
    if any(child.returncode for child in started):
        raise RuntimeError("a client failed")
    done = [json_module.loads(out) for out in ended]
    usual, attacks = done[:count], done[count:]
    return {
        "latencies": sorted(ms for one in usual for ms in one["latencies"]),
        "seconds": max(one["seconds"] for one in usual),
        "failed": sum((Counter(one["failed"]) for one in usual), Counter()),
        "attacks": sum(len(one["latencies"]) for one in attacks),
    }


def _figures(name: str, done: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians of the rounds."""

    def middle(values: list[float]) -> float:
        return sorted(values)[len(values) // 2]

    def quantile(run: dict[str, Any], share: float) -> float:
        found: list[float] = run["latencies"]
        return found[min(int(len(found) * share), len(found) - 1)]

    return {
        f"{name}_p50_ms": round(middle([quantile(run, 0.5) for run in done]), 3),
        f"{name}_p99_ms": round(middle([quantile(run, 0.99) for run in done]), 3),
        f"{name}_p999_ms": round(middle([quantile(run, 0.999) for run in done]), 3),
        f"{name}_per_s": round(middle([len(run["latencies"]) / run["seconds"] for run in done]), 1),
        f"{name}_failed": sum(sum(run["failed"].values()) for run in done),
    }


def _flush_ms() -> float:
    """What one commit costs this disk: the least that a durable decision can take."""
    times = []
    with load("django.db").connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_flush (n int)")
        for number in range(200):
            start = time.perf_counter()
            cursor.execute("INSERT INTO bench_flush VALUES (%s)", [number])
            times.append((time.perf_counter() - start) * 1000)
        cursor.execute("DROP TABLE bench_flush")
    return sorted(times)[len(times) // 2]
