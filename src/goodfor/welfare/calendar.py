"""Days of the year that come back. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

LEAP: Final = 229
#: The furthest that a rule looks back over days on which nobody looked.
FURTHEST: Final = 31


def day_key(day: date) -> int:
    """Month and day as a number, 1231."""
    return day.month * 100 + day.day


def keys_of(day: date) -> tuple[int, ...]:
    """Whose day it is: its own, and in common years on the 28th of February that of the leap day, too."""
    key = day_key(day)
    common = (day + timedelta(days=1)).month == 3 and day.day == 28
    return (key, LEAP) if key == 228 and common else (key,)


def is_day(key: int) -> bool:
    """Whether there is such a day, in any year."""
    try:
        date(2024, key // 100, key % 100)
    except ValueError:
        return False
    return True


def days_after(through: date, today: date) -> Sequence[date]:
    """The days to be looked at: behind `through` up to today, the last ones where they are too many."""
    first = max(through + timedelta(days=1), today - timedelta(days=FURTHEST - 1))
    return [first + timedelta(days=n) for n in range((today - first).days + 1)]
