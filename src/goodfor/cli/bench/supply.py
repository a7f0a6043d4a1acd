"""`bench supply`: failover, paid to code, whole catalogues, prices that move, the floor, an outage as buyers see it.

Everything runs through the real web, worker and database, against stand-ins of suppliers with books of their own.
"""

import os
from typing import Any

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.errors import CliError
from goodfor.cli.lazy import attribute, load

#: Name -> module and function, in the order in which they run: what is quick first.
PARTS = {
    "failover": "goodfor.cli.hub.failover:measure",
    "shown": "goodfor.cli.hub.shown:measure",
    "pushes": "goodfor.cli.hub.moving:pushes",
    "guard": "goodfor.cli.hub.moving:guard",
    "outage": "goodfor.cli.hub.outage:measure",
    "sweep": "goodfor.cli.hub.sweeping:measure",
}


def run(*, json: bool = False, only: str = "", quick: str = "") -> BenchResult:  # noqa: ARG001  (progress: stderr)
    """Options: `only` (some of failover, shown, pushes, guard, outage, sweep, by commas), `quick` (small sizes)."""
    console = Console(stderr=True, highlight=False)
    chosen = [name for name in str(only).split(",") if name] or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        raise CliError(
            f"没有 {'、'.join(sorted(unknown))}", f"there is no {', '.join(sorted(unknown))}: {', '.join(PARTS)}"
        )
    before = os.environ.get("GOODFOR_LOOPBACK_CHANNELS")
    # The stand-ins are on this machine.
    os.environ["GOODFOR_LOOPBACK_CHANNELS"] = "1"
    figures: dict[str, Any] = {}
    bars: list[Bar] = []
    try:
        stack_of = load("goodfor.cli.stack").running_stack
        with stack_of(fast=False, say=console.print) as stack, load("goodfor.cli.hub.stands").suppliers() as stands:
            fair = load("goodfor.cli.hub.measured").Fair(stack, stands, console, bool(quick))
            for name in chosen:
                console.print(f"== {name}")
                stands.client.reset_faults()
                told, held = attribute(PARTS[name])(fair)
                figures[name] = told
                bars += [Bar(f"{name}: {bar.what}", bar.value, bar.bar, bar.ok) for bar in held]
    finally:
        if before is None:
            os.environ.pop("GOODFOR_LOOPBACK_CHANNELS", None)
    return BenchResult("supply", figures, bars)
