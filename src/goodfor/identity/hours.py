"""When the staff of a shop work: one span of the day, as its owner writes it. Pure."""

import re
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

_SPAN: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)\Z", re.ASCII)


def hours_of(text: str) -> tuple[time, time] | None:
    """`09:00-22:30`, also over midnight (`22:00-06:00`); None for anything else, and where both ends are the same."""
    found = _SPAN.match(text)
    if found is None:
        return None
    begin = time(int(found.group(1)), int(found.group(2)))
    end = time(int(found.group(3)), int(found.group(4)))
    return None if begin == end else (begin, end)


def within_hours(text: str, timezone: str, now: datetime) -> bool | None:
    """Whether it is working time by the shop's own clock; None where its owner said nothing."""
    span = hours_of(text)
    if span is None:
        return None
    begin, end = span
    local = now.astimezone(ZoneInfo(timezone)).time()
    return begin <= local < end if begin < end else local >= begin or local < end
