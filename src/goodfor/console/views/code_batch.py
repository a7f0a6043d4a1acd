"""One batch of codes: its figures, its report, its past, and what can be done with it."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.errors import BatchMoved
from goodfor.console import audit_words, words
from goodfor.console.desk.codes import batch_rows, condition, unit_cost
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views import code_forms as forms
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.errors import BatchNotFound
from goodfor.vault.types import BatchFigures

PAGE: Final = "desk:code-batches"
SHOWN_FAULTS: Final = 200
#: A request writes codes off for so long; what is left then asks for another click.
TURN: Final = timedelta(seconds=12)
_RIGHTS: Final = {
    "quarantine": Permission.CODES_QUARANTINE,
    "restore": Permission.CODES_QUARANTINE,
    "void": Permission.CODES_VOID,
    "activate": Permission.CODES_IMPORT,
    "cancel": Permission.CODES_IMPORT,
    "expiry": Permission.CODES_IMPORT,
    "cost": Permission.CODES_IMPORT,
}


def batch_of(visitor: Visitor, batch_id: UUID) -> BatchFigures:
    """A batch of the visitor's shop. Raises BatchNotFound."""
    found = stock.batches_by_ids(visitor.shop.id, [batch_id])
    if not found:
        raise BatchNotFound(batch_id=str(batch_id))
    return found[0]


@console_page(Permission.STOCK_VIEW)
def batch(request: HttpRequest, visitor: Visitor, code_batch_id: UUID) -> HttpResponse:
    """Everything about a batch but what is in it."""
    return _batch(request, visitor, batch_of(visitor, code_batch_id))


def _batch(
    request: HttpRequest, visitor: Visitor, found: BatchFigures, error: DomainError | None = None
) -> HttpResponse:
    shop_id, view = visitor.shop.id, found.batch
    (row,) = batch_rows(shop_id, [found])
    label, tone = condition(row)
    states = {lot.state for lot in found.lots}
    may = {name: visitor.may(right) for name, right in _RIGHTS.items()}
    on_sale = view.state == "active"
    watched = aftersales.watch_of(shop_id, view.id)
    context: dict[str, Any] = {
        "title": view.filename,
        "found": found,
        "batch": view,
        "row": row,
        "state": label,
        "tone": tone,
        "unit_cost": unit_cost(row),
        "may_see_cost": visitor.may(Permission.CODES_IMPORT),
        "lots": [
            (lot, *words.LOT_STATES[lot.state], Money(lot.unit_cost_minor, lot.currency),
             forms.day_before(lot.expires_at, visitor))
            for lot in found.lots
        ],
        "by_problem": [
            (_("文件内重复"), view.counts.duplicate_in_file),
            (_("店铺已有"), view.counts.duplicate_held),
            (_("有问题的行"), view.counts.rejected),
        ],
        "faults": [
            (fault, stock.fault_text(fault.problem))
            for fault in stock.batch_faults(shop_id, view.id, limit=SHOWN_FAULTS)
        ],
        "history": _history(visitor, view.id),
        "may_quarantine": may["quarantine"] and on_sale and bool(states & {"open", "drained", "expired"}),
        "watched": watched if watched and (watched.bad or watched.pulled_at) else None,
        "pulled": watched is not None and watched.pulled_at is not None,
        "watched_tone": "red" if watched and watched.pulled_at else "amber",
        "may_restore": may["restore"] and "quarantined" in states and not (watched and watched.pulled_at),
        "voidable": stock.voidable(shop_id, found) if may["void"] and on_sale else 0,
        "may_activate": may["activate"] and found.condition == "held",
        "may_cancel": may["cancel"] and view.state == "staging",
        "may_change": may["expiry"] and view.state != "cancelled" and bool(found.lots),
        "may_cost": may["cost"] and found.condition == "held",
        "may_export": visitor.may(Permission.CODES_REVEAL) and on_sale and found.left > 0,
        "error": error,
        "running": found.condition == "staging",
    }  # fmt: skip
    crumbs = [(_("卡密批次"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "code_batch", context, page=PAGE, crumbs=crumbs, status=status)


def _history(visitor: Visitor, batch_id: UUID) -> list[dict[str, Any]]:
    people = {one.actor: one.username for one in identity.staff_of_shop(visitor.shop.id)}
    items = []
    for line in audit.lines_of(shop_id=visitor.shop.id, subject=("batch", batch_id)):
        if line.action in words.BATCH_ACTS:
            count, reason = line.data.get("count"), str(line.data.get("reason", ""))
            counted = _("%(n)s 个") % {"n": f"{count:,}"} if isinstance(count, int) else ""
            items.append(
                {
                    "at": line.at,
                    "label": audit_words.action(line.action),
                    "who": people.get(line.actor, words.actor(line.actor)),
                    "text": " ".join(part for part in (counted, reason) if part),
                    "tone": "red" if line.action in ("vault.batch_voided", "vault.codes_exported") else "",
                }
            )
    return items


@console_page(Permission.STOCK_VIEW, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, code_batch_id: UUID) -> HttpResponse:
    """`act` with its reason, where one is asked for; each has its own permission."""
    found = batch_of(visitor, code_batch_id)
    asked = request.POST.get("act", "")
    if not visitor.may(_RIGHTS.get(asked, "none")):
        raise NotAllowed
    try:
        said = _act(request, visitor, found, asked)
    except DomainError as error:
        return _batch(request, visitor, batch_of(visitor, code_batch_id), error)
    return done(request, said, reverse("desk:code-batch", args=[code_batch_id]))


def _act(request: HttpRequest, visitor: Visitor, found: BatchFigures, asked: str) -> str:
    reason = forms.text_of(request.POST, "reason")
    if not reason and asked != "activate":
        raise InvalidInput(_("请填写原因"))
    told: dict[str, Any] = {
        "shop_id": visitor.shop.id, "batch_id": found.batch.id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    if asked == "quarantine":
        vault.quarantine_lots(**told, reason=reason)
        return _("批次已隔离，不再出售")
    if asked == "restore":
        watched = aftersales.watch_of(visitor.shop.id, found.batch.id)
        if watched is not None and watched.pulled_at is not None:
            # Off sale for bad codes: the page of its recall lets it go on, with its own words.
            raise BatchMoved
        vault.restore_lots(**told, reason=reason)
        return _("批次已恢复销售")
    if asked == "activate":
        vault.activate_held(**told)
        return _("批次已上架")
    if asked == "cancel":
        vault.cancel_batch(**told, reason=reason)
        return _("导入已取消，暂存的卡密会被删除")
    if asked == "void":
        require_fresh_proof(request)
        return _void(request, told, reason)
    return _change(request, visitor, found, told, asked, reason)


def _void(request: HttpRequest, told: dict[str, Any], reason: str) -> str:
    counted = request.POST.get("counted", "")
    expected = int(counted) if counted.isascii() and counted.isdigit() and len(counted) < 12 else -1
    until, total = utc_now() + TURN, 0
    while True:
        part = vault.void_batch(**told, expected=expected, reason=reason)
        total, expected = total + part.count, part.left
        if not part.left:
            return _("已作废 %(n)s 个卡密") % {"n": f"{total:,}"}
        if utc_now() > until:
            break
    return _("已作废 %(n)s 个卡密，还剩 %(left)s 个，请再点一次继续") % {"n": f"{total:,}", "left": f"{expected:,}"}


def _change(
    request: HttpRequest, visitor: Visitor, found: BatchFigures, told: dict[str, Any], asked: str, reason: str
) -> str:
    sent = request.POST
    chosen = sent.get("lot", "")
    lot_ids = [lot.id for lot in found.lots if chosen in ("", str(lot.id))]
    if asked == "expiry":
        expires_at = forms.last_day(sent, "expires", visitor)
        if expires_at is None and "never" not in sent:
            raise InvalidInput(_("请填写新的有效期，或勾选长期有效"))
        vault.change_expiry(**told, lot_ids=lot_ids, expires_at=expires_at, reason=reason)
        return _("有效期已更改")
    vault.change_cost(**told, lot_ids=lot_ids, unit_cost_minor=forms.money_of(sent, "cost", visitor), reason=reason)
    return _("成本已更改")
