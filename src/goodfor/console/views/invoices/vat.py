"""What was issued in a month, by rate: sums with and without red letters, and the same as a file."""

from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import invoice_words as words
from goodfor.console.frame import console_page, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.invoices import exports
from goodfor.invoices import queries as invoices
from goodfor.invoices.types import VatRow
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money

PAGE: Final = "desk:invoice-vat"
#: The calendar of the books.
BEIJING: Final = ZoneInfo("Asia/Shanghai")
#: Days of a span, at most.
MOST_DAYS: Final = 400


@console_page(Permission.INVOICES_VIEW)
def summary(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """From the first to the last day (Beijing), this month unless asked otherwise."""
    wrong = ""
    try:
        first, last = _span(request.GET.get("first", ""), request.GET.get("last", ""))
    except InvalidInput as error:
        wrong = str(error.detail)
        first, last = _span("", "")
    rows = invoices.vat_summary(visitor.shop.id, first, last)
    context = {
        "rows": [_row(row) for row in rows],
        "sums": _sums(rows),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "wrong": wrong,
        "chart": _chart(rows),
    }
    return show(request, visitor, "invoices/vat", context, page=PAGE, status=422 if wrong else 200)


@console_page(Permission.INVOICES_VIEW, methods=("POST",))
def file(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The same as CSV, after a fresh proof."""
    require_fresh_proof(request)
    first, last = _span(request.POST.get("first", ""), request.POST.get("last", ""))
    text = "".join(exports.summary_csv(invoices.vat_summary(visitor.shop.id, first, last)))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="vat-{first:%Y%m%d}-{last:%Y%m%d}.csv"'
    return response


def _span(first: str, last: str) -> tuple[date, date]:
    """Raises InvalidInput."""
    today = utc_now().astimezone(BEIJING).date()
    try:
        since = date.fromisoformat(first) if first else today.replace(day=1)
        until = date.fromisoformat(last) if last else today
    except ValueError:
        raise InvalidInput(_("日期写成 2026-01-31 这样")) from None
    if not timedelta(0) <= until - since <= timedelta(days=MOST_DAYS) or since.year < 2000:
        raise InvalidInput(_("结束日期不能早于开始日期，最多 400 天"))
    return since, until


def _row(row: VatRow) -> dict[str, Any]:
    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    return {
        "one": row,
        "paper": words.PAPERS.get(row.paper, row.paper),
        "tax_class": words.tax_class(row.tax_class),
        "rate": f"{row.rate_bp / 100:g}%",
        "amount": money(row.amount_minor),
        "tax": money(row.tax_minor),
        "red_amount": money(-row.red_amount_minor),
        "red_tax": money(-row.red_tax_minor),
        "net": money(row.net_minor),
        "net_tax": money(row.net_tax_minor),
    }


def _sums(rows: Any) -> list[dict[str, Any]]:
    """By currency: amounts of two are never one sum."""
    found = []
    for currency in sorted({row.currency for row in rows}):
        mine = [row for row in rows if row.currency == currency]
        found.append(
            {
                "currency": currency,
                "net": Money(sum(row.net_minor for row in mine), currency),
                "net_tax": Money(sum(row.net_tax_minor for row in mine), currency),
                "red": Money(-sum(row.red_amount_minor for row in mine), currency),
            }
        )
    return found


def _chart(rows: Any) -> dict[str, Any] | None:
    """Net amounts by rate, of the currency that most of it is in."""
    if not rows:
        return None
    currency = max({row.currency for row in rows}, key=lambda one: sum(r.net_minor for r in rows if r.currency == one))
    mine = [row for row in rows if row.currency == currency]
    return {
        "kind": "bar",
        "columns": [str(_("税率")), str(_("净额")), str(_("净税额"))],
        "rows": [
            [f"{words.tax_class(row.tax_class)} {row.rate_bp / 100:g}%", row.net_minor, row.net_tax_minor]
            for row in mine
        ],
        "unit": currency,
        "format": "money",
    }
