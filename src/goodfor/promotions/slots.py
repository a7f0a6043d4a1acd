"""When a campaign counts within a day: its times of the day as spans of time. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from goodfor.promotions.spec_types import Window


def slots_on(window: Window, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The spans of a day of the zone in which it counts, cut to the window; a window without hours has all of it."""
    if window.weekdays and day.isoweekday() not in window.weekdays:
        return []
    begins = datetime.combine(day, time(), zone)
    found = []
    for since, until in sorted(window.hours) or [(0, 1440)]:
        start = max(_at(begins, since), window.starts_at)
        end = min(_at(begins, until), window.ends_at)
        if start < end:
            found.append((start, end))
    return found


def running(window: Window, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Until when it counts without a break, where it does now; None where it does not.

    A window without hours and weekdays counts to its end.
    """
    if not window.starts_at <= now < window.ends_at:
        return None
    if not window.hours and not window.weekdays:
        return window.ends_at
    today = now.astimezone(zone).date()
    return next((end for start, end in slots_on(window, today, zone) if start <= now < end), None)


def upcoming(window: Window, now: datetime, zone: ZoneInfo, days: int = 2) -> list[tuple[datetime, datetime]]:
    """The spans that run now or begin within so many days, the earliest first.

    Without hours and weekdays it is one span, over midnights.
    """
    first = now.astimezone(zone).date()
    if not window.hours and not window.weekdays:
        soon = datetime.combine(first + timedelta(days=days), time(), zone)
        return [(window.starts_at, window.ends_at)] if window.starts_at < soon and window.ends_at > now else []
    spans = [span for n in range(days) for span in slots_on(window, first + timedelta(days=n), zone)]
    return [(start, end) for start, end in spans if end > now]


def _at(begins: datetime, minute: int) -> datetime:
    """A minute of the day by the clock on the wall; 1440 is the next day's beginning."""
    if minute >= 1440:
        return begins + timedelta(days=1)
    return begins.replace(hour=minute // 60, minute=minute % 60)
