"""Who is paid: a list of parties, a new one, and what may be changed of one."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import finance_words as words
from goodfor.console import money_fields as fields
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.finance import queries as finance
from goodfor.finance.operations import change_party, open_party
from goodfor.finance.types import PartyInput, PartyView
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import EXPONENTS, Money
from goodfor.payments import queries as payments
from goodfor.supply import queries as supply

PAGE: Final = "desk:finance-parties"
ENDED: Final = "ended"


@console_page(Permission.LEDGER_VIEW)
def parties(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All parties by kind; those that have ended stand apart."""
    found, now = finance.parties(visitor.shop.id), utc_now()
    groups = {kind: [one for one in found if one.kind == kind and one.ended_at is None] for kind in words.KINDS}
    groups = {kind: some for kind, some in groups.items() if some}
    groups[ENDED] = [one for one in found if one.ended_at is not None]
    running = [one for one in found if one.ended_at is None]
    asked = request.GET.get("kind", "")
    shown = groups.get(asked, running)
    tabs = [{"key": "", "label": _("全部"), "href": "?", "count": len(running)}]
    tabs += [
        {"key": kind, "label": words.KINDS.get(kind, _("已停止")), "href": f"?kind={kind}", "count": len(some)}
        for kind, some in groups.items()
        if some
    ]
    context = {
        "rows": [
            {
                "one": one, "kind": words.KINDS.get(one.kind, one.kind), "cycle": cycle_text(one),
                "frozen": one.frozen_until is not None and one.frozen_until > now,
                "least": Money(one.min_payout_minor, one.currency), "held": fields.percent(one.hold_back_bp),
            }
            for one in shown
        ],
        "tabs": tabs,
        "shown": asked if asked in groups else "",
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
    }  # fmt: skip
    return show(request, visitor, "finance/parties", context, page=PAGE)


def cycle_text(one: PartyView) -> str:
    """When a party is settled, in words."""
    word = str(words.CYCLES.get(one.cycle, one.cycle))
    if one.cycle == "weekly":
        days = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
        return _("%(cycle)s，%(day)s日切") % {"cycle": word, "day": days[min(one.cycle_day, 7) - 1]}
    if one.cycle == "monthly":
        return _("%(cycle)s，每月 %(day)s 日") % {"cycle": word, "day": one.cycle_day}
    return word


@console_page(Permission.LEDGER_ADJUST, methods=("GET", "POST"))
@step_up
def new_party(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Somebody new who is to be paid."""
    if request.method != "POST":
        return _form(request, visitor, None, {"currency": visitor.shop.currency, "cycle_day": "1", "lag_days": "0"})
    try:
        sent = input_of(request.POST, request.POST.get("currency", ""))
        made = open_party(shop_id=visitor.shop.id, party=sent, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _form(request, visitor, None, request.POST.dict(), error)
    return done(request, _("结算方已新增，接着登记收款账户"), reverse("desk:finance-party", args=[made.id]))


@console_page(Permission.LEDGER_ADJUST, methods=("GET", "POST"))
@step_up
def edit_party(request: HttpRequest, visitor: Visitor, party_id: UUID) -> HttpResponse:
    """What may change of one: kind, code and currency never do, since accounts are named by them."""
    found = finance.party(visitor.shop.id, party_id)
    if request.method != "POST":
        return _form(request, visitor, found, _typed(found))
    fixed = {"kind": found.kind, "code": found.code, "currency": found.currency, "supplier_code": found.supplier_code}
    try:
        sent = input_of({**request.POST.dict(), **fixed}, found.currency)
        change_party(shop_id=visitor.shop.id, party_id=party_id, party=sent, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _form(request, visitor, found, {**request.POST.dict(), **fixed}, error)
    return done(request, _("结算方资料已保存"), reverse("desk:finance-party", args=[party_id]))


def input_of(sent: Mapping[str, str] | QueryDict, currency: str) -> PartyInput:
    """What a form says of a party. Raises InvalidInput with the field."""
    if currency not in EXPONENTS:
        raise InvalidInput(words.FIELDS["currency"], field="currency")
    kind, supplier = fields.text_of(sent, "kind", 12), fields.text_of(sent, "supplier_code", 32)
    receiver = fields.text_of(sent, "receiver_id", 36)
    try:
        receiver_id = UUID(receiver) if receiver else None
    except ValueError:
        raise InvalidInput(words.FIELDS["receiver_id"], field="receiver_id") from None
    if kind == "supplier" and not supplier:
        raise InvalidInput(words.FIELDS["supplier_code"], field="supplier_code")
    return PartyInput(
        kind=kind,
        # A supplier's accounts are named by its own code.
        code=supplier if kind == "supplier" else fields.text_of(sent, "code", 40),
        name=fields.text_of(sent, "name", 120),
        currency=currency,
        email=fields.text_of(sent, "email", 300),
        supplier_code=supplier if kind == "supplier" else "",
        receiver_id=receiver_id,
        cycle=fields.text_of(sent, "cycle", 8),
        cycle_day=fields.whole_of(sent, "cycle_day", 1, 31),
        lag_days=fields.whole_of(sent, "lag_days", 0, 365),
        min_payout_minor=fields.minor_of(sent, "min_payout", currency),
        hold_back_bp=fields.points_of(sent, "hold_back"),
        collection=fields.text_of(sent, "collection", 16),
    )


def _typed(one: PartyView) -> dict[str, str]:
    return {
        "kind": one.kind, "code": one.code, "name": one.name, "currency": one.currency, "email": one.email,
        "supplier_code": one.supplier_code, "receiver_id": str(one.receiver_id or ""), "cycle": one.cycle,
        "cycle_day": str(one.cycle_day), "lag_days": str(one.lag_days),
        "min_payout": fields.plain(one.min_payout_minor, one.currency), "hold_back": fields.percent(one.hold_back_bp),
        "collection": one.collection,
    }  # fmt: skip


def _form(
    request: HttpRequest, visitor: Visitor, found: PartyView | None, typed: Mapping[str, str],
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    errors = words.errors_of(error)
    receivers = [one for account in payments.splitting_accounts(visitor.shop.id) for one in account.receivers]
    context: dict[str, Any] = {
        "title": _("修改 %(name)s") % {"name": found.name} if found else _("新增结算方"),
        "party": found,
        "typed": typed,
        "errors": errors,
        "error": error if error and not errors else None,
        "kinds": list(words.KINDS.items()),
        "cycles": list(words.CYCLES.items()),
        "collections": list(words.COLLECTIONS.items()),
        "suppliers": [(one.code, f"{one.name} ({one.code})") for one in supply.suppliers(visitor.shop.id)],
        "receivers": [(str(one.id), one.label) for one in receivers],
    }
    crumbs = [(_("结算方"), reverse(PAGE))]
    if found:
        crumbs.append((found.name, reverse("desk:finance-party", args=[found.id])))
    status = error.http_status if error else 200
    return show(request, visitor, "finance/party_form", context, page=PAGE, crumbs=crumbs, status=status)
