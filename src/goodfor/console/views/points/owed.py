"""What the shop owes for the points that are out: how it moved in a month, and reckoning it anew."""

from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import points_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.books.asked import month_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.ask_reckoning import ask_reckoning
from goodfor.loyalty.types import GROWTH, LiabilityRow

PAGE: Final = "desk:points-owed"
#: Months that can be chosen.
BACK: Final = 24


@console_page(Permission.LEDGER_VIEW)
def owed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A month (`month`, by the shop's clock; the present one unless told): opening, each movement, closing."""
    shop, zone = visitor.shop, ZoneInfo(visitor.shop.timezone)
    today = utc_now().astimezone(zone).date().replace(day=1)
    month = month_of(request.GET.get("month", "")) or today
    rows = loyalty.liability(shop.id, _begins(month, zone), _begins(_later(month, 1), zone))
    months = dict.fromkeys([*(_later(today, -n) for n in range(BACK)), month])
    context = {
        "month": f"{month:%Y-%m}",
        "months": [(f"{one:%Y-%m}", f"{one:%Y-%m}") for one in months],
        "kinds": [_kind(row, shop.currency) for row in rows],
        "running": month == today,
        "reckoning": loyalty.reckoning(shop.id),
        "may_reckon": visitor.may(Permission.LEDGER_ADJUST) and bool(loyalty.revisions(shop.id, limit=1)),
    }
    return show(request, visitor, "points/owed", context, page=PAGE)


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def reckon(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What is owed for all points that are out, by the terms in force: begun here, done in the background."""
    require_fresh_proof(request)
    ask_reckoning(shop_id=visitor.shop.id, actor=visitor.actor, now=utc_now())
    return done(request, _("已开始重新核算，几分钟后刷新看结果"), PAGE)


def _kind(row: LiabilityRow, currency: str) -> dict[str, Any]:
    """A kind with its lines; growth is worth nothing."""

    def line(label: Any, units: int, minor: int) -> dict[str, Any]:
        return {"label": label, "units": units, "owed": None if row.kind == GROWTH else Money(minor, currency)}

    order = [*words.MOVES, *sorted(row.moved.keys() - words.MOVES.keys())]
    return {
        "name": words.KINDS.get(row.kind, row.kind),
        "key": row.kind,
        "opening": line(_("期初"), row.opening_units, row.opening_minor),
        "moves": [line(words.MOVES.get(what, what), *row.moved[what]) for what in order if what in row.moved],
        "closing": line(_("期末"), row.closing_units, row.closing_minor),
    }


def _later(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _begins(month: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(month, time(), zone)
