"""When periods begin and end, when they are charged, and how much of one is recognised by a day. Pure."""

import calendar
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

#: A renewal is told this long before it is charged.
ANNOUNCED: Final = timedelta(days=5)
#: And this much earlier still, so that a loop that rested does not put it off.
SLACK: Final = timedelta(hours=12)
#: Where the channel tells the holder itself first, it is asked so long ahead.
AHEAD: Final = timedelta(days=1)
#: Days after the first refusal on which it is tried again.
RETRIES: Final = (1, 3, 5, 7)
#: What was asked for and not heard of is asked about again after this.
ASK_AGAIN: Final = timedelta(hours=1)
#: A slot that opened again after its period is open so long.
REOPENED: Final = timedelta(days=7)
#: Days before the end of a period on which somebody is reminded of what is not picked.
REMIND: Final = (7, 2)
#: A default pick that cannot be had is tried for so long.
DEFAULT_TRIES: Final = timedelta(days=3)
#: Most days of pauses are counted within so long.
PAUSE_YEAR: Final = timedelta(days=365)


def months_on(anchor: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The same day and hour by the zone's clock so many months later, or the month's last day: 31 Jan, 28 Feb, 31 Mar.

    Always counted from the anchor, so that a short month costs nobody a day later on.
    """
    local = anchor.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    moved = local.replace(year=year, month=month + 1, day=day, tzinfo=None)
    return moved.replace(tzinfo=zone).astimezone(anchor.tzinfo)


def span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[date, int]:
    """The first day of a period by the shop's clock, and how many there are; at least one."""
    first = starts_at.astimezone(zone).date()
    return first, max(1, (ends_at.astimezone(zone).date() - first).days)


def recognised_by(minor: int, days: int, first: date, day: date) -> int:
    """How much of a price is income once `day` is over: a line, each sum rounded once, the last day the rest."""
    over = min(days, max(0, (day - first).days + 1))
    return (2 * minor * over + days) // (2 * days)


def unused(minor: int, days: int, first: date, today: date, picks: int, picked: int) -> int:
    """What a period is worth from `today` on: its days to come, and never more than its picks to come."""
    rest = minor - recognised_by(minor, days, first, today - timedelta(days=1))
    return min(rest, minor * max(0, picks - picked) // picks)


def next_try(refused: int, first_refused_at: datetime) -> datetime | None:
    """When what was refused `refused` times is tried again; None: no more."""
    if refused > len(RETRIES):
        return None
    return first_refused_at + timedelta(days=RETRIES[refused - 1])


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after a day."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=zone)
