"""Loops: small periodic duties of the worker process, each run by one process at a time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from goodfor.kernel.locks import lock_key

LoopFunction = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Loop:
    """A duty: called every `seconds`; returns how much it did (more than nothing: called again at once)."""

    name: str
    seconds: float
    fn: LoopFunction


REGISTRY: dict[str, Loop] = {}
#: Loops of this process that rest, by name. Only to be quicker: without it the next look comes by itself.
_RESTING: dict[str, threading.Event] = {}
#: Longer rests are not for waking up: they end with `stop` alone.
SHORT_REST: float = 1.0


def wake(name: str) -> None:
    """There is work for that loop: look now, if it rests in this process."""
    if event := _RESTING.get(name):
        event.set()


def rest(name: str, seconds: float, stop: threading.Event) -> None:
    """Until `seconds` have passed, somebody woke it, or (at once after a long rest, soon after a short one) `stop`."""
    if seconds > SHORT_REST:
        stop.wait(seconds)
        return
    event = _RESTING.setdefault(name, threading.Event())
    event.wait(seconds)
    event.clear()


def loop(*, name: str, seconds: float) -> Callable[[LoopFunction], LoopFunction]:
    """Register a loop under a stable name; an exclusive advisory lock keeps it to one process."""

    def decorate(fn: LoopFunction) -> LoopFunction:
        REGISTRY[name] = Loop(name, seconds, fn)
        return fn

    return decorate


def run_once(item: Loop, now: datetime) -> int:
    """Run the loop's function if no other process is in it; returns its work count, 0 when busy elsewhere."""
    key = lock_key("loop", item.name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return item.fn(now)
        finally:
            if connection.is_usable():
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
