"""Taking unsold codes away in the open: for those who may reveal, after a fresh proof, with a reason, written down.

It takes two: who wants it asks, another person of the shop agrees, and then who asked takes the file, once. Who is
alone in the shop waits over a night instead, and the owner hears of it at once.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import wishing
from goodfor.console.errors import WishMoved
from goodfor.console.frame import console_page, done, show
from goodfor.console.judging import EXPORT, Looking, judge, noted, who_is
from goodfor.console.listing.files import csv_text
from goodfor.console.operations.take_export import take_codes, watched
from goodfor.console.operations.wish import wish, withdraw_wish
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor, WishView
from goodfor.console.views import code_forms as forms
from goodfor.console.views.code_batch import PAGE, batch_of
from goodfor.console.wish_queries import newest_wish, others
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.vault import queries as stock
from goodfor.vault.types import BatchFigures, RevealedCode

MARK: Final = "\ufeff"


@console_page(Permission.CODES_REVEAL, methods=("GET", "POST"))
@step_up
def export(request: HttpRequest, visitor: Visitor, code_batch_id: UUID) -> HttpResponse:
    """The question; on POST the wish, or the file itself, which is never stored."""
    found = batch_of(visitor, code_batch_id)
    if request.method != "POST":
        return _ask(request, visitor, found)
    act = request.POST.get("act", "")
    try:
        if act == "withdraw":
            return _withdraw(request, visitor, found)
        return _take(request, visitor, found) if act == "take" else _wish(request, visitor, found)
    except DomainError as error:
        return _ask(request, visitor, batch_of(visitor, code_batch_id), error)


def _count(visitor: Visitor, found: BatchFigures) -> int:
    """What the file would hold: bait looks like all others."""
    return found.left + stock.planted_in_batch(visitor.shop.id, found.batch.id) if found.left else 0


def _mine(visitor: Visitor, found: BatchFigures) -> WishView | None:
    return newest_wish(visitor.shop.id, wishing.CODES, found.batch.id, visitor.staff.id)


def _wish(request: HttpRequest, visitor: Visitor, found: BatchFigures) -> HttpResponse:
    reason, count = forms.text_of(request.POST, "reason"), _count(visitor, found)
    if not reason:
        raise InvalidInput(_("请填写原因"))
    if not count or request.POST.get("counted") != str(count):
        raise InvalidInput(_("数量已变化，请按新的数量重新确认"))
    asked = wish(
        shop_id=visitor.shop.id, staff=visitor.staff, kind=wishing.CODES, subject_id=found.batch.id, rows=count,
        reason=reason, now=utc_now(),
    )  # fmt: skip
    said = _("已登记：店里没有别人可以批准，等待期过后你可以自己取一次") if asked.alone else _("已提交，等一位同事批准")
    return done(request, said, reverse("desk:code-export", args=[found.batch.id]))


def _withdraw(request: HttpRequest, visitor: Visitor, found: BatchFigures) -> HttpResponse:
    asked = _mine(visitor, found)
    if asked is None:
        raise WishMoved
    withdraw_wish(shop_id=visitor.shop.id, wish_id=asked.id, actor=visitor.actor, now=utc_now())
    return done(request, _("已撤回"), reverse("desk:code-batch", args=[found.batch.id]))


def _take(request: HttpRequest, visitor: Visitor, found: BatchFigures) -> HttpResponse:
    asked, count, now = _mine(visitor, found), _count(visitor, found), utc_now()
    if asked is None or not asked.is_open(now):
        raise WishMoved
    if not count or request.POST.get("counted") != str(count):
        raise InvalidInput(_("数量已变化，请按新的数量重新确认"))
    judged = judge(
        request, visitor,
        Looking(
            EXPORT, count, unsold=count, batch_id=found.batch.id, taken=asked.id, rows=count, approved=True,
            worth=Money(sum(lot.free * lot.unit_cost_minor for lot in found.lots), found.batch.currency),
        ),
    )  # fmt: skip
    pages = take_codes(
        shop_id=visitor.shop.id, wish_id=asked.id, staff_id=visitor.staff.id, count=count,
        take_off_sale="keep_on_sale" not in request.POST, now=utc_now(),
    )  # fmt: skip
    noted(judged)
    heads = (_("卡号"), _("卡密"), _("有效期"))
    lines = _lines(heads, watched(visitor.shop.id, pages, now, who_is(request, visitor)), visitor)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="codes-{found.batch.created_at:%Y%m%d-%H%M}.csv"'
    return response  # type: ignore[return-value]


def _ask(request: HttpRequest, visitor: Visitor, found: BatchFigures, error: DomainError | None = None) -> HttpResponse:
    back, now, asked = reverse("desk:code-batch", args=[found.batch.id]), utc_now(), _mine(visitor, found)
    colleagues = others(visitor.shop.id, visitor.staff.id, now)
    context: dict[str, Any] = {
        "title": _("导出未售卡密"),
        "found": found,
        "batch": found.batch,
        "count": _count(visitor, found),
        "error": error,
        "back": back,
        "step": _step(asked, now),
        "wish": asked,
        "others": "、".join(one.username for one in colleagues[:5]),
        "hours": int(wishing.ALONE_AFTER.total_seconds() // 3600),
    }
    crumbs = [(_("卡密批次"), reverse(PAGE)), (found.batch.filename, back)]
    status = error.http_status if error else 200
    return show(request, visitor, "code_export", context, page=PAGE, crumbs=crumbs, status=status)


def _step(asked: WishView | None, now: datetime) -> str:
    """Where it stands: to be asked for, waiting for a yes, waiting for its time, to be taken."""
    if asked is None:
        return "ask"
    if asked.is_open(now):
        return "take"
    if asked.state == "asked" and asked.due_at > now:
        return "wait"
    early = asked.state == "approved" and asked.open_from is not None and asked.open_from > now
    return "early" if early else "ask"


def _lines(heads: tuple[str, ...], pages: Iterator[list[RevealedCode]], visitor: Visitor) -> Iterator[str]:
    """CSV that a spreadsheet opens rightly; what it would take for a formula is quoted."""
    yield MARK + _csv([list(heads)])
    for page in pages:
        yield _csv(
            [
                [csv_text(code.number), csv_text(code.secret), forms.day_before(code.expires_at, visitor)]
                for code in page
            ]
        )


def _csv(rows: list[list[str]]) -> str:
    out = StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()
