"""`soak ledger`: the long evidence of the books, L1 to L9: model, crashes, storms, deadlocks, readers, tampering.

Each is a test at full size, run in a process of its own, but for the crashes (L2), which need a server to kill.
"""

import os
import time

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.errors import CliError
from goodfor.cli.lazy import load
from goodfor.cli.soak.testing import run_tests

LONG = "src/goodfor/ledger/tests/test_long.py"
SEAL = "src/goodfor/ledger/tests/test_seal.py"
#: What it is, and which tests show it.
PARTS = {
    "L1": ("random histories against a model", (LONG, "-k", "test_l1")),
    "L2": ("SIGKILL of the database under load", ()),
    "L3": ("each reference from 8 threads", (LONG, "-k", "test_l3")),
    "L4": ("two at once reverse, settle, void", (LONG, "-k", "test_l4")),
    "L5": ("64 threads drain an account", (LONG, "-k", "test_l5")),
    "L6": ("no deadlock in random order", (LONG, "-k", "test_l6")),
    "L8": ("balances and days against plain sums", (LONG, "-k", "test_l8")),
    "L9": ("every column is sealed", (SEAL, "-k", "superuser or taken_away or removed or version_of_a_rule")),
}


def run(
    *,
    json: bool = False,  # noqa: ARG001
    only: str = "",
    scale: float = 1.0,
    processes: int = 2,
    kills: int = 20,
    orders: int = 50_000,
) -> BenchResult:
    """Options: only (such as L2,L5), scale (of the sizes), processes (for L1), kills and orders (of L2)."""
    wanted = [part.strip().upper() for part in str(only).split(",") if part.strip()] or list(PARTS)
    if unknown := sorted(set(wanted) - set(PARTS)):
        known = ", ".join(PARTS)
        raise CliError(f"没有 {'、'.join(unknown)}", f"there is no {', '.join(unknown)}; choose from: {known}")
    figures: dict[str, object] = {"scale": scale}
    bars: list[Bar] = []
    console = Console(stderr=True, highlight=False)
    for part in wanted:
        what, chosen = PARTS[part]
        console.print(f"== {part}: {what}")
        began = time.monotonic()
        if part == "L2":
            told, more = _crashes(console, kills=max(1, round(kills * scale)), orders=round(orders * scale))
        else:
            told, bar = run_tests(
                ["-m", "soak or not soak", *chosen], processes=str(processes if part == "L1" else 1),
                environment={"GOODFOR_SOAK_SCALE": str(scale)},
            )  # fmt: skip
            more = [bar]
        figures[part] = {**told, "seconds": round(time.monotonic() - began, 1)}
        bars += [Bar(f"{part}: {bar.what}", bar.value, bar.bar, bar.ok) for bar in more]
    return BenchResult("ledger", figures, bars)


def _crashes(console: Console, *, kills: int, orders: int) -> tuple[dict[str, object], list[Bar]]:
    before = dict(os.environ)
    try:
        with running_site(console, web=False) as site:
            result: tuple[dict[str, object], list[Bar]] = load("goodfor.cli.soak.ledger_kill").crash(
                site, kills=kills, orders=orders
            )
    finally:
        # The parts after it are tests, which make a server of their own.
        os.environ.clear()
        os.environ.update(before)
    return result
