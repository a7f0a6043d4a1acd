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
from goodfor.kernel import loops
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tests.snapshot import start_from
from goodfor.supply.operations.set_offers import Terms

LINES = 40
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


@pytest.mark.django_db(transaction=True)
def test_a_small_storm() -> None:
    t0 = time.monotonic()
    made = start_from("supply", lambda: world.make_shop(utc_now()))
    with suppliers() as stands:
        market = make_market(made.shop_id, 5)
        open_stalls(market, stands.client, stalls(LINES), terms=Terms(weight=10))
        print("T open", time.monotonic() - t0)
        with working() as process:
            storm = Storm(market, stands.client, process.again, lambda: time.sleep(0.05), calm_seconds=0.5)
            seconds, errors = blow(storm, Console(quiet=True), lines=LINES, kills=1, threads=1)
        print("T blown", time.monotonic() - t0)
        assert errors == []
        later = timedelta(0)

        def travel() -> None:
            """What is due within the next half a minute, and so on, until the deadlines have passed."""
            nonlocal later
            later += timedelta(seconds=5 if later < timedelta(minutes=1) else 60)
            # The suppliers' clocks go along: they refuse calls of another hour.
            stands.client.reset_faults()
            stands.client.fault("clock", seconds=later.total_seconds(), times=None)
            for name in DUTIES:
                while loops.REGISTRY[name].fn(utc_now() + later):
                    pass

        storm.rest = travel
        result = finish(storm, Console(), seconds, errors, LINES, {}, patience=20.0, lateness=60.0)
    print("T end", time.monotonic() - t0)
    assert [bar for bar in result.bars if not bar.ok] == [], json.dumps(result.as_dict(), default=str)
    assert result.figures["kills"] == 1
