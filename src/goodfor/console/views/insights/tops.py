"""Top and flop: the best and the worst by a figure."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from goodfor.console import insight_cells as cells
from goodfor.console.frame import console_page, show
from goodfor.console.insight_asking import Asked, dimension, dimensions, name_of, read
from goodfor.console.listing.asked import address
from goodfor.console.types import Visitor
from goodfor.console.views.insights.board import filter_context
from goodfor.identity.types import Permission
from goodfor.insights import queries
from goodfor.insights.queries import desk as desk_queries
from goodfor.insights.types import By, Slice
from goodfor.kernel.clock import utc_now

PAGE: Final = "desk:insights-tops"
MEASURES: Final = (
    "profit_minor", "margin_minor", "net_minor", "sales_minor", "units", "sales_back_minor", "refund_rate",
    "margin_rate",
)  # fmt: skip
COLUMNS: Final = (
    "units", "sales_minor", "sales_back_minor", "refund_rate", "net_minor", "margin_minor", "margin_rate",
    "profit_minor",
)  # fmt: skip
MOST: Final = 10


@console_page(Permission.INSIGHTS_VIEW)
def tops(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`by` one dimension, `measure` one figure."""
    asked, by = read(request, visitor, utc_now()), dimension(request, visitor)
    margins = visitor.may(Permission.INSIGHTS_MARGINS)
    offered = desk_queries.shown(MEASURES, margins)
    measure = request.GET.get("measure", "")
    measure = measure if measure in offered else offered[0]
    best, worst = queries.tops(visitor.shop.id, asked.ask, by, measure=measure, most=MOST)
    names = desk_queries.shown(COLUMNS, margins)
    words, meaning = desk_queries.FIGURES[measure]
    context: dict[str, Any] = {
        **filter_context(asked, reset=reverse(PAGE)),
        "by": by, "measure": measure, "measure_words": words, "measure_meaning": meaning,
        "bys": list(dimensions(visitor).items()),
        "measures": [(name, desk_queries.FIGURES[name][0]) for name in offered],
        "chart": _chart(best, by, measure, asked),
        "heads": cells.meanings(names),
        "by_words": desk_queries.BY[by],
        "best": _rows(best, by, names, asked),
        "worst": _rows(worst, by, names, asked),
        "file": {"what": "figures", "by": by, "columns": ",".join(names), "query": address(asked.params)},
    }  # fmt: skip
    return show(request, visitor, "insights/tops", context, page=PAGE)


def _rows(found: list[Slice], by: By, names: tuple[str, ...], asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "name": name_of(by, one), "href": _board(asked, by, one),
            "cells": [cells.cell(getattr(one.figures, name), name, asked.ask.currency) for name in names],
        }
        for one in found
    ]  # fmt: skip


def _board(asked: Asked, by: By, one: Slice) -> str:
    way = asked.way_to(by, one)
    return reverse("desk:insights") + way if way else ""


def _chart(found: list[Slice], by: By, measure: str, asked: Asked) -> dict[str, Any]:
    """The best of them; shares in percent."""
    share = cells.name_is_share(measure)
    form = "percent" if share else "money" if measure.endswith("_minor") else "number"
    values = [getattr(one.figures, measure) or 0 for one in found]
    return {
        "kind": "bar-flat", "format": form, "unit": asked.ask.currency if form == "money" else "",
        "columns": [str(desk_queries.BY[by]), str(desk_queries.FIGURES[measure][0])],
        "rows": [
            [name_of(by, one), round(value * 100, 2) if share else value]
            for one, value in zip(found, values, strict=True)
        ],
    }  # fmt: skip
