"""How long stock lasts, what to buy, and of one SKU the demand that is foreseen, with its band."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog.errors import SkuUnknown
from goodfor.console import insight_cells as cells
from goodfor.console import insight_tables as tables
from goodfor.console import insight_words as words
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.frame import console_page, show
from goodfor.console.listing.asked import address
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.insights import queries
from goodfor.insights.queries import desk as desk_queries
from goodfor.insights.types import Ask, Demand, Restock, day_of
from goodfor.kernel.clock import utc_now

PAGE: Final = "desk:insights-stock"
#: Lasts no longer than this: it is to be bought now.
SHORT: Final = 7.0
ROWS, BARS = 200, 10
PAST: Final = 60


@console_page(Permission.INSIGHTS_VIEW)
def stock(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """SKUs kept in stock, the soonest empty first; `days` ahead, `only` what is short, `q` in the name."""
    given = request.GET
    horizon = tables.horizon_of(given.get("days", ""))
    only, typed = given.get("only", "") == "short", given.get("q", "").replace("\x00", "").strip()[:60]
    every = queries.restock(visitor.shop.id, horizon)
    short = [one for one in every if is_short(one)]
    found = [one for one in (short if only else every) if typed.lower() in one.name.lower()]
    params = {"days": str(horizon), "only": "short" if only else "", "q": typed}
    params = {key: value for key, value in params.items() if value}
    context: dict[str, Any] = {
        "horizon": horizon, "typed": typed, "only": only,
        "rows": [{"one": one, "short": is_short(one), "left": left_of(one)} for one in found[:ROWS]],
        "more": max(0, len(found) - ROWS), "none": not every, "reset": reverse(PAGE),
        "made_on": every[0].demand.made_on if every else None,
        "tabs": [
            {"key": str(days), "label": _("未来 %(n)s 天") % {"n": days}, "href": address(params, days=days)}
            for days in tables.HORIZONS
        ],
        "shows": [
            {"key": "", "label": _("全部"), "href": address(params, only=None), "count": len(every)},
            {"key": "short", "label": _("%(n)s 天内卖完") % {"n": int(SHORT)}, "href": address(params, only="short"),
             "count": len(short), "tone": "amber" if short else ""},
        ],
        "show": "short" if only else "",
        "chart": _chart(found),
        "advice": sum(one.advice for one in every),
        "file": {"what": "stock", "by": "", "columns": "", "query": "", "kind": horizon},
    }  # fmt: skip
    return show(request, visitor, "insights/stock", context, page=PAGE)


def is_short(one: Restock) -> bool:
    """Whether it is empty before a week is over."""
    return one.days_left is not None and one.days_left < SHORT and one.advice > 0


def left_of(one: Restock) -> str:
    """For how many days it lasts."""
    return "–" if one.days_left is None else f"{one.days_left:,.1f}"


def _chart(found: list[Restock]) -> dict[str, Any]:
    """Stock beside demand, of those that are empty the soonest."""
    return {
        "kind": "bar-flat", "format": "number", "unit": _("件"), "tones": ["green", "amber", "soft"],
        "columns": [_("商品"), _("可售库存"), _("预测"), _("预测上限")],
        "rows": [[one.name, one.available, one.demand.mid, one.demand.high] for one in found[:BARS] if one.demand.mid],
    }  # fmt: skip


@console_page(Permission.INSIGHTS_VIEW)
def one(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """What of a SKU was sold, what will be wanted within 7, 14 and 30 days, and how far the stock reaches."""
    shop_id = visitor.shop.id
    name = sku_names(shop_id, [sku_id]).get(sku_id)
    if name is None:
        raise SkuUnknown(sku_id=str(sku_id))
    today = day_of(utc_now())
    demands = desk_queries.demands(shop_id, sku_id)
    kept = {
        days: found for days in tables.HORIZONS for found in queries.restock(shop_id, days) if found.sku_id == sku_id
    }  # fmt: skip
    available = next((found.available for found in kept.values()), None)
    ask = Ask(today - timedelta(days=PAST), today - timedelta(days=1), visitor.shop.currency, sku_ids=(sku_id,))
    sold = cells.folded(queries.slices(shop_id, ask, "day"), ask.first, ask.last, "day")
    context: dict[str, Any] = {
        "title": name, "sku_id": sku_id, "demands": [(one, kept.get(one.horizon)) for one in demands],
        "available": available,
        "method": words.METHODS_OF_FORECAST.get(demands[0].method, demands[0].method) if demands else "",
        "made_on": demands[0].made_on if demands else None,
        "left": next((left_of(found) for found in kept.values()), "–"),
        "band": _band(demands, available),
        "sold": cells.count_chart(sold, ("units",), kind="bar", unit=_("件")),
        "past": PAST,
        "sold_file": {"what": "figures", "by": "day", "columns": "units", "query": address(
            {"sku": str(sku_id), "day_from": f"{ask.first}", "day_until": f"{ask.last}"})},
    }  # fmt: skip
    return show(request, visitor, "insights/sku", context, page=PAGE, crumbs=[(_("备货建议"), reverse(PAGE))])


def _band(demands: list[Demand], available: int | None) -> dict[str, Any]:
    """Units wanted up to a day, added up: low, likely, high; and what there is."""
    begin = [0, 0, 0] + ([] if available is None else [available])
    stocked = [] if available is None else [_("可售库存")]
    return {
        "kind": "line", "format": "number", "unit": _("件"), "band": True, "tones": ["soft", "green", "soft", "amber"],
        "columns": [_("到哪天"), _("预测下限"), _("预测"), _("预测上限"), *stocked],
        "rows": [
            [_("今天"), *begin],
            *(
                [_("%(n)s 天后") % {"n": one.horizon}, one.low, one.mid, one.high, *begin[3:]]
                for one in demands
            ),
        ] if demands else [],
    }  # fmt: skip
