"""A crew: threads that a loop hands work to without waiting for it, so that one slow call holds nobody else up.

What is handed over is in memory only: a loop finds it again in the tables that are the truth, and whoever does the
work takes the row's lock. Each thread keeps its database connection while there is work, and gives it back afterwards.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable

import structlog
from django.db import connections

log = structlog.get_logger(__name__)
#: A thread without work ends after so many seconds.
IDLE_SECONDS = 5.0


class Crew:
    """At most `size` at work, and as many more waiting; each piece has a key, and none is taken twice at a time."""

    def __init__(self, name: str, size: int) -> None:
        self.name = name
        self.size = size
        self._waiting: deque[tuple[Hashable, Callable[[], object]]] = deque()
        self._keys: set[Hashable] = set()
        self._threads = 0
        self._idle = 0
        self._changed = threading.Condition()

    def busy(self) -> int:
        """How many pieces are being done or wait."""
        with self._changed:
            return len(self._keys)

    def room(self) -> int:
        """How many more it would take now."""
        return max(0, 2 * self.size - self.busy())

    def take(self, key: Hashable, work: Callable[[], object]) -> bool:
        """Have it done soon; False when it is at this very piece already, or has no room."""
        with self._changed:
            if key in self._keys or len(self._keys) >= 2 * self.size:
                return False
            self._keys.add(key)
            self._waiting.append((key, work))
            if self._idle:
                self._changed.notify()
            elif self._threads < self.size:
                self._threads += 1
                threading.Thread(target=self._serve, name=f"crew:{self.name}", daemon=True).start()
            return True

    def wait(self, seconds: float) -> bool:
        """Until nothing is left, at most so long; False when there still is something."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._keys, seconds)

    def _serve(self) -> None:
        try:
            while (piece := self._next()) is not None:
                key, work = piece
                try:
                    work()
                except Exception:
                    log.exception("crew_work_failed", crew=self.name)
                    # It may have been the database: the next piece gets a connection without a past.
                    connections.close_all()
                finally:
                    with self._changed:
                        self._keys.discard(key)
                        self._changed.notify_all()
        finally:
            connections.close_all()

    def _next(self) -> tuple[Hashable, Callable[[], object]] | None:
        """The next piece; None, and this thread is counted no more, when there was none for a while."""
        with self._changed:
            self._idle += 1
            there = self._changed.wait_for(lambda: bool(self._waiting), IDLE_SECONDS)
            self._idle -= 1
            if there:
                return self._waiting.popleft()
            self._threads -= 1
            return None
