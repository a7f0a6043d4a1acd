"""The dashboard: what was sold and earned in a time, against the time before, by day and by one dimension."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from goodfor.console import insight_cells as cells
from goodfor.console.frame import console_page, show
from goodfor.console.insight_asking import FIELDS, Asked, dimension, dimensions, name_of, read
from goodfor.console.listing.asked import address
from goodfor.console.types import Visitor
from goodfor.console.views.insights.charts import charts_of
from goodfor.identity.types import Permission
from goodfor.insights import queries
from goodfor.insights.queries import desk as desk_queries
from goodfor.insights.types import Board, By, Steps
from goodfor.kernel.clock import utc_now

PAGE: Final = "desk:insights"
TILES: Final = (
    "gmv_minor", "paid_orders", "average_minor", "net_minor", "margin_minor", "margin_rate", "profit_minor", "units",
    "refund_rate",
)  # fmt: skip
STEP_TILES: Final = ("conversion", "claim_rate")
COLUMNS: Final = (
    "gmv_minor", "paid_orders", "units", "sales_minor", "sales_back_minor", "refund_rate", "net_minor", "cost_minor",
    "margin_minor", "margin_rate", "profit_minor",
)  # fmt: skip
#: So many rows stand on the page; the file has all.
ROWS: Final = 50


@console_page(Permission.INSIGHTS_VIEW)
def board(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Tiles, charts by time, and a table by one dimension; filters in the address."""
    shop_id, now = visitor.shop.id, utc_now()
    asked, by = read(request, visitor, now), dimension(request, visitor)
    margins = visitor.may(Permission.INSIGHTS_MARGINS)
    found = queries.board(shop_id, asked.ask)
    context: dict[str, Any] = {
        **filter_context(asked, reset=reverse(PAGE)),
        "tiles": tiles_of(found, margins),
        "charts": charts_of(shop_id, asked, found, margins),
        "table": table_of(visitor, asked, by, margins),
        "empty": not found.now.paid_orders and not found.now.lines and not found.now.refunds,
        "meanings": cells.meanings([*desk_queries.shown(TILES, margins), *STEP_TILES]),
        "flow_known": found.steps is not None,
        "before": asked.ask.before(),
        "report_href": reports_way(asked, by) if visitor.may(Permission.INSIGHTS_REPORTS) else "",
    }
    return show(request, visitor, "insights/board", context, page=PAGE)


def filter_context(asked: Asked, *, reset: str) -> dict[str, Any]:
    """What the form of filters and the spans are drawn of."""
    return {
        "asked": asked, "ask": asked.ask, "typed": asked.typed, "problems": asked.problems,
        "wrong": list(dict.fromkeys(asked.problems.values())), "choices": asked.choices, "in_force": asked.in_force,
        "folded_open": any(asked.typed.get(name) for name in ("method", "segment", "day_from", "day_until")),
        "tabs": asked.tabs, "span": asked.span, "reset": reset,
    }  # fmt: skip


def tiles_of(found: Board, margins: bool) -> list[cells.Tile]:
    """The figures of the time that may be seen, each against the time before."""
    currency = found.ask.currency
    tiles = [cells.tile(name, found.now, found.before, currency) for name in desk_queries.shown(TILES, margins)]
    if found.steps is not None:
        before = found.steps_before or Steps()
        tiles += [cells.tile(name, found.steps, before, currency) for name in STEP_TILES]
    return tiles


def table_of(visitor: Visitor, asked: Asked, by: By, margins: bool) -> dict[str, Any]:
    """The time by one dimension, the best first."""
    found = queries.slices(visitor.shop.id, asked.ask, by)
    names = desk_queries.shown(COLUMNS, margins)
    return {
        "by": by, "by_words": desk_queries.BY[by],
        "ways": [
            {"key": key, "label": label, "href": address(asked.params, by=key) + "#by"}
            for key, label in dimensions(visitor).items()
        ],
        "heads": cells.meanings(names),
        "rows": [
            {
                "name": name_of(by, one), "href": asked.way_to(by, one),
                "cells": [cells.cell(getattr(one.figures, name), name, asked.ask.currency) for name in names],
            }
            for one in found[:ROWS]
        ],
        "more": max(0, len(found) - ROWS),
        "file": {"what": "figures", "by": by, "columns": ",".join(names), "query": address(asked.params)},
    }  # fmt: skip


def reports_way(asked: Asked, by: By) -> str:
    """Where the same is saved as a report."""
    kept = {name: asked.params[name] for name in FIELDS if name in asked.params}
    return reverse("desk:insights-report-new") + address(kept, by=by, days=asked.ask.days)
