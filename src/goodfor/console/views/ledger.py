"""The books: trial balance, one account's lines, one transaction back to its cause."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import words
from goodfor.console.frame import console_page, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.ledger.types import TxView
from goodfor.orders import queries as orders
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentNotFound, RefundNotFound

PAGE: Final = "desk:ledger"
LINES: Final = 50
TYPES: Final = ("asset", "liability", "equity", "income", "expense")


@console_page(Permission.LEDGER_VIEW)
def trial_balance(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Every account with its balance; both columns add up alike in each currency."""
    rows = [
        (
            row,
            ledger.account_label(row.code),
            _money(row.debit_minor, row.currency),
            _money(row.credit_minor, row.currency),
        )
        for row in ledger.trial_balance(visitor.shop.id)
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
    context = {"rows": rows, "sums": sums, "all": "all" in request.GET}
    return show(request, visitor, "ledger", context, page=PAGE)


def _money(minor: int, currency: str) -> Money | None:
    return Money(minor, currency) if minor else None


@console_page(Permission.LEDGER_VIEW)
def statement(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """An account's lines, newest first."""
    code, currency = request.GET.get("code", "")[:160], request.GET.get("currency", visitor.shop.currency)[:3]
    cursor = request.GET.get("after", "")
    lines = ledger.statement(visitor.shop.id, code, currency, cursor=cursor, limit=LINES + 1)
    shown = lines[:LINES]
    context = {
        "title": ledger.account_label(code),
        "code": code,
        "currency": currency,
        "balance": Money(ledger.balance(visitor.shop.id, code, currency), currency),
        "lines": [
            (line, words.word(words.POSTING_KINDS, line.kind), Money(line.amount_minor, currency)) for line in shown
        ],
        "next": shown[-1].cursor if len(lines) > LINES else "",
    }
    return show(request, visitor, "statement", context, page=PAGE, crumbs=[(_("试算平衡"), reverse(PAGE))])


@console_page(Permission.LEDGER_VIEW)
def transaction(request: HttpRequest, visitor: Visitor, tx_id: int) -> HttpResponse:
    """One transaction: every line, and what caused it."""
    found = ledger.transaction(visitor.shop.id, tx_id)
    context = {
        "title": words.word(words.POSTING_KINDS, found.kind),
        "tx": found,
        "lines": [
            (line, ledger.account_label(line.account), Money(line.amount_minor, found.currency)) for line in found.lines
        ],
        "causes": causes_of(visitor, found),
    }
    return show(request, visitor, "transaction", context, page=PAGE, crumbs=[(_("试算平衡"), reverse(PAGE))])


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
    return causes


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
