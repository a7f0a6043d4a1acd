"""The time zones that the system knows."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zones() -> frozenset[str]:
    """Their names, read once: the library opens every file of the time zone database each time it is asked."""
    return frozenset(available_timezones())
