"""What a month moved between a partner and us: the list that both sides compare, on a page and as a file."""

import csv
import io
from datetime import date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import partner_words as words
from goodfor.console.frame import console_page, show
from goodfor.console.listing.files import csv_text
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.books.asked import month_of
from goodfor.console.views.partners.listed import HERE, PAGE
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.partners import queries as partners
from goodfor.partners import states
from goodfor.partners.types import Settlement

SHOWN: Final = 500
IN_A_FILE: Final = 100_000
BACK: Final = 24
_MARK: Final = b"\xef\xbb\xbf"


@console_page(Permission.LEDGER_VIEW)
def month(request: HttpRequest, visitor: Visitor, points_partner_id: UUID) -> HttpResponse:
    """`month`, by the shop's clock; the present one unless told."""
    view = partners.account(visitor.shop.id, points_partner_id)
    which, today = _which(visitor, request.GET.get("month", ""))
    told = _told(visitor, view.id, which, SHOWN)
    months = dict.fromkeys([*(_later(today, -n) for n in range(BACK)), which])
    context = {
        "title": _("月结清单"),
        "view": view,
        "developer": view.role == states.DEVELOPER,
        "month": f"{which:%Y-%m}",
        "months": [(f"{one:%Y-%m}", f"{one:%Y-%m}") for one in months],
        "told": told,
        "rows": [{"one": one, "what": words.MOVES.get(one.what, one.what)} for one in told.rows],
        "cut": told.count - len(told.rows),
    }
    crumbs = [(_("积分合作方"), reverse(PAGE)), (view.name, reverse(HERE, args=[view.id]))]
    return show(request, visitor, "partners/month", context, page=PAGE, crumbs=crumbs)


@console_page(Permission.LEDGER_VIEW, methods=("POST",))
def file(request: HttpRequest, visitor: Visitor, points_partner_id: UUID) -> HttpResponse:
    """The same as CSV, after a fresh proof."""
    view = partners.account(visitor.shop.id, points_partner_id)
    which, _today = _which(visitor, request.POST.get("month", ""))
    require_fresh_proof(request)
    zone, out = ZoneInfo(visitor.shop.timezone), io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("时间"), _("项目"), _("订单号"), _("积分"), _("金额"), _("币种")])
    for one in _told(visitor, view.id, which, IN_A_FILE).rows:
        at, what = one.at.astimezone(zone).replace(tzinfo=None), str(words.MOVES.get(one.what, one.what))
        writer.writerow(
            [
                csv_text(at),
                csv_text(what),
                csv_text(one.order_num),
                one.units,
                one.amount.as_decimal_string(),
                one.amount.currency,
            ]
        )
    response = HttpResponse(_MARK + out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="partner-{view.code}-{which:%Y%m}.csv"'
    return response


def _told(visitor: Visitor, account_id: UUID, which: date, limit: int) -> Settlement:
    zone = ZoneInfo(visitor.shop.timezone)
    since, until = (datetime.combine(day, time(), zone) for day in (which, _later(which, 1)))
    return partners.settlement(visitor.shop.id, account_id, since, until, limit=limit)


def _which(visitor: Visitor, text: str) -> tuple[date, date]:
    """The first day of the month that is asked for, and of the present one. Raises InvalidInput."""
    today = utc_now().astimezone(ZoneInfo(visitor.shop.timezone)).date().replace(day=1)
    return month_of(text) or today, today


def _later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
