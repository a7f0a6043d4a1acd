"""When a mall is asked, and a partner told again. Pure."""

from datetime import datetime, timedelta
from typing import Final

#: After an order was taken whose end nobody told: then, and after each question that brought nothing.
ASK_HOURS: Final = (1, 5, 18, 24)


def next_question(asked: int, now: datetime) -> datetime:
    """When a mall is asked about an order, after `asked` questions."""
    return now + timedelta(hours=ASK_HOURS[min(asked, len(ASK_HOURS) - 1)])


#: After a try that was not heard: eight tries within a day.
LADDER: Final = tuple(timedelta(minutes=minutes) for minutes in (2, 10, 10, 60, 2 * 60, 6 * 60, 15 * 60))
#: Whoever takes an exchange or a word up is left alone so long: longer than any call lasts.
LEASE: Final = timedelta(minutes=2)
#: What could not be ordered by then is given up.
LATEST_ORDER: Final = timedelta(minutes=15)


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a partner is told again after so many tries; None: never."""
    return now + LADDER[tries - 1] if tries <= len(LADDER) else None
