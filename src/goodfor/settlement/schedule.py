"""When statements are cut off and when a payout is tried again, pure. Days are those of Beijing."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from goodfor.settlement.types import MONTHLY, PREPAID, T1, WEEKLY

BEIJING: Final = ZoneInfo("Asia/Shanghai")
#: After the cut-off, so that what happened just before it is in the books.
SETTLES_AFTER: Final = timedelta(minutes=30)
#: Cut-offs that were missed are made up for, so many at most.
MADE_UP: Final = 62
LOOKED_BACK: Final = timedelta(days=400)

PAYOUT_SECONDS: Final = (10, 30, 60, 300, 900, 3600)
#: A claimed row is left alone this long; after a crash somebody else takes it then.
LEASE: Final = timedelta(seconds=60)
PAYOUT_TRIES: Final = 200


def _begins(cycle: str, cycle_day: int, day: date) -> bool:
    """A new cycle begins with this day."""
    if cycle == T1:
        return True
    if cycle == WEEKLY:
        return day.isoweekday() == cycle_day
    return day.day == (1 if cycle == PREPAID else cycle_day)


def cutoffs(cycle: str, cycle_day: int, since: datetime | None, now: datetime) -> list[datetime]:
    """The cut-offs after `since` that have passed, oldest first; without `since` only the latest. None for manual."""
    if cycle not in (PREPAID, T1, WEEKLY, MONTHLY):
        return []
    day = (now - SETTLES_AFTER).astimezone(BEIJING).date()
    last = day - LOOKED_BACK
    found: list[datetime] = []
    while day > last and len(found) < (MADE_UP if since else 1):
        if _begins(cycle, cycle_day, day):
            at = datetime.combine(day, time(), BEIJING)
            if since is not None and at <= since:
                break
            found.append(at)
        day -= timedelta(days=1)
    return found[::-1]


def upcoming(cycle: str, cycle_day: int, now: datetime) -> datetime | None:
    """The next cut-off; None where statements are made by hand."""
    if cycle not in (PREPAID, T1, WEEKLY, MONTHLY):
        return None
    day = now.astimezone(BEIJING).date() + timedelta(days=1)
    # A day of the month that not every month has: the longest wait for it is two months.
    for _ in range(62):
        if _begins(cycle, cycle_day, day):
            return datetime.combine(day, time(), BEIJING)
        day += timedelta(days=1)
    return None


def due_on(cutoff: datetime, lag_days: int) -> date:
    """The day on which a statement is to be paid."""
    return cutoff.astimezone(BEIJING).date() + timedelta(days=lag_days)


def next_payout_try(*, attempts: int, now: datetime) -> datetime | None:
    """When to go on with a payout, or None when only a person can help."""
    if attempts >= PAYOUT_TRIES:
        return None
    return now + timedelta(seconds=PAYOUT_SECONDS[min(max(attempts, 1), len(PAYOUT_SECONDS)) - 1])
