"""When an invoice, or an order, is taken up again. Pure. Days are those of Beijing."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

BEIJING: Final = ZoneInfo("Asia/Shanghai")
TRY_SECONDS: Final = (5, 15, 60, 300, 900, 3600)
LOOK_SECONDS: Final = (3, 10, 60, 600, 3600)
#: A row that was taken is left alone this long; after a crash somebody else takes it then.
LEASE: Final = timedelta(seconds=60)
MOST_TRIES: Final = 200
MOST_LOOKS: Final = 60


def next_try(*, attempts: int, now: datetime) -> datetime | None:
    """When to go on with an invoice; None: a person has to."""
    return None if attempts >= MOST_TRIES else now + _pause(TRY_SECONDS, attempts)


def next_look(*, tries: int, now: datetime) -> datetime | None:
    """When to look at an order again that the books have not followed yet; None: never."""
    return None if tries >= MOST_LOOKS else now + _pause(LOOK_SECONDS, tries)


def _pause(seconds: tuple[int, ...], tries: int) -> timedelta:
    return timedelta(seconds=seconds[min(max(tries, 1), len(seconds)) - 1])


def days(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """The beginning of the first day and the end of the last."""
    begin = datetime.combine(first, time(), BEIJING) if first else None
    end = datetime.combine(last + timedelta(days=1), time(), BEIJING) if last else None
    return begin, end
