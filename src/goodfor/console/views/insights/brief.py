"""The brief of a day: the three things to look at, in words, and the figures behind them."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from goodfor.console import insight_cells as cells
from goodfor.console import insight_words as words
from goodfor.console.frame import console_page, show
from goodfor.console.listing.asked import address
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.insights import queries
from goodfor.insights.queries import BriefView
from goodfor.insights.queries import desk as desk_queries
from goodfor.insights.types import MEASURES, STEPS, Figures, Steps, day_of

PAGE: Final = "desk:insights-brief"
FIGURES: Final = ("gmv_minor", "paid_orders", "net_minor", "margin_rate", "profit_minor", "refund_rate")
DAYS: Final = 30


@console_page(Permission.INSIGHTS_VIEW)
def brief(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The newest one, or that of a `day`."""
    shop_id, wanted = visitor.shop.id, _day(request.GET.get("day", ""))
    found = desk_queries.brief_for(shop_id, visitor.may, day=wanted)
    days = desk_queries.brief_days(shop_id, DAYS)
    context: dict[str, Any] = {
        "wanted": wanted, "found": found,
        "days": [{"day": day, "href": address({}, day=day.isoformat()), "here": found and day == found.day}
                 for day in days],
    }  # fmt: skip
    if found is not None:
        context |= {
            "greeting": queries.greeting(found.day.isoformat(), len(found.findings)),
            "things": things_of(found),
            "figures": _figures(found, visitor.may(Permission.INSIGHTS_MARGINS)),
            "board": reverse("desk:insights") + address({}, day_from=f"{found.day}", day_until=f"{found.day}"),
        }
    return show(request, visitor, "insights/brief", context, page=PAGE)


def things_of(found: BriefView) -> list[dict[str, Any]]:
    """The things in words, each with where one looks on; of that day, where the page knows days."""
    span = address({}, day_from=f"{found.day}", day_until=f"{found.day}")
    things = []
    for one in found.findings:
        page = words.LOOK_ON.get(one.kind, "desk:insights")
        dated = page in ("desk:insights", "desk:insights-funnel", "desk:insights-tops")
        things.append(
            {"text": one.text, "tone": words.TONES.get(one.kind, "plain"),
             "href": reverse(page) + (span if dated else "")}
        )  # fmt: skip
    return things


def card_of(visitor: Visitor, now: datetime) -> dict[str, Any]:
    """For the first page: the newest brief while it is no older than yesterday; nothing for whom it is no business."""
    if not visitor.may(Permission.INSIGHTS_VIEW):
        return {}
    found = desk_queries.brief_for(visitor.shop.id, visitor.may)
    if found is None or not found.findings or found.day < day_of(now) - timedelta(days=1):
        return {}
    return {
        "brief_day": found.day, "brief_things": things_of(found),
        "brief_href": reverse(PAGE),
    }  # fmt: skip


def _figures(found: BriefView, margins: bool) -> list[tuple[Any, str]]:
    figures = Figures(**{name: found.figures.get(name, 0) for name in MEASURES})
    steps = Steps(**{name: found.steps.get(name, 0) for name in STEPS})
    told = [
        (desk_queries.FIGURES[name][0], cells.cell(getattr(figures, name), name, found.currency))
        for name in desk_queries.shown(FIGURES, margins)
    ]  # fmt: skip
    return [
        *told, (desk_queries.STEPS["conversion"][0], cells.cell(steps.conversion, "conversion", found.currency)),
        (desk_queries.STEPS["claims"][0], cells.cell(steps.claims, "claims", found.currency)),
    ]  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
