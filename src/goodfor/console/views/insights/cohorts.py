"""Cohorts: of the buyers of a month, how many came back, month by month, as a heat table."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import insight_tables as tables
from goodfor.console import insight_words as words
from goodfor.console.frame import console_page, show
from goodfor.console.insight_cells import amount
from goodfor.console.listing.asked import address
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.insights import queries
from goodfor.insights.types import CohortRow, day_of
from goodfor.kernel.clock import utc_now
from goodfor.kit import writing

PAGE: Final = "desk:insights-cohorts"
#: Shades of a cell; 0 has none.
SHADES: Final = 9
FIRST: Final = "first"


@console_page(Permission.INSIGHTS_VIEW)
def cohorts(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`show` what a cell is, `months` how many cohorts."""
    shown = request.GET.get("show", "")
    shown = shown if shown in words.COHORTS else "kept"
    months = next((n for n in tables.MONTHS if str(n) == request.GET.get("months", "")), 12)
    currency = visitor.shop.currency
    rows = queries.cohorts(visitor.shop.id, currency, today=day_of(utc_now()), months=months)
    width = max((len(row.kept) for row in rows), default=0)
    title, meaning = words.COHORTS[shown]
    context: dict[str, Any] = {
        "shown": shown, "months": months, "meaning": meaning, "what": title,
        "tabs": [
            {"key": key, "label": label, "href": address({"months": str(months)}, show=key)}
            for key, (label, _meaning) in words.COHORTS.items()
        ],
        "spans": [
            {"key": n, "label": _("近 %(n)s 个月") % {"n": n}, "href": address({"show": shown}, months=n)}
            for n in tables.MONTHS
        ],
        "columns": [_("第 %(n)s 个月") % {"n": n} for n in range(width)],
        "rows": heat(rows, shown, currency, width),
        "chart": _chart(rows, width),
        "file": {"what": "cohorts", "by": "", "columns": "", "query": "", "kind": shown},
        "reset": reverse(PAGE),
    }  # fmt: skip
    return show(request, visitor, "insights/cohorts", context, page=PAGE)


def heat(rows: list[CohortRow], shown: str, currency: str, width: int) -> list[dict[str, Any]]:
    """Each cohort's cells as (text, shade); the month of the first order sets no scale, for there everybody bought."""
    later = [
        value for row in rows for n in range(1, width) if (value := tables.cohort_value(row, n, shown)) is not None
    ]  # fmt: skip
    top = max(later, default=0.0)
    found = []
    for row in rows:
        values = [tables.cohort_value(row, n, shown) for n in range(width)]
        found.append(
            {"cohort": f"{row.cohort:%Y-%m}", "buyers": row.buyers,
             "cells": [(_text(value, shown, currency), _shade(value, top) if n else FIRST)
                       for n, value in enumerate(values)]}
        )  # fmt: skip
    return found


def _text(value: float | None, shown: str, currency: str) -> str:
    if value is None:
        return ""
    if shown == "paid":
        return amount(round(value), currency)
    return writing.percent(value) if shown == "kept" else f"{value:.2f}"


def _shade(value: float | None, top: float) -> int:
    return 0 if not value or not top else min(SHADES, 1 + int(value / top * (SHADES - 1)))


def _chart(rows: list[CohortRow], width: int) -> dict[str, Any]:
    """Of all of these buyers together, the share that bought in the n-th month after."""
    points = []
    for n in range(1, width):
        old = [row for row in rows if len(row.kept) > n]
        buyers = sum(row.buyers for row in old)
        if buyers:
            points.append([_("第 %(n)s 个月") % {"n": n}, round(100 * sum(row.kept[n] for row in old) / buyers, 2)])
    return {
        "kind": "line", "format": "percent", "unit": "", "columns": [_("首单之后"), str(words.COHORTS["kept"][0])],
        "rows": points,
    }  # fmt: skip
