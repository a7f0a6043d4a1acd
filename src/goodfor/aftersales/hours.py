"""Time in which people work: when so many seconds of it have passed, and how many lie between two moments. Pure.

What counts is the wall clock of the calendar's zone: where clocks are set back, an hour that comes twice counts twice,
and one that is left out is not worked.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from goodfor.aftersales.types import Hours

#: So many days are walked at most; a calendar that was checked has working time within 60.
MOST_DAYS: Final = 20_000
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_MIDNIGHT: Final = time(0)


def add_working(start: datetime, seconds: int, hours: Hours | None) -> datetime:
    """When `seconds` of working time have passed since `start` (aware); without hours all time is working time.

    In the zone of `start`. Raises ValueError for a calendar in which nobody ever works.
    """
    # Between two moments of one zone Python reckons by the wall clock: in UTC it reckons by time.
    since, left = start.astimezone(UTC), timedelta(seconds=seconds)
    if hours is None or left <= timedelta(0):
        return (since + max(left, timedelta(0))).astimezone(start.tzinfo)
    for opened, ends in _spans_since(since, hours):
        begins = max(opened, since)
        if ends - begins >= left:
            return (begins + left).astimezone(start.tzinfo)
        left -= ends - begins
    raise ValueError("nobody ever works in this calendar")


def working_between(start: datetime, end: datetime, hours: Hours | None) -> int:
    """Whole seconds of working time between two moments (aware); 0 where the end is not after the start."""
    since, until = start.astimezone(UTC), end.astimezone(UTC)
    if until <= since:
        return 0
    if hours is None:
        return (until - since) // _SECOND
    worked = timedelta(0)
    for begins, ends in _spans_since(since, hours):
        if begins >= until:
            break
        worked += min(ends, until) - max(begins, since)
    return worked // _SECOND


def works_on(day: date, hours: Hours) -> tuple[time, time] | None:
    """From when to when people work on a date; None: they do not. `to` at midnight is the end of the day."""
    written = day.isoformat()
    if written in hours.free or not hours.days:
        return None
    if day.weekday() in hours.days:
        return hours.days[day.weekday()]
    return hours.days.get(0, hours.days[min(hours.days)]) if written in hours.extra else None


def longest_pause(hours: Hours) -> int:
    """The most days in a row without working time, as far as the calendar tells."""
    named = sorted(date.fromisoformat(text) for text in hours.free | hours.extra)
    # Beyond the dates that are named every week is alike: a week before and after tells what happens there.
    first = (named[0] if named else date(2024, 1, 1)) - 7 * _DAY
    last = (named[-1] if named else first) + 14 * _DAY
    longest = run = 0
    for step in range((last - first).days + 1):
        run = 0 if works_on(first + step * _DAY, hours) else run + 1
        longest = max(longest, run)
    return longest


def _spans_since(start: datetime, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    """Working time that ends after `start`, in order, in UTC."""
    zone = ZoneInfo(hours.zone)
    # A day before: on the day that clocks go back across midnight, yesterday comes again.
    day = start.astimezone(zone).date() - _DAY
    for step in range(MOST_DAYS):
        found = works_on(day + step * _DAY, hours)
        for begins, ends in sorted(_spans_of(day + step * _DAY, *found, zone)) if found else ():
            if ends > start:
                yield begins, ends


def _spans_of(day: date, opens: time, closes: time, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The instants of a date between two times of the wall clock; more than one span where clocks are set back."""
    begins = datetime.combine(day, opens)
    ends = datetime.combine(day + _DAY if closes == _MIDNIGHT else day, closes)
    walls = [moment.replace(tzinfo=zone, fold=fold) for moment in (begins, ends) for fold in (0, 1)]
    offsets = {wall.utcoffset() or timedelta(0) for wall in walls}
    for offset in offsets:
        span = _where(offset, (begins - offset).replace(tzinfo=UTC), (ends - offset).replace(tzinfo=UTC), zone)
        if span is not None:
            yield span


def _where(offset: timedelta, begins: datetime, ends: datetime, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """The part of a span in which the zone has this offset; clocks change at most once in it."""

    def holds(moment: datetime) -> bool:
        return moment.astimezone(zone).utcoffset() == offset

    at_first, at_last = holds(begins), holds(ends - _SECOND)
    if at_first == at_last:
        return (begins, ends) if at_first else None
    low, high = begins, ends - _SECOND
    while high - low > _SECOND:
        middle = low + (high - low) // 2 // _SECOND * _SECOND
        low, high = (middle, high) if holds(middle) == at_first else (low, middle)
    return (begins, high) if at_first else (high, ends)
