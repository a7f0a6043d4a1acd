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
#: So many are let in at once, and then one per so many times what a sale's page takes. Behind the page stand the order,
#: its payment and its delivery, each a multiple of it, in this process, the worker and the database: this is what keeps
#: half of the machine for everybody else. Slower pages, of a smaller machine or a busier one, make the pace slower.
AT_ONCE: Final = 8
TIMES: Final = 25.0
#: Of how many pages the mean is, and what a page is taken to take before there was one, in seconds.
OF_PAGES: Final = 16
FIRST_TAKEN: Final = 0.05


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


class Pace:
    """How fast a flash sale lets people in: a bucket that fills as fast as its pages are served; any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._page = FIRST_TAKEN
        self._full_at = float("-inf")

    def lets_in(self, now: float) -> bool:
        """Whether one more may come at `now` (seconds of any clock that does not go back); he is counted."""
        with self._lock:
            step = TIMES * self._page
            full_at = max(self._full_at, now)
            # Half a step more than the last one needs: sums of seconds are not exact.
            if full_at - now > (AT_ONCE - 0.5) * step:
                return False
            self._full_at = full_at + step
            return True

    def took(self, seconds: float) -> None:
        """A page of the sale was served in so long."""
        with self._lock:
            self._page += (seconds - self._page) / OF_PAGES


crowd: Final = Crowd()
pace: Final = Pace()
line: Final = Line()
