"""One party: what it is owed, where it is paid (write-only), its statements, and its links."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from goodfor.console import audit_words, settlement_words
from goodfor.console import finance_words as words
from goodfor.console import money_fields as fields
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.finance.parties import PAGE, cycle_text
from goodfor.finance import queries as finance
from goodfor.finance.operations import end_party, set_bank
from goodfor.finance.types import Bank, PartyView
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.settlement import queries as settlement
from goodfor.settlement.operations import make_link, make_statement, release_hold_back, revoke_links
from goodfor.settlement.types import LINK_PATH

LINK_DAYS: Final = ("7", "30", "90", "180")
SHOWN: Final = 20


@console_page(Permission.LEDGER_VIEW)
def party(request: HttpRequest, visitor: Visitor, party_id: UUID) -> HttpResponse:
    """Everything about one."""
    return _party(request, visitor, finance.party(visitor.shop.id, party_id))


def _party(
    request: HttpRequest, visitor: Visitor, found: PartyView, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    shop_id, now, act = visitor.shop.id, utc_now(), request.POST.get("act", "")
    stand = settlement.cycle(shop_id, found.id, now) if found.kind != "platform" else None
    errors = words.errors_of(error)
    context: dict[str, Any] = {
        "title": found.name,
        "party": found,
        "kind": words.KINDS.get(found.kind, found.kind),
        "cycle": cycle_text(found),
        "collection": words.COLLECTIONS.get(found.collection, found.collection),
        "least": Money(found.min_payout_minor, found.currency),
        "held_back": fields.percent(found.hold_back_bp),
        "frozen": frozen(found, now),
        "stand": stand,
        "owed": Money(stand.owed.amount_minor, found.currency) if stand else None,
        "held": Money(stand.held_minor, found.currency) if stand else None,
        "open_sum": Money(stand.open_minor, found.currency) if stand else None,
        "statements": [
            (one, *settlement_words.STATES[one.state], Money(one.payable_minor, one.currency))
            for one in settlement.statements(shop_id, party_id=found.id, limit=SHOWN)
        ],
        "agreements": _agreements(shop_id, found, now),
        "links": settlement.links_of(shop_id, found.id, now),
        "link_days": [(days, _("%(n)s 天") % {"n": days}) for days in LINK_DAYS],
        "history": _history(visitor, found),
        "release_id": uuid4(),
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
        # Never what was typed of a bank account.
        "typed": {key: request.POST.get(key, "")[:200] for key in ("amount", "reason")} if act == "release" else {},
        "errors": errors,
        "error": error if error and not errors else None,
    }
    crumbs = [(_("结算方"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "finance/party", context, page=PAGE, crumbs=crumbs, status=status)


def frozen(found: PartyView, now: datetime) -> datetime | None:
    """Until when nothing is paid to it, if so."""
    return found.frozen_until if found.frozen_until is not None and found.frozen_until > now else None


def _agreements(shop_id: UUID, found: PartyView, now: datetime) -> list[dict[str, Any]]:
    """The latest version of each of its agreements."""
    latest: dict[str, Any] = {}
    for one in finance.agreements(shop_id):
        if one.says.party_id == found.id and one.code not in latest:
            latest[one.code] = one
    return [
        {"one": one, "terms": words.terms_text(one.says.terms, found.currency), "holds": one.holds(now)}
        for one in latest.values()
    ]


def _history(visitor: Visitor, found: PartyView) -> list[dict[str, Any]]:
    people = words.People(visitor.shop.id)
    return [
        {
            "at": line.at,
            "label": audit_words.action(line.action),
            "who": people.name(line.actor),
            "text": _("账号尾号 %(ends)s") % {"ends": line.data["ends"]} if "ends" in line.data else "",
            "tone": "amber" if line.action == "finance.bank_changed" else "",
        }
        for line in reversed(audit.lines_of(shop_id=visitor.shop.id, subject=("finance.party", found.id)))
    ]


@sensitive_post_parameters()
@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def bank(request: HttpRequest, visitor: Visitor, party_id: UUID) -> HttpResponse:
    """Where it is paid: sealed as it comes, never shown again; payouts rest for a day after."""
    found = finance.party(visitor.shop.id, party_id)
    require_fresh_proof(request)
    sent = request.POST
    told = Bank(*(fields.text_of(sent, name, 120) for name in ("name", "bank", "account")))
    try:
        set_bank(shop_id=visitor.shop.id, party_id=party_id, bank=told, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _party(request, visitor, found, error)
    return done(request, _("收款账户已更改，24 小时内暂停打款"), reverse("desk:finance-party", args=[party_id]))


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, party_id: UUID) -> HttpResponse:
    """`act`: state (a statement now), release (of what was held back), link, revoke (all links), end."""
    found = finance.party(visitor.shop.id, party_id)
    what = request.POST.get("act", "")
    if what not in ("state", "release", "link", "revoke", "end"):
        raise InvalidInput(_("没有这个操作"))
    if what != "revoke":
        require_fresh_proof(request)
    try:
        return _act(request, visitor, found, what)
    except DomainError as error:
        return _party(request, visitor, found, error)


def _act(request: HttpRequest, visitor: Visitor, found: PartyView, what: str) -> HttpResponse:
    now = utc_now()
    common: dict[str, Any] = {
        "shop_id": visitor.shop.id, "party_id": found.id, "actor": visitor.actor, "now": now,
    }  # fmt: skip
    here = reverse("desk:finance-party", args=[found.id])
    if what == "state":
        made = make_statement(**common, cutoff=now)
        return done(request, _("结算单已生成"), reverse("desk:settlement-statement", args=[made.id]))
    if what == "release":
        return _release(request, found, here, common)
    if what == "link":
        days = fields.whole_of(request.POST, "days", 1, 180)
        view, token = make_link(**common, days=days)
        host = visitor.shop.host or request.get_host()
        address = f"{request.scheme}://{host}{LINK_PATH.format(token=token)}"
        context = {
            "title": _("给%(name)s的链接") % {"name": found.name},
            "address": address,
            "link": view,
            "back": here,
        }
        crumbs = [(_("结算方"), reverse(PAGE)), (found.name, here)]
        return show(request, visitor, "finance/party_link", context, page=PAGE, crumbs=crumbs)
    if what == "revoke":
        count = revoke_links(**common)
        return done(request, _("已收回 %(n)s 个链接，对方不能再打开") % {"n": count}, here)
    end_party(**common)
    return done(request, _("已停止：不再分账，欠它的照常结算"), here)


def _release(request: HttpRequest, found: PartyView, here: str, common: dict[str, Any]) -> HttpResponse:
    reason, amount = fields.text_of(request.POST, "reason"), fields.minor_of(request.POST, "amount", found.currency)
    if not reason:
        raise InvalidInput(_("请填写原因"), field="reason")
    if not amount:
        raise InvalidInput(_("请写成 100.00 这样的金额"), field="amount")
    try:
        release_id = UUID(request.POST.get("release_id", ""))
    except ValueError:
        raise InvalidInput from None
    left = release_hold_back(**common, amount_minor=amount, release_id=release_id, reason=reason)
    said = _("已退还，进入下一张结算单；还留存 %(left)s") % {"left": fields.plain(left, found.currency)}
    return done(request, said, here)
