"""Between an address and a question to insights: the span, the filters, and what may be chosen."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.console import insight_words, words
from goodfor.console.columns import Text
from goodfor.console.desk.sku_names import sku_choices
from goodfor.console.listing.asked import address
from goodfor.console.types import Visitor
from goodfor.console.views.risk.decisions import Reading
from goodfor.identity.types import Permission
from goodfor.insights import queries
from goodfor.insights.queries import desk as desk_queries
from goodfor.insights.types import NONE, Ask, By, Slice, day_of
from goodfor.supply import queries as supply

MAX_TEXT: Final = 60
#: No more days than this at once, as insights say.
MOST_DAYS: Final = 1_100
_YEARS: Final = range(2000, 2100)
_SLUG: Final = re.compile(r"[A-Za-z0-9_.:/-]{1,32}", re.ASCII)
#: Of an address: parameter -> (field of `Ask`, dimension).
FIELDS: Final[Mapping[str, tuple[str, By]]] = {
    "sku": ("sku_ids", "sku"), "category": ("category_ids", "category"), "supplier": ("supplier_ids", "supplier"),
    "channel": ("channels", "channel"), "method": ("methods", "method"), "segment": ("segments", "segment"),
    "campaign": ("campaign_ids", "campaign"),
}  # fmt: skip
_OF: Final = {by: name for name, (_field, by) in FIELDS.items()}
_CARRIED: Final = ("span", "day_from", "day_until", *FIELDS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for: `params` ask for the same again, `in_force` are the filters in words."""

    ask: Ask
    span: str
    typed: Mapping[str, str]
    problems: Mapping[str, str]
    in_force: Sequence[Mapping[str, str]]
    choices: Mapping[str, Sequence[tuple[str, Text]]]
    params: Mapping[str, str]

    @property
    def filters(self) -> list[str]:
        """The fields of the question that narrow it."""
        return [field for field, _by in FIELDS.values() if getattr(self.ask, field) is not None]

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The spans, each as a way."""
        return [
            {"key": key, "label": label, "href": address(self.params, span=key, day_from=None, day_until=None)}
            for key, label in insight_words.SPANS.items()
        ]

    def way_to(self, by: By, one: Slice) -> str:
        """The same, only of this one; empty where it is nothing that can be asked for."""
        name = _OF.get(by, "")
        return "" if not name or one.key in ("", str(NONE)) else address(self.params, **{name: one.key})


def read(request: HttpRequest, visitor: Visitor, now: datetime, *, spans: str = "30d") -> Asked:
    """What the address asks for; what cannot be is left out and told. `spans`: the one that nobody has to name."""
    typed = {key: value.replace("\x00", "").strip()[:MAX_TEXT] for key, value in request.GET.dict().items()}
    reading, choices, today = Reading(typed), choices_of(visitor), day_of(now)
    span = typed.get("span", "") if typed.get("span", "") in insight_words.SPANS else spans
    first, last = span_of(span, today)
    wrong = _("请写成 2026-01-31")
    since = reading.take("day_from", _("从"), _day, wrong)
    until = reading.take("day_until", _("到"), _day, wrong)
    if since or until:
        first, last, span = since or min(first, until), until or max(today, since), ""
        if not 1 <= (last - first).days + 1 <= MOST_DAYS:
            reading.problems["day_from"] = _("起止日期要按先后，最多 1,100 天")
            span = spans
            first, last = span_of(span, today)
    chosen: dict[str, Any] = {field: (value,) for field, value in _filters(reading, choices) if value is not None}
    params = {key: typed[key] for key in _CARRIED if typed.get(key) and key not in reading.problems}
    in_force = [
        {"label": label, "href": address(params, **dict.fromkeys(names))} for label, names in reading.told
    ]  # fmt: skip
    ask = Ask(first, last, visitor.shop.currency, **chosen)
    return Asked(ask, span, typed, reading.problems, in_force, choices, params)


def span_of(span: str, today: date) -> tuple[date, date]:
    """First and last day of a span that has a name."""
    if span == "today":
        return today, today
    if span == "month":
        return today.replace(day=1), today
    last = today - timedelta(days=1)
    return last - timedelta(days=int(span[:-1]) - 1), last


def choices_of(visitor: Visitor) -> dict[str, Sequence[tuple[str, Text]]]:
    """What may be chosen, by parameter; suppliers only by those who may know them."""
    shop_id = visitor.shop.id
    known = visitor.may(Permission.SUPPLY_VIEW)
    return {
        "sku": sku_choices(shop_id),
        "category": [(str(shelf.id), shelf.name) for shelf in catalog.shelves(shop_id)],
        "supplier": [(str(one.id), one.name) for one in supply.suppliers(shop_id)] if known else [],
        "channel": list(words.CHANNELS.items()),
        "method": list(words.METHODS.items()),
        "segment": list(desk_queries.SEGMENTS.items()),
    }  # fmt: skip


def dimensions(visitor: Visitor, *, flow: bool = False) -> dict[By, Text]:
    """By what figures may be told apart; of suppliers and campaigns the flow knows nothing."""
    found: dict[By, Text] = {}
    for name, (_field, by) in FIELDS.items():
        if (flow and name in ("supplier", "campaign")) or (
            by == "supplier" and not visitor.may(Permission.SUPPLY_VIEW)
        ):
            continue
        found[by] = desk_queries.BY[by]
    return found


def dimension(request: HttpRequest, visitor: Visitor, *, flow: bool = False) -> By:
    """The one that is asked for, else by SKU."""
    wanted = request.GET.get("by", "")
    return next((by for by in dimensions(visitor, flow=flow) if by == wanted), "sku")


def name_of(by: By, one: Slice) -> str:
    """What a row is called: words for channels and ways to pay, too."""
    if by == "channel" and one.key:
        return str(words.CHANNELS.get(one.key, one.key))
    if by == "method" and one.key:
        return str(words.METHODS.get(one.key, one.key))
    return queries.shown_key(by, one) or str(desk_queries.NOBODY)


def _filters(
    reading: Reading, choices: Mapping[str, Sequence[tuple[str, Text]]]
) -> list[tuple[str, UUID | str | None]]:  # fmt: skip
    nothing, found = _("没有这个选项"), []
    for name, (field, by) in FIELDS.items():
        offered = {value: str(label) for value, label in choices.get(name, ())}
        reader = _slug(offered) if name in ("channel", "method") else _any_id if name == "campaign" else (
            _key(offered) if name == "segment" else _id(offered)
        )  # fmt: skip
        found.append((field, reading.take(name, str(desk_queries.BY[by]), reader, nothing)))
    return found


def _day(text: str) -> tuple[date, str]:
    day = date.fromisoformat(text) if len(text) == 10 else date.min
    if day.year not in _YEARS:
        raise ValueError(text)
    return day, text


def _id(offered: Mapping[str, str]) -> Callable[[str], tuple[UUID, str]]:
    return lambda text: (UUID(text), offered[str(UUID(text))])


def _any_id(text: str) -> tuple[UUID, str]:
    return UUID(text), str(UUID(text))[:8]


def _key(offered: Mapping[str, str]) -> Callable[[str], tuple[str, str]]:
    return lambda text: (text, offered[text])


def _slug(offered: Mapping[str, str]) -> Callable[[str], tuple[str, str]]:
    def read_slug(text: str) -> tuple[str, str]:
        if not _SLUG.fullmatch(text):
            raise ValueError(text)
        return text, offered.get(text, text)

    return read_slug
