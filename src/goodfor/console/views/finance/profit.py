"""What was earned: by supplier, campaign, channel and SKU, and by one order with every posting behind each figure."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.console import finance_words as words
from goodfor.console import money_fields as fields
from goodfor.console import words as all_words
from goodfor.console.columns import Text
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.frame import console_page, show
from goodfor.console.listing.files import csv_text
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.finance import queries as finance
from goodfor.finance.errors import OrderNotFollowed
from goodfor.finance.types import OrderProfitView, ProfitBy
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.orders import queries as orders
from goodfor.supply import queries as supply

PAGE: Final = "desk:profits"
#: Dimension -> words; the page's tabs.
BY: Final[Mapping[str, Text]] = {
    "supplier": gettext_lazy("供应商"),
    "channel": gettext_lazy("渠道"),
    "campaign": gettext_lazy("活动"),
    "sku": gettext_lazy("规格"),
}
_DAYS: Final = 30
_LONGEST: Final = 400
_SHOWN: Final = 200
_MARK: Final = "\ufeff"


@console_page(Permission.LEDGER_VIEW, methods=("GET", "POST"))
def profit_by(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Income and costs of some days by one dimension of the postings; POST takes the table away as a file."""
    asked = request.POST if request.method == "POST" else request.GET
    by = asked.get("by", "") if asked.get("by", "") in BY else "supplier"
    first, last, wrong = _days(asked)
    rows = finance.profit_by(visitor.shop.id, first, last, by)  # type: ignore[arg-type]
    names = _names(visitor, by, rows)
    if request.method == "POST":
        require_fresh_proof(request)
        return _file(rows, names, by, first, last)
    span = f"from={first}&until={last}"
    context = {
        "title": _("利润构成"),
        "tabs": [{"key": key, "label": label, "href": f"?by={key}&{span}"} for key, label in BY.items()],
        "by": by,
        "word": BY[by],
        "first": f"{first}",
        "last": f"{last}",
        "wrong": wrong,
        "rows": [_row(one, names, _href(visitor, by, first, last)) for one in rows[:_SHOWN]],
        "more": len(rows) - _SHOWN if len(rows) > _SHOWN else 0,
        "sums": _sums(rows),
        "heads": [label for label, _less in words.FIGURES.values()],
        "chart": _chart(rows, names, visitor.shop.currency),
    }
    return show(request, visitor, "finance/profit_by", context, page=PAGE, crumbs=[(_("订单利润"), reverse(PAGE))])


def _days(asked: Mapping[str, str]) -> tuple[date, date, str]:
    """The days asked for, both included; the last month, and what is wrong, where they are none."""
    today = utc_now().astimezone(fields.BOOKS).date()
    try:
        last = fields.date_of(asked, "until") or today
        first = fields.date_of(asked, "from") or last - timedelta(days=_DAYS - 1)
        if timedelta() <= last - first <= timedelta(days=_LONGEST):
            return first, last, ""
        wrong = _("起止日期要按先后，最多 %(n)s 天") % {"n": _LONGEST}
    except InvalidInput as error:
        wrong = error.detail
    return today - timedelta(days=_DAYS - 1), today, wrong


def _names(visitor: Visitor, by: str, rows: Sequence[ProfitBy]) -> dict[str, str]:
    keys = [one.key for one in rows if one.key]
    if by == "supplier":
        return {str(one.id): one.name for one in supply.suppliers(visitor.shop.id)}
    if by == "sku":
        return {str(key): name for key, name in sku_names(visitor.shop.id, [UUID(key) for key in keys]).items()}
    if by == "channel":
        return {key: all_words.word(all_words.CHANNELS, key) for key in keys}
    return {}


def _name(one: ProfitBy, names: Mapping[str, str]) -> str:
    return names.get(one.key, one.key) or _("没有归到哪一个")


def _href(visitor: Visitor, by: str, first: date, last: date) -> Mapping[str, str]:
    """By value of the dimension: the page that tells more of it."""
    if by != "supplier":
        return {}
    span = f"delivered_from={first}&delivered_until={last}"
    return {
        str(one.id): f"{reverse(PAGE)}?supplier={one.code}&{span}" for one in supply.suppliers(visitor.shop.id)
    }  # fmt: skip


def _row(one: ProfitBy, names: Mapping[str, str], hrefs: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": _name(one, names),
        "nobody": not one.key,
        "cells": [Money(one.amounts[name], one.currency) for name in words.FIGURES],
        "profit": Money(one.profit_minor, one.currency),
        "margin": words.share(one.profit_minor, one.amounts["revenue"]),
        "href": hrefs.get(one.key, ""),
    }


def _sums(rows: Sequence[ProfitBy]) -> list[dict[str, Any]]:
    found = []
    for currency in sorted({one.currency for one in rows}):
        mine = [one for one in rows if one.currency == currency]
        revenue = sum(one.amounts["revenue"] for one in mine)
        profit = sum(one.profit_minor for one in mine)
        cells = [Money(sum(one.amounts[name] for one in mine), currency) for name in words.FIGURES]
        found.append({"cells": cells, "profit": Money(profit, currency), "margin": words.share(profit, revenue)})
    return found


def _chart(rows: Sequence[ProfitBy], names: Mapping[str, str], currency: str) -> dict[str, Any] | None:
    shown = [one for one in rows if one.currency == currency][:12]
    if len(shown) < 2:
        return None
    return {
        "kind": "bar-flat",
        "columns": [_("名称"), _("利润")],
        "rows": [[_name(one, names), one.profit_minor] for one in shown],
        "unit": currency,
        "format": "money",
    }


def _file(rows: Sequence[ProfitBy], names: Mapping[str, str], by: str, first: date, last: date) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    heads = [str(BY[by]), *(str(label) for label, _less in words.FIGURES.values()), _("利润"), _("币种")]
    writer.writerow([csv_text(head) for head in heads])
    for one in rows:
        amounts = [fields.plain(one.amounts[name], one.currency) for name in words.FIGURES]
        writer.writerow([csv_text(_name(one, names)), *amounts, fields.plain(one.profit_minor, one.currency),
                         one.currency])  # fmt: skip
    response = HttpResponse(_MARK + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="profit-{by}-{first:%Y%m%d}-{last:%Y%m%d}.csv"'
    return response


@console_page(Permission.LEDGER_VIEW)
def order_profit(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """One order: expected and earned, and the postings behind each figure."""
    found = orders.desk_order(visitor.shop.id, number)
    view = finance.order_profit(visitor.shop.id, found.id)
    booked = {(one.tx_id, place): one for place, one in _places(visitor, found.id)}
    context = {
        "title": _("%(number)s 的利润") % {"number": number},
        "number": number,
        **summary(view),
        "parts": [_part(name, view, booked) for name in (*words.FIGURES, "tax") if view.cells[name].postings],
        "shares": _shares(visitor, found.id),
    }
    crumbs = [(_("订单"), reverse("desk:orders")), (number, reverse("desk:order", args=[number]))]
    return show(request, visitor, "finance/order_profit", context, page="desk:orders", crumbs=crumbs)


def card(visitor: Visitor, order_id: UUID) -> dict[str, Any] | None:
    """For the order's own page; None where finance has not seen it, or for whom it is not."""
    if not visitor.may(Permission.LEDGER_VIEW):
        return None
    try:
        return summary(finance.order_profit(visitor.shop.id, order_id))
    except OrderNotFollowed:
        return None


def summary(view: OrderProfitView) -> dict[str, Any]:
    """Figures side by side: expected when it was paid, and as it is now."""
    rows = []
    for name, (label, lessens) in words.FIGURES.items():
        minor, expected = view.cells[name].amount_minor, view.estimate.get(name, 0)
        if minor or expected or name in ("revenue", "cost"):
            sign = -1 if lessens else 1
            rows.append((label, Money(sign * expected, view.currency), Money(sign * minor, view.currency)))
    return {
        "profit": view,
        "stage": words.STAGES[view.stage],
        "rows": rows,
        "earned": Money(view.profit_minor, view.currency),
        "expected": Money(view.estimate.get("profit", 0), view.currency),
        "differs": Money(view.profit_minor - view.estimate.get("profit", 0), view.currency),
        "margin": words.share(view.profit_minor, view.cells["revenue"].amount_minor),
        "tax": Money(view.cells["tax"].amount_minor, view.currency),
    }


def _places(visitor: Visitor, order_id: UUID) -> list[tuple[int, Any]]:
    """Postings of the order with their place in their transaction, as far as finance names them."""
    found: list[tuple[int, Any]] = []
    for tx_id in dict.fromkeys(one.tx_id for one in ledger.postings_of_order(visitor.shop.id, order_id)):
        tx = ledger.transaction(visitor.shop.id, tx_id)
        found += [(line.seq, _Line(tx.id, tx.kind, tx.reference, tx.effective_at, line)) for line in tx.lines]
    return found


class _Line:
    """A posting with what its transaction says."""

    __slots__ = ("account", "amount_minor", "at", "kind", "reference", "tx_id")

    def __init__(self, tx_id: int, kind: str, reference: str, at: Any, line: Any) -> None:
        self.tx_id, self.kind, self.reference, self.at = tx_id, kind, reference, at
        self.account, self.amount_minor = line.account, line.amount_minor


def _part(name: str, view: OrderProfitView, booked: Mapping[tuple[int, int], Any]) -> dict[str, Any]:
    cell = view.cells[name]
    label = words.FIGURES[name][0] if name in words.FIGURES else _("应交税金")
    lines = [booked[place] for place in cell.postings if place in booked]
    return {
        "name": name,
        "label": label,
        "amount": Money(cell.amount_minor, view.currency),
        "lines": [
            (one, all_words.word(all_words.POSTING_KINDS, one.kind), ledger.account_label(one.account),
             Money(one.amount_minor, view.currency))
            for one in lines
        ],
    }  # fmt: skip


def _shares(visitor: Visitor, order_id: UUID) -> list[dict[str, Any]]:
    parties = {one.id: one for one in finance.parties(visitor.shop.id)}
    return [
        {
            "one": one,
            "party": parties.get(one.party_id),
            "base": Money(one.base_minor, one.currency),
            "amount": Money(one.amount_minor, one.currency),
            "back": Money(one.reversed_minor, one.currency),
            "left": Money(one.amount_minor - one.reversed_minor, one.currency),
            "cut": "cut" in one.explained,
        }
        for one in finance.shares_of_order(visitor.shop.id, order_id)
    ]
