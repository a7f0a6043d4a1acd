"""Days of reconciliation: what was compared, what stands against closing, and closing it by two."""

from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from goodfor.console import recon_words as words
from goodfor.console.desk.recon_cases import names_of
from goodfor.console.frame import console_page, done, show
from goodfor.console.second_person import colleagues, must_be_oneself
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.recon import queries as recon
from goodfor.recon.errors import DayNotClosable
from goodfor.recon.operations.ask_day import agree_day, ask_day, withdraw_day
from goodfor.recon.types import AccountDay, ImportView

PAGE: Final = "desk:recon-days"
BEIJING: Final = ZoneInfo("Asia/Shanghai")
#: Days on one page of the list.
SHOWN: Final = 31


@console_page(Permission.LEDGER_VIEW)
def days(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A month of days, the latest first."""
    yesterday = utc_now().astimezone(BEIJING).date() - timedelta(days=1)
    last = min(_day(request.GET.get("until", "")) or yesterday, yesterday)
    first = last - timedelta(days=SHOWN - 1)
    names = names_of(visitor.shop.id)
    rows = recon.day_lines(visitor.shop.id, first, last, recon.due_of_day)
    context = {
        "rows": [
            {
                "one": row,
                "breaks": sum(row.breaks.values()),
                "by": names.get(row.closed_by, row.closed_by),
                "asked": names.get(row.asked_by, row.asked_by),
                "state": _state(row.closed_at is not None, row.asked_by, row.missing, row.open_cases),
            }
            for row in rows
        ],
        "previous": f"?until={(last + timedelta(days=SHOWN)).isoformat()}" if last < yesterday else "",
        "next": f"?until={(first - timedelta(days=1)).isoformat()}",
        "first": first,
        "last": last,
    }
    return show(request, visitor, "recon/days", context, page=PAGE)


def _state(closed: bool, asked: str, missing: int, cases: int) -> tuple[str, str]:
    if closed:
        return _("已关账"), "green"
    if asked:
        return _("等第二个人"), "amber"
    if missing:
        return _("没有核对完"), "red"
    return (_("有差异"), "amber") if cases else (_("可以关账"), "plain")


@console_page(Permission.LEDGER_VIEW)
def day(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The sheet of one day."""
    yesterday = utc_now().astimezone(BEIJING).date() - timedelta(days=1)
    return _sheet(request, visitor, _day(request.GET.get("day", "")) or yesterday)


def _sheet(
    request: HttpRequest, visitor: Visitor, wanted: date, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id = visitor.shop.id
    sheet, names = recon.day_sheet(shop_id, wanted, recon.due_of_day), names_of(shop_id)
    asked = recon.asked_day(shop_id, wanted)
    others = colleagues(visitor, utc_now())
    context = {
        "title": _("%(day)s 的对账单") % {"day": wanted.isoformat()},
        "day": wanted,
        "sheet": sheet,
        "accounts": [_account(visitor, one) for one in sheet.accounts],
        "reasons": [(words.word(words.REASONS, what), words.place(where)) for what, where in sheet.reasons],
        "closed_by": names.get(sheet.closed_by, sheet.closed_by),
        "asked": asked if sheet.closed_at is None else None,
        "asked_by": names.get(asked.asked_by, asked.asked_by) if asked else "",
        "asked_by_me": asked is not None and asked.asked_by == visitor.actor,
        "alone": not others,
        "others": "、".join(others[:5]),
        "may_act": visitor.may(Permission.LEDGER_ADJUST) and sheet.closed_at is None and bool(sheet.accounts),
        "before": (wanted - timedelta(days=1)).isoformat(),
        "after": (wanted + timedelta(days=1)).isoformat(),
        "cases": f"{reverse('desk:recon')}?day_from={wanted.isoformat()}&day_until={wanted.isoformat()}",
        "error": error,
        "told": _told(error),
    }
    status = error.http_status if error else 200
    crumbs = [(_("日对账单"), reverse(PAGE))]
    return show(request, visitor, "recon/day", context, page=PAGE, crumbs=crumbs, status=status)


def _told(error: DomainError | None) -> list[str]:
    if not isinstance(error, DayNotClosable):
        return []
    return [f"{words.word(words.REASONS, what)} {words.place(where)}" for what, where in error.data.get("reasons", [])]


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`act`: ask (for the second person), agree (close it), withdraw."""
    require_fresh_proof(request)
    wanted = _day(request.POST.get("day", ""))
    if wanted is None:
        raise InvalidInput(_("请选择日期"))
    here = f"{reverse('desk:recon-day')}?day={wanted.isoformat()}"
    try:
        said = _do(request, visitor, wanted)
    except DomainError as error:
        return _sheet(request, visitor, wanted, error)
    return done(request, said, here)


def _do(request: HttpRequest, visitor: Visitor, wanted: date) -> str:
    now = utc_now()
    common: dict[str, Any] = {"shop_id": visitor.shop.id, "day": wanted, "actor": visitor.actor, "now": now}
    what, alone = request.POST.get("act", ""), not colleagues(visitor, now)
    if what in ("ask", "agree") and not alone:
        must_be_oneself(visitor, now)
    if what == "ask":
        note = request.POST.get("note", "").replace("\x00", "")
        ask_day(**common, expected=recon.due_of_day, note=note)
        return _("已申请，等一位同事复核后关账")
    if what == "agree":
        agree_day(**common, expected=recon.due_of_day, alone=alone)
        return _("这一天已关账")
    if what == "withdraw":
        withdraw_day(**common)
        return _("申请已撤回")
    raise InvalidInput(_("没有这个操作"))


def _account(visitor: Visitor, one: AccountDay) -> dict[str, Any]:
    currency, books, theirs = visitor.shop.currency, one.books_minor, one.theirs_minor
    if one.run:
        currency, books, theirs, _actor = recon.run_extra(visitor.shop.id, one.run.id)
    return {
        "one": one,
        "area": words.word(words.AREAS, one.area),
        "breaks": sum(one.run.breaks.values()) if one.run else 0,
        "theirs": Money(theirs, currency),
        "books": Money(books, currency),
        # The books of suppliers are compared by their balance.
        "differs": one.run is not None and one.area != "supplier" and theirs != books,
        "imports": [import_row(item, currency) for item in one.imports],
    }


def import_row(one: ImportView, currency: str) -> dict[str, Any]:
    """What was taken in of one side, with its chain of balances where it has one."""
    return {
        "one": one,
        "side": words.word(words.SIDES, one.side),
        "came": Money(one.came_minor, currency),
        "went": Money(one.went_minor, currency),
        "opening": None if one.opening_minor is None else Money(one.opening_minor, currency),
        "closing": None if one.closing_minor is None else Money(one.closing_minor, currency),
    }


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip()[:10])
    except ValueError:
        return None
