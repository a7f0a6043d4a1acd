"""When a day of an account begins and ends. Pure."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

BEIJING: Final = ZoneInfo("Asia/Shanghai")
#: Channels whose days are not Beijing's.
ZONES: Final = {"stripe": ZoneInfo("UTC"), "paypal": ZoneInfo("UTC")}


def span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when until when (not included)."""
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The day that an instant belongs to."""
    return at.astimezone(zone).date()


def zone_of(provider: str) -> ZoneInfo:
    """Where a channel's day is counted."""
    return ZONES.get(provider, BEIJING)
