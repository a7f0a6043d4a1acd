"""Reading amounts, percentages, days and whole numbers that were typed: exact, or InvalidInput with the field."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money

#: The calendar of the books.
BOOKS: Final = ZoneInfo("Asia/Shanghai")
_EARLIEST, _LATEST = 2000, 2100


def text_of(sent: Mapping[str, str], name: str, most: int = 200) -> str:
    """What was typed into a field, without blanks around it."""
    return str(sent.get(name, "")).replace("\x00", "").strip()[:most]


def minor_of(sent: Mapping[str, str], name: str, currency: str) -> int:
    """An amount of at least 0 in minor units; nothing typed is 0."""
    text = text_of(sent, name, 30).replace(",", "").replace("，", "")
    try:
        minor = Money.parse(text or "0", currency).amount_minor
    except ValueError:
        minor = -1
    if minor < 0:
        raise InvalidInput(_("请写成 100.00 这样的金额"), field=name)
    return minor


def optional_minor(sent: Mapping[str, str], name: str, currency: str) -> int | None:
    """An amount, or None where nothing was typed."""
    return minor_of(sent, name, currency) if text_of(sent, name) else None


def points_of(sent: Mapping[str, str], name: str) -> int:
    """Ten thousandths of a percentage with at most two decimals, 0 to 100; nothing typed is 0."""
    return _parts_of(sent, name, 100)


def millionths_of(sent: Mapping[str, str], name: str) -> int:
    """Millionths of a percentage with at most four decimals, 0 to 100."""
    return _parts_of(sent, name, 10_000)


def _parts_of(sent: Mapping[str, str], name: str, each: int) -> int:
    text = text_of(sent, name, 12).removesuffix("%").removesuffix("％").strip()
    try:
        parts = Decimal(text or "0") * each
        if parts.is_finite() and parts == parts.to_integral_value() and 0 <= parts <= 100 * each:
            return int(parts)
    except InvalidOperation:
        pass
    raise InvalidInput(_("请写成 6.5 这样的百分比，0 到 100"), field=name)


def whole_of(sent: Mapping[str, str], name: str, least: int, most: int) -> int:
    """A whole number between two; nothing typed is the least."""
    text = text_of(sent, name, 20).replace(",", "")
    if not text:
        return least
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise InvalidInput(_("请填 %(least)s 到 %(most)s 的整数") % {"least": least, "most": most}, field=name)
    return int(text)


def date_of(sent: Mapping[str, str], name: str) -> date | None:
    """A day, or None where nothing was typed."""
    text = text_of(sent, name, 10)
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if text and (day is None or not _EARLIEST <= day.year < _LATEST):
        raise InvalidInput(_("请选择日期"), field=name)
    return day


def begins(sent: Mapping[str, str], name: str) -> datetime | None:
    """The moment at which a day begins, or None where nothing was typed."""
    day = date_of(sent, name)
    return None if day is None else datetime.combine(day, time(), BOOKS)


def must_begin(sent: Mapping[str, str], name: str) -> datetime:
    """The moment at which a day begins."""
    at = begins(sent, name)
    if at is None:
        raise InvalidInput(_("请选择日期"), field=name)
    return at


def percent(points: int, each: int = 100) -> str:
    """ "6.5" of 650 ten thousandths, without zeros that say nothing."""
    text = f"{Decimal(points) / each:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(minor: int | None, currency: str) -> str:
    """An amount as it is typed; empty for None."""
    return "" if minor is None else Money(minor, currency).as_decimal_string()


def day_text(at: datetime | None) -> str:
    """The day that a moment is in, as a date field has it."""
    return "" if at is None else f"{at.astimezone(BOOKS):%Y-%m-%d}"
