"""Which day, week or month it is by a shop's clock. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from goodfor.mall import states


def key(period: str, now: datetime, zone: ZoneInfo) -> str:
    """The name under which the pieces of this period are counted; a week begins on Monday."""
    here = now.astimezone(zone)
    if period == states.DAY:
        return f"day:{here:%Y-%m-%d}"
    if period == states.WEEK:
        year, week, _day = here.isocalendar()
        return f"week:{year}-{week:02d}"
    if period == states.MONTH:
        return f"month:{here:%Y-%m}"
    return states.EVER
