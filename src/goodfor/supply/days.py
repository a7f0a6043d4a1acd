"""When a supplier's day begins and ends, and when its purchases are asked about again. Pure."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_DAY: Final = timedelta(days=1)
#: A cut-off before noon ends the day before, a later one the same day.
_NOON: Final = 720
#: So many days after its end a day is asked about again: most refunds come early.
_AGES: Final = (0, 1, 2, 3, 4, 5, 6, 9, 13, 20)
#: Where no end of the window is known.
LONGEST: Final = 60


def span_of(day: date, zone: str, cutoff_minute: int) -> tuple[datetime, datetime]:
    """From when until when (not included) a day lasts."""
    return _end(day - _DAY, zone, cutoff_minute), _end(day, zone, cutoff_minute)


def day_of(at: datetime, zone: str, cutoff_minute: int) -> date:
    """The day that an instant belongs to."""
    day = at.astimezone(ZoneInfo(zone)).date()
    while at >= _end(day, zone, cutoff_minute):
        day += _DAY
    while at < _end(day - _DAY, zone, cutoff_minute):
        day -= _DAY
    return day


def _end(day: date, zone: str, cutoff_minute: int) -> datetime:
    on = day if cutoff_minute >= _NOON else day + _DAY
    return datetime.combine(on, time(cutoff_minute // 60, cutoff_minute % 60), ZoneInfo(zone))


def next_round(*, until_at: datetime, found_days: int | None, now: datetime) -> datetime | None:
    """When to ask about that day again; None: their window is over. The last round is in the window's last hours."""
    last = until_at + (LONGEST if found_days is None else found_days) * _DAY - timedelta(hours=30)
    later = [until_at + days * _DAY for days in _AGES]
    return next((at for at in [*(at for at in later if at < last), last] if at > now), None)
