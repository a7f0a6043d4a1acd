"""What happens, in the order of the told time: what buyers do within a minute side by side, everything else one by one,
and whatever falls due in between at its very second."""

import heapq
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Final

from django.db import connection, connections

from goodfor.cli.month.people import WINDOW
from goodfor.cli.month.world import World, fill
from goodfor.kernel.clock import utc_now
from goodfor.kernel.loops import REGISTRY
from goodfor.kernel.relay import relay_loop
from goodfor.kernel.tenancy import platform_job
from goodfor.supply.operations.ask import ask_due
from goodfor.supply.operations.buy_due import buy_due
from goodfor.supply.operations.inquire import inquire_due

#: What may be done side by side with the like of its minute: other orders, other codes.
SIDE_BY_SIDE: Final = frozenset({"buy", "look", "use", "claim"})
#: Threads that wait for the processes of the hands.
THREADS: Final = 8
_NEXT: Final = """
SELECT min(at) FROM (
    SELECT min(next_at) AS at FROM aftersales_case WHERE next_at IS NOT NULL
    UNION ALL SELECT min(answer_by) FROM aftersales_case
              WHERE answered_at IS NULL AND answer_missed_at IS NULL AND paused_at IS NULL
    UNION ALL SELECT min(decide_by) FROM aftersales_case
              WHERE decided_at IS NULL AND decision_missed_at IS NULL AND paused_at IS NULL
    UNION ALL SELECT min(next_at) FROM supply_inquiry WHERE next_at IS NOT NULL
    UNION ALL SELECT min(next_at) FROM supply_want WHERE next_at IS NOT NULL
    UNION ALL SELECT min(next_at) FROM supply_attempt WHERE next_at IS NOT NULL
) due
"""
#: Loops that keep promises.
TO_THE_SECOND: Final = ("aftersales.steps", "aftersales.deadlines", "aftersales.recalls")
#: Loops of the worker that are called by the hour: none of them keeps a promise to the second.
HOURLY: Final = (
    "vault.fold_stock", "vault.expire_reservations", "ledger.roll_up", "ledger.seal", "supply.score", "supply.tally",
    "supply.tidy", "supply.accounts", "supply.recount", "supply.consequences", "orders.deadlines",
    "orders.figures", "kernel.seal_audit",
    "aftersales.reserve", "aftersales.figures",
    "kernel.purge_events",
)  # fmt: skip


@dataclass(order=True)
class Happening:
    """Something that somebody does at a moment; `kind` says what may be done beside it."""

    at: datetime
    order: int
    kind: str = field(compare=False)
    act: Callable[[datetime], None] = field(compare=False)


class Month:
    """The agenda of everybody, and the loops between."""

    def __init__(self, world: World) -> None:
        self.world = world
        #: What somebody of the staff does as soon as there is reason to.
        self.on_duty: Callable[[datetime], int] = lambda _at: 0
        self._agenda: list[Happening] = []
        self._numbers = count()
        self._lock = threading.Lock()
        self._hour = world.told.at
        self._stocked = world.told.at
        #: Claims of the last minute that are being made, and the moment of the last of them.
        self._claims: list[Future[None]] = []
        self._claimed = world.told.at
        self.done: dict[str, int] = {}
        self.errors: list[str] = []

    def plan(self, at: datetime, kind: str, act: Callable[[datetime], None]) -> None:
        """From any thread."""
        with self._lock:
            heapq.heappush(self._agenda, Happening(at, next(self._numbers), kind, act))

    def run(
        self, until: datetime, feed: Callable[[datetime], datetime | None], tell: Callable[[datetime], None]
    ) -> None:  # fmt: skip
        """Until the agenda ends or the time. `feed(until)` plans the purchases before a moment; None: no more."""
        coming = feed(self.world.told.at + WINDOW)
        with ThreadPoolExecutor(THREADS, thread_name_prefix="month") as pool:
            while True:
                due = self._due()
                at = min(one for one in (self._first(), due, self._hour) if one is not None)
                while coming is not None and coming <= at:
                    coming = feed(max(coming, at) + WINDOW)
                    at = min(one for one in (self._first(), due, self._hour) if one is not None)
                if at >= until or (coming is None and not self._agenda and due is None):
                    if not self._claims:
                        break
                    self._catch_up()
                    continue
                self._to(at)
                if self._slow(at, due):
                    due = self._due()
                self._happen(at, due, pool)
                tell(at)
            list(pool.map(lambda _hand: connections.close_all(), range(THREADS * 2)))

    def settle(self, at: datetime) -> None:
        """All that is due by now, until nothing is."""
        self._to(at)
        for _round in range(50):
            moved = sum(1 for _step in iter(self.world.sandbox.house.due, False))
            moved += relay_loop(at) + inquire_due(now=at) + buy_due(now=at) + ask_due(now=at)
            moved += sum(REGISTRY[name].fn(at) for name in TO_THE_SECOND) + self.on_duty(at)
            if not moved:
                return

    def _happen(self, at: datetime, due: datetime | None, pool: ThreadPoolExecutor) -> None:
        """Everything of the minute that may be side by side; or the one thing that is next."""
        end = min(one for one in (at + WINDOW, due, self._hour) if one is not None)
        together: list[Happening] = []
        while self._agenda and (self._agenda[0].at < end or self._agenda[0].at <= at):
            one = self._agenda[0]
            if one.kind not in SIDE_BY_SIDE:
                break
            together.append(heapq.heappop(self._agenda))
        if together:
            # Whoever claims in the minute in which they used the code used it first.
            others = [pool.submit(self._do, one) for one in together if one.kind != "claim"]
            self._catch_up()
            wait(others)
            claims = [one for one in together if one.kind == "claim"]
            self._claims = [pool.submit(self._do, one) for one in claims]
            self._claimed = claims[-1].at if claims else at
        elif self._agenda and self._agenda[0].at <= at:
            self._catch_up()
            self._do(heapq.heappop(self._agenda))
            self.settle(at)

    def _catch_up(self) -> None:
        """What the claims of the last minute set off, while the buyers of this one go on."""
        if self._claims:
            wait(self._claims)
            self._claims = []
            self.settle(self._claimed)

    def _do(self, one: Happening) -> None:
        try:
            one.act(one.at)
            with self._lock:
                self.done[one.kind] = self.done.get(one.kind, 0) + 1
        except Exception as error:
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""
            with self._lock:
                self.errors.append(f"{one.kind} at {one.at:%d %H:%M:%S}: {type(error).__name__} {error} {place}"[:300])

    def _to(self, at: datetime) -> None:
        self.world.told.at = max(self.world.told.at, at)

    def _first(self) -> datetime | None:
        with self._lock:
            return self._agenda[0].at if self._agenda else None

    def _due(self) -> datetime | None:
        with platform_job("month: what is due next"), connection.cursor() as cursor:
            cursor.execute(_NEXT)
            found: datetime | None = cursor.fetchone()[0]
        return None if found is None else max(found, self.world.told.at)

    def _slow(self, at: datetime, due: datetime | None) -> bool:
        """What has to be done before anybody acts at that moment: what is due, the stock, the slow loops. Whether."""
        owed, stocked, hour = due is not None and due <= at, at >= self._stocked, at >= self._hour
        if not (owed or stocked or hour):
            return False
        self._catch_up()
        if stocked:
            fill(self.world, at)
            self._stocked = at + timedelta(minutes=10)
        if owed or hour:
            self.settle(at)
        if hour:
            for name in HOURLY:
                for _again in range(200):
                    if not REGISTRY[name].fn(utc_now()):
                        break
            self._hour += timedelta(hours=1)
        return True


def later(act: Callable[..., None], *given: object) -> Callable[[datetime], None]:
    """An act of the agenda: its moment comes last."""
    return partial(act, *given)
