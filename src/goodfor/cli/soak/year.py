"""`soak year`: a million orders in a year of told time, every fen in the books, the profits, the statements.

Filled by sets: the sales themselves (orders, lines, payments, codes sold), 99 of 100, whose entries go through
`ledger.post` as those of the operations do. By the operations: every hundredth sale, purchases at suppliers' stand-ins,
imports of codes, refunds whole and in part, claims with compensation, bills and fees, following, shares, an agreement
dated back, statements of five cycles with objections, payouts by file with some that come back, months closed softly
and for good. By this soak, as the house has no operation for them: the channel's payout, credit for later, the payment
of VAT. Following goes on in a process of its own, and is waited for each morning, before the bills are booked.
"""

import os
import time
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

SEED = 8


def run(*, json: bool = False, orders: str = "1000000", days: str = "365", seed: str = str(SEED)) -> BenchResult:  # noqa: ARG001
    """Options: orders, days, seed."""
    console = Console(stderr=True, highlight=False)
    # The stand-ins of suppliers are on this machine.
    os.environ["GOODFOR_LOOPBACK_CHANNELS"] = "1"
    with running_site(console, web=False) as site:
        return simulate(site.made, console, int(orders), int(days), int(seed))


def simulate(made: Any, console: Console, orders: int, days: int, seed: int) -> BenchResult:
    """The year in a shop that is there; see the module."""
    worlds, courses, ends = (load(f"goodfor.cli.year.{name}") for name in ("world", "course", "ends"))
    follower = load("goodfor.cli.year.follower").Follower()
    began = time.monotonic()
    with worlds.make_world(made, first_day(load("goodfor.kernel.clock").utc_now())) as world, follower:
        year = courses.Year(world, follower, orders=orders, days=days, seed=seed)

        def tell(day: int) -> None:
            if day % 30 == 29 or day == days - 1:
                spent = {name: round(value) for name, value in year.told.seconds.items()}
                console.print(
                    f"{day + 1} days, {year.told.orders:,} orders, {time.monotonic() - began:,.0f} s {spent}",
                    markup=False,
                )

        year.run(tell)
        console.print(f"核对 / checking after {time.monotonic() - began:,.0f} s")
        result: BenchResult = ends.result(year, console, time.monotonic() - began)
        return result


def first_day(now: datetime) -> datetime:
    """The midnight in Beijing after the next."""
    beijing = load("goodfor.cli.year.plan").BEIJING
    local: datetime = now.astimezone(beijing).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    return local
