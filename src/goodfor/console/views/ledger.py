"""The books: trial balance at any day, one account's days and lines, one transaction back to its cause."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import book_words, words
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.frame import console_page, show
from goodfor.console.types import Visitor
from goodfor.console.views.books.asked import day_of, of_dimension, span_of
from goodfor.finance import queries as finance
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.ledger.types import TxPosting, TxView
from goodfor.orders import queries as orders
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentNotFound, RefundNotFound
from goodfor.supply import queries as supply

PAGE: Final = "desk:ledger"
LINES: Final = 50
#: Days whose lines are shown below the days themselves.
CLOSE: Final = 31
TYPES: Final = ("asset", "liability", "equity", "income", "expense")


@console_page(Permission.LEDGER_VIEW)
def trial_balance(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Every account with its balance; both columns add up alike in each currency.

    `on`: at the end of that day; `known`: by what had been recorded until the end of that day.
    """
    on, known = day_of(request.GET.get("on", "")), day_of(request.GET.get("known", ""))
    rows = [
        (
            row,
            ledger.account_label(row.code),
            _money(row.debit_minor, row.currency),
            _money(row.credit_minor, row.currency),
        )
        for row in ledger.trial_balance(visitor.shop.id, on, known)
        if "all" in request.GET or row.debit_minor or row.credit_minor
    ]
    currencies = sorted({row[0].currency for row in rows})
    sums = [
        (
            currency,
            Money(sum(row[0].debit_minor for row in rows if row[0].currency == currency), currency),
            Money(sum(row[0].credit_minor for row in rows if row[0].currency == currency), currency),
        )
        for currency in currencies
    ]
    every = "all" in request.GET
    dated = {key: day.isoformat() for key, day in (("on", on), ("known", known)) if day}
    context = {
        "rows": rows,
        "sums": sums,
        "all": every,
        "other": f"?{urlencode({**dated, **({} if every else {'all': '1'})})}",
        "on": dated.get("on", ""),
        "known": dated.get("known", ""),
        "span": f"&from={on.replace(day=1).isoformat()}&until={on.isoformat()}" if on else "",
    }
    return show(request, visitor, "ledger", context, page=PAGE)


def _money(minor: int, currency: str) -> Money | None:
    return Money(minor, currency) if minor else None


@console_page(Permission.LEDGER_VIEW)
def statement(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """An account's lines, newest first; with `from` and `until` its days, and the lines that are dated to them."""
    code, currency = request.GET.get("code", "")[:160], request.GET.get("currency", visitor.shop.currency)[:3]
    shop_id, cursor, span = visitor.shop.id, request.GET.get("after", ""), span_of(request.GET)
    context: dict[str, Any] = {
        "title": ledger.account_label(code),
        "code": code,
        "currency": currency,
        "balance": Money(ledger.balance(shop_id, code, currency), currency),
        "from": span[0].isoformat() if span else "",
        "until": span[1].isoformat() if span else "",
        "months": _months(code, currency),
    }
    kept = {"code": code, "currency": currency}
    if span is None:
        lines = list(ledger.statement(shop_id, code, currency, cursor=cursor, limit=LINES + 1))
    else:
        of, told = of_dimension(visitor, request.GET)
        kept |= {"from": span[0].isoformat(), "until": span[1].isoformat(), **told.kept}
        context |= {"of": told.words, **({} if of else _days(visitor, code, currency, span))}
        near = (span[1] - span[0]).days < CLOSE
        context["far"] = not near
        lines = (
            ledger.account_lines(shop_id, code, currency, *span, cursor=cursor, limit=LINES + 1, of=of) if near else []
        )
    shown = lines[:LINES]
    context["lines"] = [
        (line, words.word(words.POSTING_KINDS, line.kind), Money(line.amount_minor, currency)) for line in shown
    ]
    context["next"] = f"?{urlencode({**kept, 'after': shown[-1].cursor})}" if len(lines) > LINES else ""
    return show(request, visitor, "statement", context, page=PAGE, crumbs=[(_("试算平衡"), reverse(PAGE))])


def _months(code: str, currency: str) -> list[tuple[str, str]]:
    """This month and the one before, to look at an account's days."""
    today = ledger.business_day(utc_now())
    first = today.replace(day=1)
    last = date.fromordinal(first.toordinal() - 1)
    return [
        (f"{until:%Y-%m}", f"?{urlencode({'code': code, 'currency': currency, 'from': since, 'until': until})}")
        for since, until in ((first, today), (last.replace(day=1), last))
    ]


def _days(visitor: Visitor, code: str, currency: str, span: tuple[date, date]) -> dict[str, Any]:
    """The days on which it moved, and the line of its closing balance."""
    rows = ledger.account_days(visitor.shop.id, code, currency, *span)
    address = {"code": code, "currency": currency}
    return {
        "days": [
            {
                "day": row.day,
                "debit": _money(row.debit_minor, currency),
                "credit": _money(row.credit_minor, currency),
                "closing": Money(row.closing_minor, currency),
                "href": f"?{urlencode({**address, 'from': row.day, 'until': row.day})}",
            }
            for row in reversed(rows)
        ],
        "chart": {
            "kind": "line",
            "columns": [str(_("日期")), str(_("余额"))],
            "rows": [[f"{row.day:%m-%d}", row.closing_minor] for row in rows],
            "unit": currency,
            "format": "money",
        }
        if len(rows) > 1
        else None,
    }


@console_page(Permission.LEDGER_VIEW)
def transaction(request: HttpRequest, visitor: Visitor, tx_id: int) -> HttpResponse:
    """One transaction: every line, and what caused it."""
    found = ledger.transaction(visitor.shop.id, tx_id)
    named = _belonging(visitor, found.lines)
    context = {
        "title": words.word(words.POSTING_KINDS, found.kind),
        "tx": found,
        "lines": [
            (line, ledger.account_label(line.account), Money(line.amount_minor, found.currency), named[line.seq])
            for line in found.lines
        ],
        "belongs": any(named.values()),
        "causes": causes_of(visitor, found),
    }
    return show(request, visitor, "transaction", context, page=PAGE, crumbs=[(_("试算平衡"), reverse(PAGE))])


def _belonging(visitor: Visitor, lines: Sequence[TxPosting]) -> dict[int, str]:
    """Of each line what it belongs to besides its order, in words."""
    shop_id = visitor.shop.id
    names: dict[Any, str] = dict(sku_names(shop_id, [line.sku_id for line in lines if line.sku_id]))
    if any(line.supplier_id for line in lines):
        names |= {one.id: one.name for one in supply.suppliers(shop_id)}
    if any(line.party_id for line in lines):
        names |= {one.id: one.name for one in finance.parties(shop_id)}
    found = {}
    for line in lines:
        ids = (line.sku_id, line.supplier_id, line.party_id, line.brand_id, line.campaign_id)
        told = [names.get(one, str(one)[:8]) for one in ids if one]
        found[line.seq] = " · ".join([*told, *([line.channel] if line.channel else [])])
    return found


def causes_of(visitor: Visitor, found: TxView) -> list[dict[str, Any]]:
    """The orders and payments behind a posting, with links."""
    ids = list(dict.fromkeys(line.order_id for line in found.lines if line.order_id))
    causes = [
        {"label": _("订单 %(number)s") % {"number": order.number}, "href": reverse("desk:order", args=[order.number])}
        for order in orders.desk_orders(visitor.shop.id, ids)
    ]
    number = _payment_number(visitor, found)
    if number:
        causes.append(
            {"label": _("支付 %(number)s") % {"number": number}, "href": reverse("desk:payment", args=[number])}
        )
    return [*causes, *_elsewhere(found)]


def _elsewhere(found: TxView) -> list[dict[str, Any]]:
    """What else a posting can come from: a purchase, a supplier's account, a batch of codes; else in words alone."""
    kind, cause_id = found.cause
    address = book_words.CAUSE_PAGES.get(kind)
    label = book_words.CAUSES.get(kind)
    if label is None or cause_id is None:
        return []
    return [{"label": label, "href": reverse(address, args=[cause_id]) if address else ""}]


def _payment_number(visitor: Visitor, found: TxView) -> str:
    kind, cause_id = found.cause
    if cause_id is None:
        return ""
    try:
        if kind == "payments.fact":
            recorded = payments.recorded(visitor.shop.id, cause_id)
            paid = recorded.payment_id if recorded else None
        elif kind == "payments.refund":
            paid = payments.refund(visitor.shop.id, cause_id).payment_id
        else:
            paid = cause_id if kind == "payments.payment" else None
        return payments.payment(visitor.shop.id, paid).number if paid else ""
    except (PaymentNotFound, RefundNotFound):
        return ""
