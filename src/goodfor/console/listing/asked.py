"""Between an address and a list: reading what is asked for, and writing addresses that ask for it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.console.listing.spec import ALL_TAB, SIZES, Asked, Filter, Listing
from goodfor.console.types import Visitor
from goodfor.kernel.money import Money

#: Beyond this an offset is no page that a person looks for.
LAST_OFFSET = 1_000_000
MAX_TEXT = 200
Params = Mapping[str, str]


def read(listing: Listing, params: Params, visitor: Visitor) -> Asked:
    """What the address asks for; what does not fit is left out and told in `problems`."""
    asked = Asked(visitor.shop.id, visitor.shop.timezone, visitor.shop.currency)
    values: dict[str, Any] = {}
    problems: list[tuple[str, Text]] = []
    for entry in listing.filters_for(visitor):
        found, wrong = _value(entry, params, visitor, asked)
        values |= found
        problems += [(key, words) for key, words in wrong]
    first = listing.tabs[0].key if listing.tabs else ALL_TAB
    tab = params.get("tab", first)
    sort = params.get("sort", "")
    size = _whole(params.get("size", ""), SIZES[0])
    size = size if size in SIZES else SIZES[0]
    page = max(1, min(_whole(params.get("page", ""), 1), LAST_OFFSET // size))
    return replace(
        asked,
        tab=tab if listing.tab(tab) else first,
        values=values,
        sort=sort if sort in listing.sorts else "",
        page=page,
        size=size,
        problems=tuple(problems),
    )


def _value(
    entry: Filter, params: Params, visitor: Visitor, asked: Asked
) -> tuple[dict[str, Any], list[tuple[str, Text]]]:
    found: dict[str, Any] = {}
    problems: list[tuple[str, Text]] = []
    for key in entry.keys:
        text = params.get(key, "").replace("\x00", "").strip()[:MAX_TEXT]
        if not text:
            continue
        try:
            found[key] = _parse(entry, key, text, visitor, asked)
        except ValueError:
            problems.append((key, _WRONG[entry.kind]))
    return found, problems


_WRONG: dict[str, Text] = {
    "text": _("内容有误"),
    "choice": _("没有这个选项"),
    "number": _("请写成整数"),
    "days": _("请写成 2026-01-31 或 2026-01-31T08:00"),
    "money": _("请写成 9.90 这样的金额"),
}


def _parse(entry: Filter, key: str, text: str, visitor: Visitor, asked: Asked) -> Any:
    if entry.kind == "choice":
        if text not in entry.offered(visitor):
            raise ValueError(text)
        return text
    if entry.kind == "days":
        return _moment(text, asked.timezone, end=key.endswith("_until"))
    if entry.kind == "number":
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise ValueError(text)
        return int(text)
    if entry.kind == "money":
        return Money.parse(text, asked.currency).amount_minor
    return text


def _moment(text: str, timezone: str, *, end: bool) -> datetime:
    """A day or a minute of the shop's time zone; the end of a day is the beginning of the next."""
    zone = ZoneInfo(timezone)
    if len(text) == 10:
        day = date.fromisoformat(text) + timedelta(days=1 if end else 0)
        return datetime.combine(day, time(), zone)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else otherwise


def query_of(listing: Listing, params: Params) -> str:
    """The part of an address that says which rows are meant, in one fixed order: views, exports and batches keep it."""
    names = ["tab", *(key for entry in listing.filters for key in entry.keys), "sort"]
    kept = [(name, params[name].strip()[:MAX_TEXT]) for name in names if params.get(name, "").strip()]
    return urlencode(kept)


def address(params: Params, **changes: str | int | None) -> str:
    """`?...` with some parameters set or, with None, left out."""
    kept: dict[str, str] = dict(params)
    for name, value in changes.items():
        if value is None or value == "":
            kept.pop(name, None)
        else:
            kept[name] = str(value)
    return "?" + urlencode(kept)
