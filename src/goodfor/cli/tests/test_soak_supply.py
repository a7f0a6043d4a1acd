"""The storm of suppliers, small: a process that runs the loops is killed, and both books agree in the end."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connections
from rich.console import Console

from goodfor.cli import worker, world
from goodfor.cli.hub.market import make_market, open_stalls
from goodfor.cli.hub.stands import suppliers
from goodfor.cli.soak.supply import Storm, blow, finish, stalls
from goodfor.kernel import loops, relay
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tests.snapshot import start_from
from goodfor.supply.operations.ask import ask_due
from goodfor.supply.operations.buy_due import buy_due
from goodfor.supply.operations.set_offers import Terms

LINES = 30
#: Three of the six are enough here: one without cards in its reply, the one that dies, and one in euros.
VENDORS = ("kasushou", "kayixin", "kinguin")
DUTIES = ("supply.buy", "supply.ask", "kernel.relay", "orders.deadlines")


class Worker:
    """The loops in a process of their own, forked so that it is there at once."""

    def __init__(self) -> None:
        self.pid = 0
        self.start()

    def start(self) -> None:
        # Nothing open is shared with the child.
        connections.close_all()
        self.pid = os.fork()
        if not self.pid:
            try:
                stop = threading.Event()
                for thread in worker.start_loops([loops.REGISTRY[name] for name in DUTIES], stop):
                    thread.join()
            finally:
                os._exit(1)

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def again(self) -> None:
        self.end()
        self.start()


@contextmanager
def working() -> Iterator[Worker]:
    made = Worker()
    try:
        yield made
    finally:
        made.end()


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_a_small_storm() -> None:
    made = start_from("supply", lambda: world.make_shop(utc_now()))
    with suppliers() as stands:
        market = make_market(made.shop_id, 5)
        some = [stall for stall in stalls(LINES) if stall.vendor in VENDORS]
        open_stalls(market, stands.client, some, terms=Terms(weight=10))
        with working() as process:
            storm = Storm(
                market, stands.client, process.again, lambda: time.sleep(0.05), calm_seconds=0.3, late_seconds=0.3
            )
            seconds, errors = blow(storm, Console(quiet=True), lines=LINES, kills=1, threads=1)
        assert errors == []
        later = timedelta(0)

        def travel() -> None:
            """What is due within the next half a minute, and so on, until the deadlines have passed."""
            nonlocal later
            later += timedelta(seconds=30 if later < timedelta(minutes=1) else 90)
            # The suppliers' clocks go along: they refuse calls of another hour.
            stands.client.reset_faults()
            stands.client.fault("clock", seconds=later.total_seconds(), times=None)
            at = utc_now() + later
            while ask_due(now=at) + buy_due(now=at) + relay.relay_batch(at) + loops.REGISTRY["orders.deadlines"].fn(at):
                pass

        storm.rest = travel
        result = finish(storm, Console(), seconds, errors, LINES, {}, patience=20.0, lateness=90.0)
    assert [bar for bar in result.bars if not bar.ok] == [], json.dumps(result.as_dict(), default=str)
    assert result.figures["kills"] == 1
