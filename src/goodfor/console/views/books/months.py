"""Months of the books: how each takes entries, what is asked before it closes, and closing it."""

from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import book_words as words
from goodfor.console import recon_words
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.books.asked import month_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.recon import queries as recon
from goodfor.recon.operations.close_month import close_month
from goodfor.recon.types import Condition

PAGE: Final = "desk:book-months"


@console_page(Permission.LEDGER_VIEW)
def months(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Every month of the books, the newest first."""
    rows = ledger.months(visitor.shop.id, ledger.business_day(utc_now()))
    context = {
        "rows": [(row, f"{row.month:%Y-%m}", *words.MONTHS[row.state]) for row in rows],
    }
    return show(request, visitor, "books/months", context, page=PAGE)


@console_page(Permission.LEDGER_VIEW)
def month(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One month, and what is asked before it closes."""
    today = ledger.business_day(utc_now())
    before = date.fromordinal(today.replace(day=1).toordinal() - 1).replace(day=1)
    return _month(request, visitor, month_of(request.GET.get("month", "")) or before)


def _month(
    request: HttpRequest, visitor: Visitor, wanted: date, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    check = recon.month_check(visitor.shop.id, wanted, recon.due_of_day, utc_now())
    last, state = recon.last_of(wanted), words.MONTHS[check.state]
    both = {one.key for one in check.soft}
    context = {
        "title": f"{wanted:%Y-%m}",
        "check": check,
        "month": f"{wanted:%Y-%m}",
        "state": state,
        "soft": [_condition(one) for one in check.soft],
        "hard": [_condition(one) for one in check.hard if one.key not in both],
        "may_soft": check.may_close(hard=False),
        "may_hard": check.may_close(hard=True),
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
        "trial": f"{reverse('desk:ledger')}?on={last.isoformat()}",
        "income": f"{reverse('desk:book-income')}?until={wanted:%Y-%m}",
        "files": f"{reverse('desk:book-files')}?from={wanted.isoformat()}&until={last.isoformat()}",
        "sums": _sums(visitor, last),
        "reason": request.POST.get("reason", "")[:300],
        "error": error,
    }
    status = error.http_status if error else 200
    crumbs = [(_("会计期间"), reverse(PAGE))]
    return show(request, visitor, "books/month", context, page=PAGE, crumbs=crumbs, status=status)


def _sums(visitor: Visitor, last: date) -> list[tuple[str, Money, Money]]:
    """Both columns of the trial balance at the end, by currency."""
    rows = ledger.trial_balance(visitor.shop.id, last)
    return [
        (
            currency,
            Money(sum(row.debit_minor for row in rows if row.currency == currency), currency),
            Money(sum(row.credit_minor for row in rows if row.currency == currency), currency),
        )
        for currency in sorted({row.currency for row in rows})
    ]


def _condition(one: Condition) -> dict[str, Any]:
    says, where = words.CONDITIONS[one.key]
    names = recon_words.CATEGORIES if one.key == "cases" else {}
    tone = "green" if one.ok else ("red" if one.blocks else "amber")
    return {
        "says": says,
        "word": _("符合") if one.ok else (_("不符合") if one.blocks else _("请留意")),
        "tone": tone,
        "label": where,
        "where": [str(names.get(place, place)) for place in one.where],
    }


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def close(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`act`: soft or hard; with a reason, after a fresh proof."""
    require_fresh_proof(request)
    wanted, what = month_of(request.POST.get("month", "")), request.POST.get("act", "")
    if wanted is None or what not in ("soft", "hard"):
        raise InvalidInput(_("没有这个操作"))
    common: dict[str, Any] = {
        "shop_id": visitor.shop.id, "month": wanted, "hard": what == "hard", "expected": recon.due_of_day,
        "reason": request.POST.get("reason", "").replace("\x00", ""), "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    try:
        state = close_month(**common)
        if state == "closing":
            # It is closed once whatever was being written when closing began has ended: mostly at once.
            state = close_month(**common)
    except DomainError as error:
        return _month(request, visitor, wanted, error)
    said = {"soft": _("已软关账，只能再记调整"), "closed": _("已关账"), "closing": _("正在关账，稍后再点一次")}[state]
    return done(request, said, f"{reverse('desk:book-month')}?month={wanted:%Y-%m}")
