"""`soak supply`: buyers by the thousand for what no shelf has, six suppliers at whom all goes wrong, and a worker that
is killed.

Nothing is bought twice, no code goes to two, every line is delivered or its money is back in time, and the ledger is
the suppliers' books.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import OperationalError
from rich.console import Console
from rich.progress import Progress

from goodfor.cli.bench.result import BenchResult
from goodfor.cli.hub import ends
from goodfor.cli.hub.buyers import Bought, Buyers
from goodfor.cli.hub.load import Load
from goodfor.cli.hub.market import Market, Stall, make_market, open_stalls
from goodfor.cli.hub.stands import Stands, suppliers
from goodfor.cli.soak import paying
from goodfor.cli.soak.sql import rows
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.sandbox.suppliers.client import SuppliersClient
from goodfor.supply.errors import AttemptEnded
from goodfor.supply.operations.decide import ask_again
from goodfor.supply.operations.set_offers import Terms
from goodfor.vault.errors import OutOfStock

COST_MINOR = 830
#: Money for all, and some more; the poor one has so much of its share.
PLENTY, POOR = 3.0, 0.5
#: Prices do not move here: those without a guard are bought from as much as the others.
SURPRISE_MINOR = 10_000
VENDORS = ("kasushou", "kayixin", "kakayun", "dujiao", "fulu", "kinguin")
#: kind, how often, settings: what goes wrong at each of them, all the time.
FAULTS: tuple[tuple[str, float, dict[str, object]], ...] = (
    ("lost_answer", 0.10, {}),
    ("refuse", 0.02, {"why": "stock"}),
    ("refuse", 0.03, {"why": "request"}),
    ("used_code", 0.01, {}),
    ("dirty_code", 0.005, {"how": "cr"}),
    ("wrong_count", 0.005, {"delta": 1}),
)
#: So many come late, but come.
LATE = 0.02
#: One dies when so much of all is ordered; it is back when all is.
DIES_AT = 0.4
#: A buyer who finds nothing for sale looks at so many others, and again so often, a second apart.
ELSE, LOOKS = 20, 300
#: So many orders wait at a time.
MOST_WAITING = 1000
_UNKNOWN = "SELECT id FROM supply_attempt WHERE shop_id = %s AND state IN ('accepted', 'unknown')"


@dataclass
class Storm:
    """What a storm is made of. `kill` ends the process that runs the loops, at once; somebody starts it again."""

    market: Market
    client: SuppliersClient
    kill: Callable[[], None]
    rest: Callable[[], None]
    made: list[Bought] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    kills: int = 0
    #: A worker that was killed is back sooner.
    calm_seconds: float = 12.0
    #: What comes late comes after so many seconds.
    late_seconds: float = 8.0
    #: Open orders, as they were counted last and placed since.
    queue: int = 0
    counted_at: float = 0.0


def stalls(lines: int) -> list[Stall]:
    """One of each protocol: Kinguin is settled by the month, one has too little money."""
    share = COST_MINOR * lines // len(VENDORS)
    found = []
    for number, vendor in enumerate(VENDORS):
        paid = None if vendor == "kinguin" else int(share * (POOR if vendor == "fulu" else PLENTY)) + 10_000
        cost = "1.10" if vendor == "kinguin" else f"8.{number}0"
        found.append(Stall(vendor, "s", cost, paid, surprise_minor=SURPRISE_MINOR))
    return found


def run(
    stack: Stack, console: Console, *, lines: int = 20_000, kills: int = 10, threads: int = 6, skus: int = 200,
    deadline: int = 600,
) -> BenchResult:  # fmt: skip
    """`lines` orders of one line; see the module."""
    with suppliers() as stands:
        market = make_market(stack.made.shop_id, skus, deadline=deadline)
        open_stalls(market, stands.client, stalls(lines), terms=Terms(weight=10))
        storm = Storm(market, stands.client, lambda: _kill(stack), lambda: time.sleep(0.5))
        with Load(_processes(stack, stands)) as load:
            seconds, errors = blow(storm, console, lines=lines, kills=kills, threads=threads)
            used = load.told()
        return finish(storm, console, seconds, errors, lines, used)


def _kill(stack: Stack) -> None:
    stack.kill_worker()
    stack.wait_ready(90)


def _processes(stack: Stack, stands: Stands) -> dict[str, Callable[[], int | None]]:
    """Whose time is counted, by the pid of the moment."""

    def pid_of(name: str) -> Callable[[], int | None]:
        return lambda: getattr(stack.child(name).process, "pid", None)

    cluster = stack.supervisor.cluster
    return {
        "worker": pid_of("worker"), "web": pid_of("web"), "suppliers": lambda: stands.pid, "buyers": os.getpid,
        "database": lambda: getattr(getattr(cluster, "process", None), "pid", None),
    }  # fmt: skip


def blow(storm: Storm, console: Console, *, lines: int, kills: int, threads: int) -> tuple[float, list[str]]:
    """Order and pay, with all that goes wrong meanwhile, until all is ordered and nearly all has ended; seconds,
    errors."""
    market, client = storm.market, storm.client
    for stall in market.stalls.values():
        for kind, share, more in FAULTS:
            client.fault(kind, site=stall.key, on="create", share=share, times=None, **more)
        client.fault("deliver", site=stall.key, on="create", share=LATE, times=None, seconds=storm.late_seconds)
    buyers, began = Buyers(market.shop_id), time.monotonic()
    marks = _marks(storm, lines, kills)
    with Progress(console=console, transient=True) as bars:
        bar = bars.add_task("订单 / orders", total=lines)

        def buy(index: int) -> None:
            _wait_for_room(storm)
            one = _buy_patiently(buyers, market.skus, index)
            with storm.lock:
                storm.made.append(one)
                due = [marks.pop(at) for at in sorted(marks) if at <= len(storm.made)]
            for act in due:
                act()
            bars.advance(bar)

        errors = paying.spread(range(lines), buy, threads)
        for act in [marks[at] for at in sorted(marks)]:
            act()
        bars.update(bar, description="交付 / deliveries")
        _until_calm(storm, max(3, lines // 50))
    return time.monotonic() - began, errors


def _buy_patiently(buyers: Buyers, skus: Sequence[UUID], index: int) -> Bought:
    """What nobody can deliver at the moment is not sold: the buyer takes something else, or looks again later.

    Raises OutOfStock.
    """
    for look in range(LOOKS):
        for turn in range(ELSE):
            with contextlib.suppress(OutOfStock):
                return buyers.buy(skus[(index + look + turn) % len(skus)])
        time.sleep(1.0)
    return buyers.buy(skus[index % len(skus)])


def _wait_for_room(storm: Storm) -> None:
    """Buyers come as fast as this machine buys: the storm is what goes wrong, not a queue that outlasts deadlines."""
    while storm.queue > MOST_WAITING:
        time.sleep(0.2)
        with storm.lock:
            if time.monotonic() > storm.counted_at + 1.0:
                storm.queue, storm.counted_at = ends.open_orders(storm.market.shop_id), time.monotonic()
    storm.queue += 1


def _until_calm(storm: Storm, few: int) -> None:
    """Until few orders are open, or none ended for a while: those wait for a question that is not due yet."""
    last, since = ends.open_orders(storm.market.shop_id), time.monotonic()
    while last > few and time.monotonic() - since < storm.calm_seconds:
        storm.rest()
        now_open = ends.open_orders(storm.market.shop_id)
        if now_open < last:
            last, since = now_open, time.monotonic()


def _marks(storm: Storm, lines: int, kills: int) -> dict[int, Callable[[], None]]:
    """What happens when so many are ordered."""
    dying = next(stall for stall in storm.market.stalls.values() if stall.vendor == "kayixin")

    def kill() -> None:
        storm.kill()
        storm.kills += 1

    def die() -> None:
        storm.client.fault("dead", site=dying.key, times=None)

    marks: dict[int, Callable[[], None]] = {
        max(1, lines * (2 * number + 1) // (2 * kills)): kill for number in range(kills)
    }
    marks[int(lines * DIES_AT) + 1] = die
    return marks


def finish(
    storm: Storm, console: Console, seconds: float, errors: Sequence[str], lines: int, used: dict[str, float],
    *, patience: float = 900.0, lateness: float = 5.0,
) -> BenchResult:  # fmt: skip
    """No more faults, whoever was dead is back, the staff have open purchases asked about; then the books."""
    market = storm.market
    rate = sum(ends.states(market.shop_id).get(state, 0) for state in ("delivered", "refunded")) / seconds
    hits: dict[str, int] = {}
    for fault in storm.client.reset_faults():
        hits[str(fault["kind"])] = hits.get(str(fault["kind"]), 0) + int(str(fault["hits"]))
    _ask_all(market.shop_id)
    waited = ends.wait_quiet(market.shop_id, patience, storm.rest)
    figures, bars, wrong = ends.end(market, storm.client, storm.made, lateness=lateness)
    for text in [*errors[:5], *wrong]:
        console.print(text, markup=False)
    return BenchResult(
        "supply",
        {
            "lines": len(storm.made), "asked_for": lines, "errors": len(errors), "kills": storm.kills, "faults": hits,
            "seconds": seconds, "lines_ended_per_s": rate, "settled_after_seconds": waited, "cpu_seconds": used,
            **figures,
        },
        bars,
    )  # fmt: skip


def _ask_all(shop_id: UUID) -> None:
    """As a person at the desk: ask again, now."""
    waiting = [row[0] for row in rows(_UNKNOWN, shop_id)]
    for _round in range(20):
        busy = []
        for attempt_id in waiting:
            try:
                ask_again(shop_id=shop_id, attempt_id=attempt_id, actor="staff:soak", now=utc_now())
            except AttemptEnded:
                continue
            except OperationalError:
                # Somebody is at this very purchase: a person would press the button again.
                busy.append(attempt_id)
        if not busy:
            return
        waiting = busy
        time.sleep(0.5)
