"""A batch whose codes proved bad: off sale, on sale again, and called back; what that costs is shown before."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales import states
from goodfor.aftersales.errors import BatchMoved
from goodfor.aftersales.operations.pull_batch import lift_batch, pull_batch
from goodfor.aftersales.operations.start_recall import start_recall
from goodfor.console import words
from goodfor.console.columns import Text
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views import code_forms as forms
from goodfor.console.views.code_batch import PAGE, batch_of
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.vault.types import BatchFigures

#: A recall gives money back: it needs both rights.
_STARTS: Final = (Permission.CODES_QUARANTINE, Permission.CLAIMS_DECIDE)


def _words_of(state: str) -> Text:
    said: dict[str, Text] = {
        states.RECALL_DUE: _("等待处理"),
        states.OFFERED: _("已告知，等买家选择"),
        states.CLAIMED: _("已换新或退款"),
        states.OVER: _("之前已处理"),
    }
    return said[state]


@console_page(Permission.STOCK_VIEW)
def recall(request: HttpRequest, visitor: Visitor, code_batch_id: UUID) -> HttpResponse:
    """Who holds codes of the batch, what a recall would cost, and how it goes once it is started."""
    return _recall(request, visitor, batch_of(visitor, code_batch_id))


def _recall(
    request: HttpRequest, visitor: Visitor, found: BatchFigures, error: DomainError | None = None
) -> HttpResponse:
    shop_id, batch_id = visitor.shop.id, found.batch.id
    seen = aftersales.preview_recall(shop_id, batch_id, utc_now())
    people = {one.actor: one.username for one in identity.staff_of_shop(shop_id)}
    pulled, started = seen.pulled_at is not None, seen.started
    may_pull = visitor.may(Permission.CODES_QUARANTINE)
    context: dict[str, Any] = {
        "title": pgettext("act", "召回"),
        "batch": found.batch,
        "product": sku_names(shop_id, [seen.sku_id]).get(seen.sku_id, ""),
        "seen": seen,
        "pulled": pulled,
        "pulled_by": people.get(seen.pulled_by, words.actor(seen.pulled_by)) if pulled else "",
        "started": started,
        "started_by": people.get(started.started_by, words.actor(started.started_by)) if started else "",
        "progress": [(_words_of(state), count) for state, count in _in_order(started.counts)] if started else [],
        "running": bool(started and started.counts[states.RECALL_DUE]),
        "may_see_cost": visitor.may(Permission.CODES_IMPORT),
        "refunds": Money(seen.refunds_minor, seen.currency),
        "spare_cost": Money(seen.spare_cost_minor, seen.currency),
        "cost": Money(seen.cost_minor, seen.currency),
        "may_pull": may_pull and not pulled and found.batch.state == "active",
        "may_lift": may_pull and pulled,
        "may_start": pulled and started is None and seen.orders > 0 and all(visitor.may(one) for one in _STARTS),
        "error": error,
    }
    crumbs = [
        (_("卡密批次"), reverse(PAGE)),
        (found.batch.filename, reverse("desk:code-batch", args=[batch_id])),
    ]
    status = error.http_status if error else 200
    return show(request, visitor, "code_recall", context, page=PAGE, crumbs=crumbs, status=status)


def _in_order(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(state, counts[state]) for state in (states.RECALL_DUE, states.OFFERED, states.CLAIMED, states.OVER)]


@console_page(Permission.CODES_QUARANTINE, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, code_batch_id: UUID) -> HttpResponse:
    """`pull`, `lift` with its reason, or `start`, which gives money back and asks for a fresh proof."""
    found = batch_of(visitor, code_batch_id)
    asked = request.POST.get("act", "")
    if asked == "start" and not all(visitor.may(one) for one in _STARTS):
        raise NotAllowed
    try:
        said = _act(request, visitor, found, asked)
    except DomainError as error:
        return _recall(request, visitor, found, error)
    return done(request, said, reverse("desk:code-recall", args=[code_batch_id]))


def _act(request: HttpRequest, visitor: Visitor, found: BatchFigures, asked: str) -> str:
    shop_id, batch_id, actor, now = visitor.shop.id, found.batch.id, visitor.actor, utc_now()
    if asked == "pull":
        pull_batch(shop_id=shop_id, batch_id=batch_id, actor=actor, now=now)
        return _("已停售，没卖出的卡密已隔离")
    if asked == "lift":
        reason = forms.text_of(request.POST, "reason")
        if not reason:
            raise InvalidInput(_("请填写原因"))
        require_fresh_proof(request)
        lift_batch(shop_id=shop_id, batch_id=batch_id, note=reason, actor=actor, now=now)
        return _("批次已恢复销售")
    if asked == "start":
        require_fresh_proof(request)
        if request.POST.get("counted", "") != str(aftersales.preview_recall(shop_id, batch_id, now).codes):
            # More are in it, or fewer, than the page had shown the cost of.
            raise BatchMoved
        start_recall(shop_id=shop_id, batch_id=batch_id, actor=actor, now=now)
        return _("召回已发起")
    raise InvalidInput(_("没有这个操作"))
