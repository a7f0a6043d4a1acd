"""The cube and the flow, asked: every answer is one statement over the smallest grain that can give it."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.insights.errors import InvalidAsk
from goodfor.insights.types import DAY, MONTH, NONE, TOTAL, Ask, Board, By, Figures, Slice, Steps, added
from goodfor.kernel.sql import Statement
from goodfor.supply import queries as supply

#: No more days than this are asked for at once.
MOST_DAYS: Final = 1_100
#: Dimensions that the totals by day do not have.
_FINE: Final = ("sku", "category", "supplier", "campaign")
_OF_FLOW: Final = ("", "day", "week", "month", "sku", "category", "channel", "method", "segment")
# Which filters are given decides the plan.
_CUBE: Final = Statement(__package__, "sql/cube_read.sql", planned_each_time=True)
_FLOW: Final = Statement(__package__, "sql/flow_read.sql", planned_each_time=True)
_SHELVES: Final = Statement(__package__, "sql/shelves.sql")
_CATEGORIES: Final = Statement(__package__, "sql/category_names.sql")


def totals(shop_id: UUID, ask: Ask) -> Figures:
    """All of it, added up. Raises InvalidAsk."""
    return added(one.figures for one in _read(shop_id, ask, ""))


def slices(shop_id: UUID, ask: Ask, by: By) -> list[Slice]:
    """The figures by one dimension, with names where ids stand: times in their order, else the best paid first.

    By SKU, category and supplier an order of several lines counts in `orders` where its first line is; `lines` counts
    each. Raises InvalidAsk.
    """
    found = _read(shop_id, ask, "sku" if by == "category" else by)
    if by == "category":
        found = _by_category(shop_id, found)
    if by in ("day", "week", "month"):
        return sorted(found, key=lambda one: one.key)
    names = _names(shop_id, by)
    named = [Slice(one.key, one.figures, names.get(one.key, "")) for one in found]
    return sorted(named, key=lambda one: (-one.figures.net_minor, -one.figures.paid_minor, one.key))


def tops(
    shop_id: UUID, ask: Ask, by: By, *, measure: str = "profit_minor", most: int = 10
) -> tuple[list[Slice], list[Slice]]:
    """Top and flop: the highest and the lowest by a figure, among what sold or was given back at all."""
    if not isinstance(getattr(Figures, measure, None), property) and measure not in Figures.__dataclass_fields__:
        raise InvalidAsk(_("没有这个指标"), field="measure")
    found = [one for one in slices(shop_id, ask, by) if one.figures.lines or one.figures.refunds]
    ranked = sorted(found, key=lambda one: (-(getattr(one.figures, measure) or 0), one.key))
    return ranked[:most], ranked[most:][::-1][:most]


def steps(shop_id: UUID, ask: Ask, by: By = "") -> dict[str, Steps]:
    """How far the orders placed in that time have come, by key; of suppliers and campaigns the flow knows nothing.

    An order stands with its first line's SKU. Raises InvalidAsk.
    """
    _check(ask)
    if by not in _OF_FLOW or ask.supplier_ids is not None or ask.campaign_ids is not None:
        raise InvalidAsk(_("漏斗不能按供应商或活动查看"), field="by")
    rows = _FLOW.rows(
        {**_filters(shop_id, ask), "shop_id": shop_id, "first": ask.first, "last": ask.last, "currency": ask.currency,
         "by": "sku" if by == "category" else by}
    )  # fmt: skip
    found = {str(key): Steps(*counts) for key, *counts in rows}
    if by != "category":
        return found
    shelf = shelves_of(shop_id)
    folded: dict[str, Steps] = defaultdict(Steps)
    for key, counted in found.items():
        folded[shelf.get(key, str(NONE))] += counted
    return dict(folded)


def board(shop_id: UUID, ask: Ask) -> Board:
    """What the first page shows: the days, as many before, and the funnel of both. Raises InvalidAsk."""
    days = slices(shop_id, ask, "day")
    flow = _flow_of(shop_id, ask), _flow_of(shop_id, ask.before())
    return Board(ask, added(one.figures for one in days), totals(shop_id, ask.before()), tuple(days), *flow)


def sku_names(shop_id: UUID) -> dict[UUID, str]:
    """What every SKU of a shop is called."""
    return {row[0]: row[1] for row in _SHELVES.rows({"shop_id": shop_id})}


def parts_of(ask: Ask, by: By) -> list[tuple[str, date, date]]:
    """Which stretches are read at which grain: (grain, first, last). Whole months where days are not asked for."""
    if by not in _FINE and all(
        ids is None for ids in (ask.sku_ids, ask.category_ids, ask.supplier_ids, ask.campaign_ids)
    ):
        return [(TOTAL, ask.first, ask.last)]
    start = ask.first if ask.first.day == 1 else _after_month(ask.first)
    end = (
        ask.last
        if _after_month(ask.last) == ask.last + timedelta(days=1)
        else ask.last.replace(day=1) - timedelta(days=1)
    )
    if by in ("day", "week") or start > end:
        return [(DAY, ask.first, ask.last)]
    edges = [(DAY, ask.first, start - timedelta(days=1)), (MONTH, start, end), (DAY, end + timedelta(days=1), ask.last)]
    return [part for part in edges if part[1] <= part[2]]


def _after_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1]) + timedelta(days=1)


def _read(shop_id: UUID, ask: Ask, by: By) -> list[Slice]:
    _check(ask)
    parts = parts_of(ask, by)
    rows = _CUBE.rows(
        {**_filters(shop_id, ask), "shop_id": shop_id, "currency": ask.currency, "by": by,
         "suppliers": _list(ask.supplier_ids), "campaigns": _list(ask.campaign_ids),
         "grains": [part[0] for part in parts], "firsts": [part[1] for part in parts],
         "lasts": [part[2] for part in parts]}
    )  # fmt: skip
    return [Slice(str(key), Figures(*sums)) for key, *sums in rows]


def _check(ask: Ask) -> None:
    if not 1 <= ask.days <= MOST_DAYS:
        raise InvalidAsk(_("日期范围不正确"), field="first")


def _filters(shop_id: UUID, ask: Ask) -> dict[str, Any]:
    skus = ask.sku_ids
    if ask.category_ids is not None:
        wanted = {str(one) for one in ask.category_ids}
        inside = {UUID(sku) for sku, shelf in shelves_of(shop_id).items() if shelf in wanted}
        skus = tuple(sorted(inside if skus is None else inside & set(skus), key=str))
    return {
        "skus": _list(skus), "channels": _list(ask.channels), "methods": _list(ask.methods),
        "segments": _list(ask.segments),
    }  # fmt: skip


def _list(values: Sequence[Any] | None) -> list[Any] | None:
    return None if values is None else list(values)


def _flow_of(shop_id: UUID, ask: Ask) -> Steps | None:
    if ask.supplier_ids is not None or ask.campaign_ids is not None:
        return None
    return steps(shop_id, ask).get("", Steps())


def shelves_of(shop_id: UUID) -> dict[str, str]:
    """SKU -> the category that it is in today."""
    rows = _SHELVES.rows({"shop_id": shop_id})
    return {str(sku_id): str(category) for sku_id, _name, category in rows if category is not None}


def _by_category(shop_id: UUID, found: Sequence[Slice]) -> list[Slice]:
    shelf = shelves_of(shop_id)
    folded: dict[str, Figures] = defaultdict(Figures)
    for one in found:
        folded[shelf.get(one.key, str(NONE))] += one.figures
    return [Slice(key, figures) for key, figures in folded.items()]


def _names(shop_id: UUID, by: By) -> dict[str, str]:
    if by == "sku":
        return {str(sku_id): name for sku_id, name in sku_names(shop_id).items()}
    if by == "supplier":
        return {str(one.id): one.name for one in supply.suppliers(shop_id)}
    if by == "category":
        return {str(key): name for key, name in _CATEGORIES.rows({"shop_id": shop_id})}
    return {}
