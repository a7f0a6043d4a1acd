"""Times of a campaign between the form and the revision. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from goodfor.kernel.errors import InvalidInput

_SPAN: Final = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)\s*[-–—~至到]\s*([01]?\d|2[0-4])[:：]([0-5]\d)")
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")


def moment_of(typed: datetime, zone: ZoneInfo) -> datetime:
    """A moment of the shop's zone."""
    return typed.replace(tzinfo=zone)


def spans_of(sent: Mapping[str, Any], name: str) -> tuple[tuple[int, int], ...]:
    """Times of the day in minutes: "10:00-12:00，20:00-22:00". Raises InvalidInput."""
    text, found = str(sent.get(name) or "").strip(), []
    for match in _SPAN.finditer(text):
        hour, minute, until, past = map(int, match.groups())
        found.append((hour * 60 + minute, until * 60 + past))
    rest = _BETWEEN.sub("", _SPAN.sub("", text))
    if rest or any(not 0 <= start < end <= 1440 for start, end in found):
        raise InvalidInput(_("时段请写成 10:00-12:00，用逗号分开，结束要晚于开始"), field=name)
    return tuple(sorted(found))


def spans_text(spans: Iterable[tuple[int, int]]) -> str:
    """As they are typed."""
    return "，".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans)
