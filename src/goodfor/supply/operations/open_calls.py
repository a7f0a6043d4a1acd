"""How many calls of this process are out to each supplier: one that hangs may not have all hands.

In memory, since nothing is wrong where it is lost: what is held back here is begun a moment later, or elsewhere.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID


class OpenCalls:
    """At most `most` at one supplier."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._out: Counter[UUID] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def at(self, supplier_id: UUID) -> Iterator[None]:
        """One more, for the length of the block."""
        with self._lock:
            self._out[supplier_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._out[supplier_id] -= 1

    def full(self, supplier_id: UUID) -> bool:
        """No more now."""
        with self._lock:
            return self._out[supplier_id] >= self._most


#: Of the hands in `buy_due`, and of those in `ask`.
OPEN_CALLS: Final = OpenCalls(20)
OPEN_QUESTIONS: Final = OpenCalls(8)
