"""Support's question: whose is this code? Found by the blind index of its exact text, which is never shown back."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import words
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.judging import CODE, Looking, judge, noted, remember_shown, shown_before, who_is
from goodfor.console.operations.plant_canary import plant_canary
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views import code_forms as forms
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.errors import CodeRemedied
from goodfor.risk.operations.canary_seen import seen_among
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.types import FoundCode

PAGE: Final = "desk:code-find"


@console_page(Permission.CODES_QUARANTINE, methods=("GET", "POST"))
def find(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The form; what is typed goes by POST, so that no address and no log holds a code. Every question is noted."""
    if request.method != "POST":
        return show(request, visitor, "code_find", {}, page=PAGE)
    number, secret = (forms.text_of(request.POST, name, 512) for name in ("number", "secret"))
    if not secret:
        return show(request, visitor, "code_find", {"wrong": _("请填写卡密")}, page=PAGE, status=422)
    shop_id, now = visitor.shop.id, utc_now()
    # Whoever brings bait has it from the stock, whatever becomes of the question.
    seen_among(
        shop_id=shop_id, fingerprints=stock.marks_of(shop_id, secret=secret, number=number), place="lookup", now=now,
        who=who_is(request, visitor),
    )  # fmt: skip
    code_id = stock.find_code(shop_id, number=number, secret=secret)
    judged = judge(request, visitor, _looking(stock.code_place(shop_id, code_id) if code_id else None))
    audit.record(
        shop_id=shop_id,
        actor=visitor.actor,
        action="vault.code_looked_up",
        subject=("code", code_id or ""),
        data={"found": code_id is not None},
        now=now,
    )
    noted(judged)
    if code_id is not None:
        remember_shown(request, code_id)
    if code_id is None:
        return show(request, visitor, "code_find", {"missing": True}, page=PAGE)
    return redirect("desk:code-one", code_id)


@console_page(Permission.CODES_QUARANTINE, methods=("GET", "POST"))
def one(request: HttpRequest, visitor: Visitor, code_id: UUID) -> HttpResponse:
    """One code by its internal id: where it is, who bought it, and taking it off sale."""
    found = stock.code_place(visitor.shop.id, code_id)
    if not shown_before(request, code_id):
        noted(judge(request, visitor, _looking(found)))
        remember_shown(request, code_id)
    if request.method != "POST":
        return _one(request, visitor, found)
    try:
        said = _act(request, visitor, found)
    except DomainError as error:
        return _one(request, visitor, stock.code_place(visitor.shop.id, code_id), error)
    return done(request, said, reverse("desk:code-one", args=[code_id]))


def _looking(found: FoundCode | None) -> Looking:
    """A question without an answer shows no code, and is a question all the same."""
    if found is None:
        return Looking(CODE, 0)
    return Looking(
        CODE, 1, unsold=int(found.sold_at is None), code_id=found.id, batch_id=found.batch_id,
        worth=Money(found.unit_cost_minor, found.currency),
    )  # fmt: skip


def _act(request: HttpRequest, visitor: Visitor, found: FoundCode) -> str:
    asked, reason = request.POST.get("act", ""), forms.text_of(request.POST, "reason")
    if not reason:
        raise InvalidInput(_("请填写原因"))
    told: dict[str, Any] = {
        "shop_id": visitor.shop.id, "code_ids": [found.id], "reason": reason, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    if asked == "quarantine":
        vault.quarantine_codes(**told)
        return _("已隔离")
    if asked == "restore":
        if orders.is_remedied(visitor.shop.id, found.id):
            raise CodeRemedied
        vault.restore_codes(**told)
        return _("已解除隔离")
    if asked == "plant":
        if not visitor.may(Permission.RISK_SET):
            raise NotAllowed
        require_fresh_proof(request)
        plant_canary(shop_id=visitor.shop.id, code_id=found.id, why=reason, actor=visitor.actor, now=utc_now())
        return _("已设为金丝雀卡密，不会再卖出；在外面出现时会提醒店主")
    if asked != "void":
        raise InvalidInput(_("没有这个操作"))
    if not visitor.may(Permission.CODES_VOID):
        raise NotAllowed
    require_fresh_proof(request)
    vault.void_codes(**told)
    return _("已作废")


def _one(request: HttpRequest, visitor: Visitor, found: FoundCode, error: DomainError | None = None) -> HttpResponse:
    label, tone = words.CODE_STATES[found.state]
    staged = found.lot_state == "staged"
    order = orders.order_of_line(visitor.shop.id, found.holder_id) if found.holder_id else None
    sees = visitor.may(Permission.BUYERS_VIEW)
    buyer = (order.contact if sees else orders.masked_contact(order.contact)) if order and order.contact else ""
    context = {
        "title": _("卡密 %(id)s") % {"id": str(found.id)[-6:]},
        "code": found,
        "sku": sku_names(visitor.shop.id, [found.sku_id]).get(found.sku_id, ""),
        "state": _("待上架") if staged else label,
        "tone": "amber" if staged else tone,
        "lot": words.LOT_STATES[found.lot_state],
        "last_day": forms.day_before(found.expires_at, visitor),
        "cost": Money(found.unit_cost_minor, found.currency) if visitor.may(Permission.CODES_IMPORT) else None,
        "order": order,
        "buyer": buyer,
        "may_quarantine": not staged and found.state in ("free", "reserved", "sold"),
        "may_restore": found.state == "quarantined",
        "may_void": not staged and found.state in ("free", "quarantined") and visitor.may(Permission.CODES_VOID),
        "may_plant": not staged
        and found.sold_at is None
        and found.holder_id is None
        and found.state in ("free", "quarantined")
        and visitor.may(Permission.RISK_SET),
        "error": error,
    }
    crumbs = [(_("查卡密"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "code_one", context, page=PAGE, crumbs=crumbs, status=status)
