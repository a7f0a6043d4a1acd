"""Charts of the dashboard: money, profit, orders, shares, by time; each with what is in its file."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.console import insight_cells as cells
from goodfor.console.columns import Text
from goodfor.console.insight_asking import Asked
from goodfor.console.listing.asked import address
from goodfor.insights import queries
from goodfor.insights.types import Board, By, Steps


def charts_of(shop_id: UUID, asked: Asked, found: Board, margins: bool) -> list[dict[str, Any]]:
    """Those that whoever looks may see."""
    ask = asked.ask
    grain = cells.grain_of(ask.days)
    points = cells.folded(found.days, ask.first, ask.last, grain)
    bars = "bar" if len(points) <= cells.DAYS_AT_MOST else "line"
    made = [
        _chart(
            asked, "gmv", _("支付与退款"), ("gmv_minor", "sales_back_minor", "paid_back_minor"), grain,
            cells.money_chart(
                points, ("gmv_minor", "sales_back_minor", "paid_back_minor"), kind=bars, tones=["green", "red", "amber"]
            ),
        )
    ]  # fmt: skip
    if margins:
        names = ("net_minor", "margin_minor", "profit_minor")
        made.append(_chart(asked, "profit", _("净收入、毛利与利润"), names, grain, cells.money_chart(points, names)))
    names = ("paid_orders", "orders", "units")
    made.append(_chart(asked, "counts", _("订单与件数"), names, grain, cells.count_chart(points, names)))
    shares = ("margin_rate", "refund_rate") if margins else ("refund_rate",)
    made.append(_chart(asked, "shares", _("毛利率与退款率") if margins else _("退款率"), shares, grain,
                       cells.share_chart(points, shares)))  # fmt: skip
    if found.steps is not None:
        made.append(_flow(shop_id, asked, grain))
    return made


def _flow(shop_id: UUID, asked: Asked, grain: str) -> dict[str, Any]:
    ask, by = asked.ask, _by(grain)
    counted = queries.steps(shop_id, ask, by)
    points = [
        (cells.label(at, grain, ask.first.year != ask.last.year), counted.get(at.isoformat(), Steps()))
        for at in cells.starts(ask.first, ask.last, grain)
    ]  # fmt: skip
    names = ("conversion", "refund_order_rate", "claim_rate")
    chart = cells.share_chart(points, names, tones=["green", "red", "amber"])
    return _panel(asked, "flow", _("转化率、订单退款率与售后率"), names, chart, what="funnel", by=by)


def _by(grain: str) -> By:
    return "day" if grain == "day" else "week" if grain == "week" else "month"


def _chart(
    asked: Asked, key: str, title: str, names: tuple[str, ...], grain: str, data: dict[str, Any]
) -> dict[str, Any]:  # fmt: skip
    return _panel(asked, key, title, names, data, what="figures", by=_by(grain))


def _panel(
    asked: Asked, key: str, title: str, names: tuple[str, ...], data: dict[str, Any], *, what: str, by: By
) -> dict[str, Any]:  # fmt: skip
    meanings: list[tuple[Text, Text]] = cells.meanings(names)
    file = {"what": what, "by": by, "columns": ",".join(names), "query": address(asked.params)}
    return {"id": f"chart-{key}", "title": title, "data": data, "meanings": meanings, "file": file}
