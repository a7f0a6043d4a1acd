"""The funnel: how far the orders of a time have come, where they were lost, and by what."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import insight_cells as cells
from goodfor.console.frame import console_page, show
from goodfor.console.insight_asking import Asked, dimension, dimensions, name_of, read
from goodfor.console.listing.asked import address
from goodfor.console.types import Visitor
from goodfor.console.views.insights.board import filter_context
from goodfor.identity.types import Permission
from goodfor.insights import queries
from goodfor.insights.queries import desk as desk_queries
from goodfor.insights.types import Figures, Slice, Steps
from goodfor.kernel.clock import utc_now
from goodfor.kit import writing

PAGE: Final = "desk:insights-funnel"
#: The way on, and what else became of them.
WAY: Final = ("placed", "started", "paid", "delivered")
ELSE: Final = (
    "expired", "cancelled", "held", "refunded", "refunded_undelivered", "partly_refunded", "claimed", "claims",
    "proven",
)  # fmt: skip
RATES: Final = ("conversion", "delivery_rate", "refund_order_rate", "claim_rate")
ROWS: Final = 50


@console_page(Permission.INSIGHTS_VIEW)
def funnel(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Orders by the day on which they were placed; what came later counts with that day."""
    asked, by = read(request, visitor, utc_now()), dimension(request, visitor, flow=True)
    known = asked.ask.supplier_ids is None and asked.ask.campaign_ids is None
    context: dict[str, Any] = {
        **filter_context(asked, reset=reverse(PAGE)), "known": known, "by": by,
        "flow_only": True,
    }  # fmt: skip
    if known:
        shop_id, ask = visitor.shop.id, asked.ask
        found, before = (queries.steps(shop_id, one).get("", Steps()) for one in (ask, ask.before()))
        context |= {
            "found": found,
            "tiles": [cells.tile(name, found, before, ask.currency) for name in RATES],
            "chart": {
                "kind": "bar-flat", "format": "number", "unit": _("单"), "columns": [_("步骤"), _("订单")],
                "rows": [[str(desk_queries.STEPS[name][0]), getattr(found, name)] for name in WAY],
            },
            "way": [_step(found, n) for n in range(len(WAY))],
            "rest": [(*desk_queries.STEPS[name], getattr(found, name)) for name in ELSE],
            "ways": [
                {"key": key, "label": label, "href": address(asked.params, by=key) + "#by"}
                for key, label in dimensions(visitor, flow=True).items()
            ],
            "heads": cells.meanings([*WAY, *RATES]),
            "by_words": desk_queries.BY[by],
            "rows": _rows(queries.steps(shop_id, ask, by), by, asked),
            "file": {"what": "funnel", "by": by, "columns": "", "query": address(asked.params)},
            "visits": _visits(shop_id, asked),
            "day_file": {"what": "funnel", "by": "day", "columns": "", "query": address(asked.params)},
            "meanings": cells.meanings([*WAY, *RATES]),
        }  # fmt: skip
    return show(request, visitor, "insights/funnel", context, page=PAGE)


def _visits(shop_id: UUID, asked: Asked) -> dict[str, Any]:
    """From the storefront's first page on; nothing where the question is narrowed by what is not known of a visit."""
    if asked.ask.channels not in (None, ("storefront",)):
        return {}
    found = queries.funnel(shop_id, asked.ask)
    if found.visits is None or not found.visits.came:
        return {}
    told = [(desk_queries.VISITS[name][0], getattr(found.visits, name)) for name in ("came", "looked", "checked_out")]
    told += [(desk_queries.STEPS[name][0], getattr(found.steps, name)) for name in ("placed", "paid", "delivered")]
    return {
        "chart": {
            "kind": "bar-flat", "format": "number", "unit": "", "columns": [_("步骤"), _("浏览器和订单")],
            "rows": [[str(word), count] for word, count in told],
        },
        "meanings": [desk_queries.VISITS[name] for name in ("came", "looked", "checked_out")],
        "conversion": writing.percent(found.conversion),
        "left": writing.percent(found.left_at_checkout),
    }  # fmt: skip


def _step(found: Steps, n: int) -> tuple[Any, int, str, str]:
    """Its words, how many took it, of the step before, of all."""
    count = getattr(found, WAY[n])
    before = getattr(found, WAY[n - 1]) if n else count
    return (
        desk_queries.STEPS[WAY[n]][0], count, writing.percent(count / before if before else None),
        writing.percent(count / found.placed if found.placed else None),
    )  # fmt: skip


def _rows(counted: dict[str, Steps], by: Any, asked: Any) -> list[dict[str, Any]]:
    names = {"sku": "sku", "category": "category"}.get(by, "")
    offered = {value: str(label) for value, label in asked.choices.get(names, ())}
    rows = []
    for key, one in sorted(counted.items(), key=lambda pair: -pair[1].placed)[:ROWS]:
        part = Slice(key, Figures(), offered.get(key, ""))
        fields = [*WAY, *RATES]
        rows.append(
            {
                "name": name_of(by, part), "href": asked.way_to(by, part),
                "cells": [
                    cells.cell(getattr(one, cells.STEP_FIELDS.get(name, name)), name, asked.ask.currency)
                    for name in fields
                ],
            }
        )  # fmt: skip
    return rows
