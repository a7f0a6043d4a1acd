"""The clock, read only at the edges: views, tasks, loops, commands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_told: list[Callable[[], datetime]] = []


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return _told[-1]() if _told else datetime.now(UTC)


@contextmanager
def told_by(clock: Callable[[], datetime]) -> Iterator[None]:
    """Within the block this process lives by another clock: how a month passes in minutes. For soaks and tests."""
    _told.append(clock)
    try:
        yield
    finally:
        _told.remove(clock)
