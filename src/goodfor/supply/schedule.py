"""When an attempt is asked about, and a want is tried again. Pure."""

from datetime import datetime, timedelta
from typing import Final

#: After the n-th answer that was not the end.
_UNKNOWN: Final = (5, 15, 30, 60, 180, 300, 600)
_ACCEPTED: Final = (1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600)
HOURLY: Final = 3600
#: Asked so often (about three days of hours) without an end: a person looks.
MOST_QUESTIONS: Final = 84
#: A second "not found" counts when it is so much later than the first.
AGAIN_AFTER: Final = timedelta(seconds=60)
#: Seconds on top of a call's patience until somebody else may take up what a dead process left.
LEASE_MARGIN: Final = 25.0
#: Nobody could deliver just now: look again, a little later each time.
_WAITS: Final = (1, 2, 4, 8, 15, 30)


def ask_at(*, state: str, asked: int, now: datetime) -> datetime | None:
    """When to ask next; None: no more, a person decides."""
    if asked >= MOST_QUESTIONS:
        return None
    steps = _ACCEPTED if state == "accepted" else _UNKNOWN
    return now + timedelta(seconds=steps[asked] if asked < len(steps) else HOURLY)


def look_at(*, tries: int, now: datetime) -> datetime:
    """When to look for a supplier again."""
    return now + timedelta(seconds=_WAITS[min(tries, len(_WAITS) - 1)])
