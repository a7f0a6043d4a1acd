"""One comparing of an account's day: its figures, what it found, the versions before it; and comparing once more."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import recon_words as words
from goodfor.console.desk.recon_cases import names_of
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.views.recon.days import PAGE, import_row
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.recon import queries as recon
from goodfor.recon.operations.compare_again import compare_again
from goodfor.recon.types import BreakView

SHOWN: Final = 100


@console_page(Permission.LEDGER_VIEW)
def run(request: HttpRequest, visitor: Visitor, recon_run_id: UUID) -> HttpResponse:
    """One version, in force or replaced."""
    shop_id = visitor.shop.id
    found = recon.run(shop_id, recon_run_id)
    currency, books, theirs, actor = recon.run_extra(shop_id, found.id)
    shown = request.GET.get("category", "")
    shown = shown if shown in found.breaks else ""
    after = request.GET.get("after", "")
    offset = int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0
    breaks = recon.breaks(shop_id, found.id, category=shown, offset=offset, limit=SHOWN + 1)
    names, sheet = names_of(shop_id), recon.day_sheet(shop_id, found.day, recon.due_of_day)
    mine = next((one for one in sheet.accounts if one.run and one.run.id == found.id), None)
    context = {
        "title": f"{words.word(words.AREAS, found.area)} {found.account}",
        "run": found,
        "by": names.get(actor, actor),
        "matched": Money(found.matched_minor, currency),
        "books": Money(books, currency),
        "theirs": Money(theirs, currency),
        "count": sum(found.breaks.values()),
        "tabs": _tabs(found.breaks),
        "shown": shown,
        "breaks": [_break(one, currency) for one in breaks[:SHOWN]],
        "next": f"?{urlencode({'category': shown, 'after': offset + SHOWN})}" if len(breaks) > SHOWN else "",
        "imports": [import_row(one, currency) for one in mine.imports] if mine else [],
        "versions": recon.versions(shop_id, found.area, found.account, found.day),
        "may_again": visitor.may(Permission.LEDGER_ADJUST) and found.live and sheet.closed_at is None,
    }
    address = f"{reverse('desk:recon-day')}?day={found.day.isoformat()}"
    crumbs = [(_("日对账单"), reverse(PAGE)), (found.day.isoformat(), address)]
    return show(request, visitor, "recon/run", context, page=PAGE, crumbs=crumbs)


def _tabs(breaks: Any) -> list[dict[str, Any]]:
    every = {"key": "", "label": _("全部"), "href": "?", "count": sum(breaks.values())}
    return [every] + [
        {"key": key, "label": f"{key} {words.word(words.CATEGORIES, key)}", "href": f"?category={key}", "count": count}
        for key, count in sorted(breaks.items())
    ]


def _break(one: BreakView, currency: str) -> dict[str, Any]:
    return {
        "one": one,
        "word": words.word(words.CATEGORIES, one.category),
        "risk": Money(one.risk_minor, currency),
        "key": one.business_key,
    }


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def again(request: HttpRequest, visitor: Visitor, recon_run_id: UUID) -> HttpResponse:
    """Compare it once more: a new version; the one before stays as it was."""
    compare_again(shop_id=visitor.shop.id, run_id=recon_run_id, actor=visitor.actor, now=utc_now())
    return done(request, _("一分钟内重新核对，结果是新的一版"), reverse("desk:recon-run", args=[recon_run_id]))
