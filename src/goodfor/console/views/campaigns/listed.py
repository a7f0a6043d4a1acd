"""The list of campaigns by state, with live figures, and the calendar of those that meet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import promo_words as words
from goodfor.console.frame import console_page, show
from goodfor.console.promo_conflicts import Planned, conflicts
from goodfor.console.promo_goods import goods_of
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.promotions import queries as promotions
from goodfor.promotions import states
from goodfor.promotions.types import CampaignView, Figures

PAGE: Final = "desk:campaigns"
PER_PAGE: Final = 50
#: Days that the calendar shows.
DAYS: Final = 14
#: Campaigns that are compared with one another.
MOST: Final = 200


@console_page(Permission.PROMOTIONS_VIEW)
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Those of one state; the first tab that has some, where none is asked for."""
    shop_id = visitor.shop.id
    counts = promotions.counts_by_state(shop_id)
    many = {key: sum(counts.get(state, 0) for state in of) for key, _label, of in words.TABS}
    asked = request.GET.get("tab", "")
    tab = asked if asked in many else next((key for key, count in many.items() if count), "live")
    page = int(text) if (text := request.GET.get("page", "")).isdigit() and len(text) < 5 else 1
    offset = (max(page, 1) - 1) * PER_PAGE
    chosen = {key: of for key, _label, of in words.TABS}[tab]
    views = promotions.campaigns(shop_id, states=chosen, most=PER_PAGE, offset=offset)
    figures = promotions.figures(shop_id, [view.id for view in views]) if views else {}
    context = {
        "tabs": [
            {"key": key, "label": label, "href": f"{reverse(PAGE)}?tab={key}", "count": many[key]}
            for key, label, _of in words.TABS
        ],
        "tab": tab,
        "rows": [row_of(view, figures.get(view.id), visitor.shop.currency) for view in views],
        "pages": max(-(-many[tab] // PER_PAGE), 1),
        "number": max(page, 1),
        "may": visitor.may(Permission.PROMOTIONS_SET),
    }
    return show(request, visitor, "campaigns/list", context, page=PAGE)


def row_of(view: CampaignView, figures: Figures | None, currency: str) -> dict[str, Any]:
    """A campaign in words."""
    return {
        "view": view,
        "play": words.play(view.play),
        "state": words.STATES[view.state],
        "paused": words.PAUSES.get(view.paused_why, ""),
        "waits": view.submitted is not None and view.state != states.REVIEW,
        **figures_in(figures, currency),
    }


def figures_in(figures: Figures | None, currency: str) -> dict[str, Any]:
    """Counts and money as pages show them."""
    if figures is None:
        return {"orders": 0, "given": Money(0, currency), "left": None}
    return {
        "orders": figures.orders,
        "given": Money(figures.given_minor, currency),
        "left": None if figures.minor_left is None else Money(figures.minor_left, currency),
    }


@console_page(Permission.PROMOTIONS_VIEW)
def calendar(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Two weeks of campaigns, day by day, and which of them meet on the same goods, and what then counts."""
    shop, now = visitor.shop, utc_now()
    zone = ZoneInfo(shop.timezone)
    first = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [first + timedelta(days=n) for n in range(DAYS)]
    open_states = (states.REVIEW, states.SCHEDULED, states.RUNNING, states.PAUSED)
    views = promotions.campaigns(
        shop.id, states=open_states, since=first, until=first + timedelta(days=DAYS), most=MOST
    )
    specs = promotions.specs_in_force(shop.id, [view.id for view in views])
    planned = [Planned(view.id, view.name, specs[view.id]) for view in views if view.id in specs]
    context = {
        "title": _("活动日历"),
        "days": days,
        "rows": [
            {
                "view": view,
                "play": words.play(view.play),
                "state": words.STATES[view.state],
                "cells": _cells(view, days),
            }
            for view in sorted(views, key=lambda one: one.starts_at)
        ],
        "conflicts": conflicts(planned, goods_of(shop.id)),
    }
    return show(request, visitor, "campaigns/calendar", context, page=PAGE, crumbs=[(_("营销活动"), reverse(PAGE))])


def _cells(view: CampaignView, days: Sequence[datetime]) -> list[bool]:
    """Whether it runs on each day."""
    return [view.starts_at < day + timedelta(days=1) and view.ends_at > day for day in days]
