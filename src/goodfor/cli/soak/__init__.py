"""Soaks: the long evidence (storms, kill tests, simulated months). Each is a function in `SOAKS`, like a bench."""

import os
from collections.abc import Callable, Mapping

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.errors import CliError
from goodfor.cli.lazy import load
from goodfor.cli.soak import (
    attacks,
    books,
    every,
    groups,
    guesses,
    handbook,
    ledger,
    members,
    month,
    pages,
    promotions,
    shares,
    subscriptions,
    year,
)  # fmt: skip

EPAY = "epay"
#: Those that run over any channel.
BY_CHANNEL = ("storm", "lost", "edges")
#: Whose buyers pay from their balance.
WITHOUT_CHANNELS = ("supply", "claims", "limits")
#: Milliseconds that a decision may take where it is about how many pass at once, not how fast.
LONG_DECISIONS: Mapping[str, str] = {"limits": "5000", "rush": "5000"}


def _soak(name: str) -> Callable[..., BenchResult]:
    """Its module is imported when it runs: it needs Django, which is set up with the stack."""

    def run(**options: object) -> BenchResult:
        console = load("rich.console").Console(stderr=True, highlight=False)
        options.pop("json", None)
        channel = options.get("channel", EPAY)
        if "channel" in options and (name not in BY_CHANNEL or channel not in (*every.NAMES, every.ALL)):
            known = ", ".join((*every.NAMES, every.ALL)) if name in BY_CHANNEL else EPAY
            raise CliError(f"{name} 没有渠道 {channel}", f"{name} has no channel {channel}; choose from: {known}")
        if channel == every.ALL:
            return every.run(name, console, options)
        others = channel != EPAY
        if name in WITHOUT_CHANNELS:
            # Suppliers' stand-ins are on this machine, and nobody pays through a channel.
            os.environ["GOODFOR_LOOPBACK_CHANNELS"] = "1"
        if name in LONG_DECISIONS:
            os.environ["GOODFOR_RISK_BUDGET_MS"] = LONG_DECISIONS[name]
        with load("goodfor.cli.stack").running_stack(
            fast=False, gateway=name not in WITHOUT_CHANNELS, channels=others, say=console.print
        ) as stack:
            result: BenchResult = load(f"goodfor.cli.soak.{name}").run(stack, console, **options)
        return result

    return run


#: Over a stack of their own.
_STACKED = ("race", "rush", "notify", "kill", "storm", "lost", "edges", "refunds", "supply", "claims", "limits")
SOAKS: dict[str, Callable[..., BenchResult]] = {
    **{name: _soak(name) for name in _STACKED},
    "attacks": attacks.run,
    "books": books.run,
    "groups": groups.run,
    "guesses": guesses.run,
    "handbook": handbook.run,
    "ledger": ledger.run,
    "members": members.run,
    "month": month.run,
    "pages": pages.run,
    "promotions": promotions.run,
    "shares": shares.run,
    "subscriptions": subscriptions.run,
    "year": year.run,
}

__all__ = ["SOAKS", "Bar", "BenchResult"]
