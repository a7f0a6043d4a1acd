"""How many pages this process is at. A flash sale lets people in as fast as it can serve them, and no faster.

Its crowd is what would slow everybody else down: whoever comes for a flash price while others are being served is told
to wait some seconds, by a small page that comes back by itself. In memory, since it is about this process alone.
"""

import threading
from types import TracebackType
from typing import Final

#: Pages at once, the asking one included, beside which a flash sale's page is still begun.
MOST: Final = 2
#: Seconds until the page comes back by itself: between these, so that not all come together.
SOONEST, LATEST = 3, 8


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


crowd: Final = Crowd()
