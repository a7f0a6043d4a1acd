"""Loops: small periodic duties of the worker process, each run by one process at a time."""

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
