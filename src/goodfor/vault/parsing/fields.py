"""One field: cleaning, what is wrong with it, dates and costs. Pure."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from goodfor.vault.parsing import problems

MAX_LENGTH = 512
BEIJING = timezone(timedelta(hours=8))

# Zero-width and direction marks, soft hyphen, byte order mark: never part of a code, often pasted along with one.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x061C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)]
)
_CONTROL = re.compile(r"[\x01-\x08\x0a-\x1f\x7f-\x9f\ufffd\ud800-\udfff\u2028\u2029]")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+\d{1,3}|[+-]?\d\.\d+[eE]\d{1,3}")
_PROTECTED = re.compile(r'="([^"]*)"')

_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
    r"(?:[T\s]*(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2})(?:\.\d+)?)?[秒分]?)?"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_FOREVER_WORDS = "- -- / 无 无限 无限期 不限 永久 永久有效 长期 长期有效 none null never n/a"
_FOREVER = frozenset([""]).union(_FOREVER_WORDS.split())
_COST = re.compile(r"[¥￥$]?\s*(\d{1,12}(?:\.\d{1,4})?)\s*元?")


def clean(text: str) -> str:
    """Without invisible characters anywhere and blanks (ordinary, no-break, full-width) at the ends."""
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    text = text.strip()
    if text.startswith('="') and (protected := _PROTECTED.fullmatch(text)):
        return protected[1].strip()
    return text


def fault_of(text: str) -> str | None:
    """The problem code of a cleaned field that is to be sold, or None."""
    if len(text) > MAX_LENGTH:
        return problems.TOO_LONG
    if "\x00" in text:
        return problems.NUL_BYTE
    if "\t" in text or _CONTROL.search(text):
        return problems.CONTROL_CHARACTER
    if _SCIENTIFIC.fullmatch(text):
        return problems.SCIENTIFIC_NOTATION
    return None


def parse_expiry(text: str) -> datetime | None:
    """The first moment (UTC) when a code with this date is no longer good; None for unlimited.

    A date means to the end of that day in Beijing; with a time of day, that moment. Raises ValueError for anything
    that is not year first: 03/04/2026 is not guessed.
    """
    text = clean(text)
    if text.lower() in _FOREVER:
        return None
    if match := _COMPACT_DATE.fullmatch(text):
        return end_of_day(date(int(match[1]), int(match[2]), int(match[3])))
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("not a date")
    day = date(int(match[1]), int(match[2]), int(match[3]))
    if match[4] is None:
        return end_of_day(day)
    hour, minute, second = int(match[4]), int(match[5]), int(match[6] or 0)
    if (hour, minute, second) == (0, 0, 0):
        # How spreadsheets and exports write a date without a time.
        return end_of_day(day)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=BEIJING).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Midnight in Beijing that ends the day, in UTC. Raises ValueError outside the years 2000 to 2199."""
    if not 2000 <= day.year < 2200:
        raise ValueError("year out of range")
    return (datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(days=1)).astimezone(UTC)


def parse_cost(text: str, exponent: int) -> int | None:
    """Minor units of "9.90", "¥9.9" or "9.9元"; None for an empty field. Raises ValueError."""
    text = clean(text)
    if not text:
        return None
    match = _COST.fullmatch(text)
    if match is None:
        raise ValueError("not an amount")
    try:
        minor = Decimal(match[1]).scaleb(exponent)
    except InvalidOperation as error:
        raise ValueError("not an amount") from error
    if minor != minor.to_integral_value():
        raise ValueError("too many decimals")
    return int(minor)


def mask(text: str) -> str:
    """Enough to recognise a code, not enough to use it: two characters at each end of eight or more."""
    if not text:
        return ""
    return f"{text[:2]}****{text[-2:]}" if len(text) >= 8 else "****"
