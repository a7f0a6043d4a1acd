"""`soak month`: 200,000 orders at eight suppliers in a month of told time, claims honest and not, and all accounts.

Every promise is kept to the second of that time, nobody has both money and another code, the bad batch is off sale
after a few claims, and the ledger, the reserve and the suppliers' books agree to the fen.
"""

import os
import time
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import Progress

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

SEED = 6


def run(*, json: bool = False, orders: str = "200000", days: str = "30", seed: str = str(SEED)) -> BenchResult:  # noqa: ARG001
    """Options: orders, days, seed."""
    console = Console(stderr=True, highlight=False)
    # The stand-ins of suppliers are on this machine.
    os.environ["GOODFOR_LOOPBACK_CHANNELS"] = "1"
    with running_site(console, web=False) as site:
        # Needs Django, which is set up now.
        clock = load("goodfor.kernel.clock")
        start = clock.utc_now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
        return simulate(site.made.shop_id, console, start, int(orders), float(days), int(seed))


def simulate(shop_id: Any, console: Console, start: datetime, orders: int, days: float, seed: int) -> BenchResult:
    """The month in a shop that is there; see the module."""
    people, worlds = load("goodfor.cli.month.people"), load("goodfor.cli.month.world")
    day, acts, ends = load("goodfor.cli.month.day"), load("goodfor.cli.month.acts"), load("goodfor.cli.month.ends")
    rng, crowd, began = Random(seed), people.Crowd.of(orders), time.monotonic()  # noqa: S311
    with ExitStack() as stack:
        world = stack.enter_context(worlds.make_world(shop_id, start, crowd.buyers, rng))
        console.print(f"{crowd.buyers:,} 个买家就绪 / buyers are ready")
        month = day.Month(world)
        hands = stack.enter_context(closing(load("goodfor.cli.month.hands").Hands()))
        crew = acts.People(world, month, hands)
        month.on_duty = crew.recall
        coming = iter(people.plans(Random(seed + 1), crowd, orders, len(world.skus), start, days))  # noqa: S311
        world.bad_due = (start + timedelta(days=days / 3), 0)
        waiting = [next(coming)]

        def feed(until: datetime) -> datetime | None:
            while waiting and waiting[0].at < until:
                one = waiting.pop()
                month.plan(one.at, "buy", day.later(crew.buy, one))
                if (after := next(coming, None)) is not None:
                    waiting.append(after)
            return until if waiting else None

        with Progress(console=console, transient=True) as bars:
            bar = bars.add_task("订单 / orders", total=orders)
            marks = [0]

            def tell(at: datetime) -> None:
                bars.update(bar, completed=crew.bought, description=f"{at:%m-%d %H:%M}")
                if crew.bought - marks[0] >= orders // 50:
                    marks[0] = crew.bought
                    seconds = time.monotonic() - began
                    console.print(
                        f"{at:%m-%d %H:%M} {crew.bought:,} orders {len(crew.claims):,} claims {seconds:,.0f} s"
                    )

            month.run(start + timedelta(days=days + 12), feed, tell)
        result: BenchResult = ends.result(world, month, crew, console, time.monotonic() - began)
        return result
