"""How many pages this process is at. A flash sale lets people in as fast as it can serve them, and no faster.

Its crowd is what would slow everybody else down: whoever comes for a flash price while others are being served is told
to wait, by a small page that comes back by itself at a moment of its own: were all to come back after some seconds, a
thousand who wait would be the load that they wait for. In memory, since it is about this process alone.
"""

import math
import threading
from types import TracebackType
from typing import Final

#: Pages at once, the asking one included, beside which a flash sale's page is still begun.
MOST: Final = 1
#: Seconds until the page comes back by itself: between these, and so many come back in one second.
SOONEST, LATEST = 3, 120
BACK_A_SECOND: Final = 10


class Crowd:
    """Counts who is inside; any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0

    def __enter__(self) -> None:
        """One more."""
        with self._lock:
            self._inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """One less."""
        with self._lock:
            self._inside -= 1

    @property
    def dense(self) -> bool:
        """Whether more are inside than a flash sale may come on top of."""
        return self._inside > MOST


class Line:
    """Moments at which who waits comes back, one after another; any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = float("-inf")

    def seconds(self, now: float) -> int:
        """From `now` (seconds of any clock that does not go back) until the next moment that is nobody's yet."""
        with self._lock:
            self._last = min(max(self._last + 1 / BACK_A_SECOND, now + SOONEST), now + LATEST)
            return math.ceil(self._last - now)


crowd: Final = Crowd()
line: Final = Line()
