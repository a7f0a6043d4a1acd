"""The income statement: by month with each account, or of a time by SKU, supplier or channel; each figure leads on."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import book_words as words
from goodfor.console.columns import Text
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.frame import console_page, show
from goodfor.console.listing.files import csv_text
from goodfor.console.types import Visitor
from goodfor.console.views.books.asked import month_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.recon import queries as recon
from goodfor.supply import queries as supply

PAGE: Final = "desk:book-income"
#: Months next to each other.
SHOWN: Final = 6
_MARK: Final = "\ufeff"
#: How codes of income and expense begin.
_RESULT: Final = ("5", "6")


@dataclass(slots=True)
class Line:
    """An account, or a value of a dimension, with its result in each month; positive is good."""

    key: str
    name: Text
    results: dict[date, int] = field(default_factory=dict)


@console_page(Permission.LEDGER_VIEW)
def income(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`until`: the last month; `by`: a dimension, then of that month alone; `file`: the table as CSV."""
    today = ledger.business_day(utc_now())
    last = month_of(request.GET.get("until", "")) or today.replace(day=1)
    by, currency = request.GET.get("by", ""), visitor.shop.currency
    if by not in words.DIMENSIONS:
        raise InvalidInput
    months = [last] if by else months_before(last, SHOWN)
    sections = _by_dimension(visitor, last, by) if by else sections_of(visitor, months)
    table = [_section(section, months, currency, by) for section in sections]
    total = {month: sum(_sum(section, month) for section in sections) for month in months}
    if "file" in request.GET:
        return _file(table, months, [Money(total[month], currency) for month in months])
    address = {"until": f"{last:%Y-%m}"}
    context = {
        "months": [f"{month:%Y-%m}" for month in months],
        "sections": table,
        "profit": [Money(total[month], currency) for month in months],
        "chart": _chart(sections, months, total, currency) if not by else None,
        "tabs": [
            {"key": key, "label": label, "href": f"?{urlencode({**address, 'by': key})}"}
            for key, label in words.DIMENSIONS.items()
        ],
        "by": by,
        "until": address["until"],
        "choices": [(f"{one.month:%Y-%m}", f"{one.month:%Y-%m}") for one in ledger.months(visitor.shop.id, today)],
        "file": f"?{urlencode({**address, 'by': by, 'file': 'csv'})}",
        "empty": not any(section.lines for section in sections),
        "others": _others(visitor, months),
    }
    return show(request, visitor, "books/income", context, page=PAGE)


def months_before(last: date, count: int) -> list[date]:
    """So many months up to this one, the first first."""
    found = [last]
    while len(found) < count:
        found.insert(0, date.fromordinal(found[0].toordinal() - 1).replace(day=1))
    return found


@dataclass(slots=True)
class Section:
    """A part of the statement."""

    key: str
    title: Text
    lines: list[Line] = field(default_factory=list)


def sections_of(visitor: Visitor, months: Sequence[date]) -> list[Section]:
    """Accounts of income and expense in the shop's currency, by section and code."""
    lines: dict[str, Line] = {}
    for beginning in _RESULT:
        for row in ledger.daily(visitor.shop.id, beginning, months[0], recon.last_of(months[-1])):
            if row.currency != visitor.shop.currency:
                continue
            line = lines.setdefault(row.code, Line(row.code, ledger.account_label(row.code)))
            month = row.day.replace(day=1)
            line.results[month] = line.results.get(month, 0) + row.credit_minor - row.debit_minor
    sections = [Section(key, title) for key, title, _beginnings in words.SECTIONS]
    for code, line in sorted(lines.items()):
        place = next(
            (n for n, (_key, _title, beginnings) in enumerate(words.SECTIONS) if code.startswith(beginnings)), -1
        )
        sections[place].lines.append(line)
    return sections


def _by_dimension(visitor: Visitor, month: date, by: str) -> list[Section]:
    """What each value of a dimension brought in the month, the most first; what names none at the end."""
    shop_id, found = visitor.shop.id, dict[str, Line]()
    rows = ledger.income_statement(shop_id, month, recon.last_of(month), by=by)  # type: ignore[arg-type]
    for row in rows:
        if row.currency == visitor.shop.currency:
            line = found.setdefault(row.dimension, Line(row.dimension, row.dimension))
            line.results[month] = line.results.get(month, 0) + row.result_minor
    names = _names(visitor, by, [key for key in found if key])
    for key, line in found.items():
        line.name = names.get(key, key) if key else _("没有归属")
    ordered = sorted(found.values(), key=lambda line: (not line.key, -line.results[month], line.key))
    return [Section(by, words.DIMENSIONS[by], ordered)]


def _names(visitor: Visitor, by: str, keys: Sequence[str]) -> dict[str, str]:
    if by == "sku":
        return {str(key): name for key, name in sku_names(visitor.shop.id, [UUID(key) for key in keys]).items()}
    if by == "supplier":
        return {str(one.id): one.name for one in supply.suppliers(visitor.shop.id)}
    return {}


def _sum(section: Section, month: date) -> int:
    return sum(line.results.get(month, 0) for line in section.lines)


def _section(section: Section, months: Sequence[date], currency: str, by: str) -> dict[str, Any]:
    return {
        "title": section.title,
        "sums": [Money(_sum(section, month), currency) for month in months],
        "lines": [
            {
                "name": line.name,
                "key": "" if by else line.key,
                "cells": [
                    (Money(line.results[month], currency) if line.results.get(month) else None,
                     "" if by else _days_of(line.key, currency, month))
                    for month in months
                ],
            }
            for line in section.lines
        ],
    }  # fmt: skip


def _days_of(code: str, currency: str, month: date) -> str:
    """The account's days and lines of that month."""
    asked = {"code": code, "currency": currency, "from": month, "until": recon.last_of(month)}
    return f"{reverse('desk:statement')}?{urlencode(asked)}"


def _others(visitor: Visitor, months: Sequence[date]) -> list[str]:
    """Currencies that have results of their own, which are never added to these."""
    rows = [row for one in _RESULT for row in ledger.daily(visitor.shop.id, one, months[0], recon.last_of(months[-1]))]
    return sorted({row.currency for row in rows} - {visitor.shop.currency})


def _chart(sections: Sequence[Section], months: Sequence[date], total: dict[date, int], currency: str) -> Any:
    revenue = next(section for section in sections if section.key == "revenue")
    if not any(total.values()) and not any(_sum(revenue, month) for month in months):
        return None
    return {
        "kind": "bar",
        "columns": [str(_("月份")), str(_("营业收入")), str(_("利润"))],
        "rows": [[f"{month:%Y-%m}", _sum(revenue, month), total[month]] for month in months],
        "unit": currency,
        "format": "money",
    }


def _file(table: Sequence[dict[str, Any]], months: Sequence[date], profit: Sequence[Money]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("项目"), _("科目"), *(f"{month:%Y-%m}" for month in months)])
    for section in table:
        writer.writerow([csv_text(str(section["title"])), "", *(one.as_decimal_string() for one in section["sums"])])
        for line in section["lines"]:
            cells = [cell.as_decimal_string() if cell else "" for cell, _href in line["cells"]]
            writer.writerow([csv_text(str(line["name"])), csv_text(line["key"]), *cells])
    writer.writerow([_("利润"), "", *(one.as_decimal_string() for one in profit)])
    response = HttpResponse(_MARK + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="income-{months[0]:%Y%m}-{months[-1]:%Y%m}.csv"'
    return response
