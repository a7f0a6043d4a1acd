"""Shapes that Alipay's messages share, pure: numbers, amounts in yuan, times of Beijing, words for the buyer."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from goodfor.kernel.money import Money

BEIJING = ZoneInfo("Asia/Shanghai")
SUBJECT_LENGTH = 128
_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,64}")
_CHANNEL_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,64}")
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")
#: Refused in a subject by the channel (/=&), or in the way of reading the bill that repeats it.
_AWKWARD = re.compile(r"[/=&,\"'<>\\]")


def is_number(text: str) -> bool:
    """Could be one of our numbers."""
    return _NUMBER.fullmatch(text) is not None


def is_channel_number(text: str) -> bool:
    """Could be one of Alipay's numbers."""
    return _CHANNEL_NUMBER.fullmatch(text) is not None


def yuan(text: str) -> Money | None:
    """An exact amount of zero or more, or None."""
    if not 0 < len(text) <= 16:
        return None
    try:
        amount = Money.parse(text, "CNY")
    except ValueError:
        return None
    return None if amount.is_negative else amount


def positive_yuan(text: str) -> Money | None:
    """An exact amount above zero, or None."""
    amount = yuan(text)
    return amount if amount is not None and amount.amount_minor > 0 else None


def beijing_text(moment: datetime) -> str:
    """An aware time as Alipay writes it, whatever the zone of this process."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def beijing_time(text: str) -> datetime | None:
    """A time of Alipay as UTC, or None."""
    if not _STAMP.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=BEIJING).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def subject(text: str) -> str:
    """What the buyer reads there: printable, without the signs that Alipay refuses, not too long."""
    clean = "".join(c for c in _AWKWARD.sub(" ", text) if c.isprintable())
    return clean.strip()[:SUBJECT_LENGTH]
