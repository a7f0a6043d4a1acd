"""L2: writers post orders while the database is killed again and again; what was acknowledged is there, once."""

import os
import random
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from django.db import DatabaseError, InterfaceError, connections
from rich.console import Console

from goodfor.cli import processes
from goodfor.cli.bench.result import Bar
from goodfor.cli.bench.site import Site
from goodfor.cli.soak.sql import rows
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger.operations import fill_days, open_account, post, roll_up, seal
from goodfor.ledger.types import Entry, Line

WRITERS = 12
#: Of so many orders one is sent again although it was acknowledged.
AGAIN = 20
PREPAID = "1123:supplier:soak:prepaid"
_OURS = "SELECT reference, id, xid::text FROM ledger_tx WHERE shop_id = %s AND reference LIKE 'soak:%%'"
_BALANCE = (
    "SELECT sum(posted_minor)::bigint FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id"
    " WHERE a.shop_id = %s AND a.code = %s"
)
COST = 800
#: What a writer hears from a server that is killed.
GONE = (DatabaseError, InterfaceError, psycopg.Error, OSError)


@dataclass
class Told:
    """What writers were told: reference -> id. `stop` ends them."""

    orders: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)
    ids: dict[str, int] = field(default_factory=dict)
    changed: int = 0
    errors: int = 0
    again: int = 0


def crash(site: Site, *, kills: int, orders: int) -> tuple[dict[str, Any], list[Bar]]:
    """So many kills while so many orders are posted, each retried until acknowledged; then everything is counted."""
    shop: UUID = site.made.shop_id
    now = utc_now()
    open_account(shop_id=shop, code=PREPAID, currency="CNY", floor_minor=-COST * orders, slices=8, now=now)
    told = Told(orders)
    threads = [threading.Thread(target=_writer, args=(shop, told, lane), daemon=True) for lane in range(WRITERS)]
    threads.append(threading.Thread(target=_jobs, args=(told,), daemon=True))
    for thread in threads:
        thread.start()
    back = [_kill(site, told, site.console, number, kills) for number in range(kills)]
    for thread in threads[:-1]:
        thread.join(3_600)
    told.stop.set()
    threads[-1].join(60)
    connections.close_all()
    while _fold():
        pass
    stored = rows(_OURS, shop)
    found = {str(row[0]): int(row[1]) for row in stored}
    missing = [name for name, tx in told.ids.items() if found.get(name) != tx]
    with platform_job("soak"):
        broken = [r.invariant.name for r in invariants.run_all(utc_now()) if not r.ok]
    doubled = len(stored) - len(found) + told.changed
    spent = -int(rows(_BALANCE, shop, PREPAID)[0][0])
    figures = {
        "kills": kills, "orders": len(stored), "acknowledged": len(told.ids), "errors_seen": told.errors,
        "sent_again": told.again, "slowest_return_seconds": round(max(back, default=0.0), 2),
    }  # fmt: skip
    return figures, [
        Bar("orders acknowledged", len(told.ids), f">= {orders}", len(told.ids) >= orders),
        Bar("acknowledged but missing or another", len(missing), "= 0", not missing),
        Bar("doubled or told two ids", doubled, "= 0", doubled == 0),
        Bar("drift of the guarded balance", spent - COST * len(stored), "= 0", spent == COST * len(stored)),
        Bar("invariants violated", len(broken), "= 0", not broken),
    ]


def _writer(shop: UUID, told: Told, lane: int) -> None:
    rng = random.Random(lane)  # noqa: S311
    for number in range(lane, told.orders, WRITERS):
        name = f"soak:{number}"
        again = rng.randrange(AGAIN) == 0
        while True:
            try:
                [tx] = post(shop_id=shop, currency="CNY", entries=[_order(name, number)], now=utc_now())
            except GONE:
                with told.lock:
                    told.errors += 1
                with suppress(Exception):
                    connections.close_all()
                time.sleep(0.05)
                continue
            with told.lock:
                told.changed += int(told.ids.setdefault(name, tx) != tx)
                told.again += int(again)
            if not again:
                break
            again = False
    connections.close_all()


def _order(name: str, number: int) -> Entry:
    lines = (
        Line("1012:channel:wx:soak:pending", 990), Line("2203:order", -990), Line("2203:order", 990),
        Line(PREPAID, -COST), Line("2206:shop:soak:payable", -100),
        Line(f"2206:distributor:{number % 50}", -50), Line("5001:fee:service", -38), Line("2221:vat:output", -2),
    )  # fmt: skip
    return Entry(name, "soak", lines, utc_now())


def _fold() -> int:
    return roll_up(now=utc_now()) + fill_days(now=utc_now()) + seal(now=utc_now())


def _jobs(told: Told) -> None:
    """Roll-up, days and seals run all the while, and are killed as well."""
    while not told.stop.is_set():
        try:
            _fold()
        except GONE:
            with suppress(Exception):
                connections.close_all()
        told.stop.wait(0.05)
    connections.close_all()


def _kill(site: Site, told: Told, console: Console, number: int, kills: int) -> float:
    """SIGKILL for the server and all its backends after a share of the orders; seconds until a new one answers."""
    share = told.orders * (number + 1) // (kills + 1)
    while len(told.ids) < share:
        time.sleep(0.01)
    cluster = site.cluster
    _end([cluster.process.pid])
    _end([one.pid for one in processes.inside(str(cluster.pgdata))])
    cluster.process.wait(30)
    began = time.monotonic()
    cluster.process = None
    while processes.inside(str(cluster.pgdata)):
        time.sleep(0.02)
    cluster.start()
    cluster.wait_ready()
    seconds = time.monotonic() - began
    console.print(f"{number + 1}/{kills}: back in {seconds:.1f} s; {len(told.ids)} acknowledged, {told.errors} errors")
    return seconds


def _end(pids: Sequence[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
