"""A partner: its addresses, what was spent or exchanged, what it was told, and what its people can have."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import SkuUnknown
from goodfor.console import partner_words as words
from goodfor.console.card_forms import goods
from goodfor.console.frame import console_page, done, show
from goodfor.console.money_fields import text_of, whole_of
from goodfor.console.partner_forms import CALLED
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.code_forms import uuid_of
from goodfor.console.views.partners.listed import HERE, PAGE
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.orders import queries as orders
from goodfor.orders.types import DIRECT
from goodfor.partners import queries as partners
from goodfor.partners import states
from goodfor.partners.operations.set_offer import set_offer
from goodfor.partners.operations.tell_partner import tell_again
from goodfor.partners.types import AccountView, ExchangeView, SpendView

ROWS: Final = 50
#: An amount is owed while the points are taken.
_OWED: Final = (states.TAKEN, states.DONE, states.EX_TAKEN, states.EX_ORDERED, states.EX_DONE)


@console_page(Permission.POINTS_VIEW)
def partner(request: HttpRequest, visitor: Visitor, points_partner_id: UUID) -> HttpResponse:
    """`only`: what is open, odd or untold; `before` continues the list."""
    shop_id = visitor.shop.id
    view = partners.account(shop_id, points_partner_id)
    only, before = request.GET.get("only", ""), uuid_of(request.GET.get("before", ""))
    found: list[Any]
    if view.role == states.DEVELOPER:
        found = partners.spends(shop_id, view.id, only=only, before=before, limit=ROWS + 1)
        rows = _spends(shop_id, found[:ROWS])
    else:
        found = partners.exchanges(shop_id, view.id, only=only, before=before, limit=ROWS + 1)
        rows = _exchanges(shop_id, found[:ROWS])
    context: dict[str, Any] = {
        "title": view.name,
        "view": view,
        "role": words.ROLES[view.role],
        "signing": words.SIGNINGS[view.wish.signing],
        "developer": view.role == states.DEVELOPER,
        "addresses": _addresses(request, visitor, view),
        "rows": rows,
        "more": found[ROWS - 1].id if len(found) > ROWS else None,
        "only": only,
        "tabs": _tabs(view),
        "offers": _offers(shop_id, view),
        "skus": _skus(shop_id) if visitor.may(Permission.POINTS_SET) else [],
        "may": visitor.may(Permission.POINTS_SET),
        "may_month": visitor.may(Permission.LEDGER_VIEW),
    }
    return show(request, visitor, "partners/one", context, page=PAGE, crumbs=[(_("积分合作方"), reverse(PAGE))])


@console_page(Permission.POINTS_SET, methods=("POST",))
def offer(request: HttpRequest, visitor: Visitor, points_partner_id: UUID) -> HttpResponse:
    """Put a SKU up for its people (`sku`: its code or id), or take it down (`down`)."""
    shop_id, sent = visitor.shop.id, request.POST
    view = partners.account(shop_id, points_partner_id)
    require_fresh_proof(request)
    told: dict[str, Any] = {"shop_id": shop_id, "account_id": view.id, "actor": visitor.actor, "now": utc_now()}
    here = reverse(HERE, args=[view.id])
    if "down" in sent:
        up = {one.sku_id: one for one in partners.offers(shop_id, view.id)}
        one = up.get(uuid_of(sent["down"]) or view.id)
        if one is None:
            raise InvalidInput(_("没有这个操作"))
        set_offer(**told, sku_id=one.sku_id, units=one.units, on=False)
        return done(request, _("已下架，这个合作方的用户不能再换"), here)
    try:
        sku_id = catalog.sku_by_code(shop_id, text_of(sent, "sku", 80)).id
    except SkuUnknown:
        raise InvalidInput(_("没有这个规格，或没有上架"), field="sku") from None
    set_offer(**told, sku_id=sku_id, units=whole_of(sent, "units", 0, 10**9), on=True)
    return done(request, _("已上架"), here)


@console_page(Permission.POINTS_SET, methods=("POST",))
def again(request: HttpRequest, visitor: Visitor, points_partner_id: UUID) -> HttpResponse:
    """Have a word said again, from the ladder's beginning."""
    view = partners.account(visitor.shop.id, points_partner_id)
    word_id = uuid_of(request.POST.get("word", ""))
    if word_id is None:
        raise InvalidInput(_("没有这个操作"))
    tell_again(shop_id=visitor.shop.id, account_id=view.id, word_id=word_id, actor=visitor.actor, now=utc_now())
    return done(request, _("马上再通知一次；没收到会接着按时再试"), reverse(HERE, args=[view.id]))


def _spends(shop_id: UUID, found: list[SpendView]) -> list[dict[str, Any]]:
    ordered = [one.supply.order_id for one in found if one.supply]
    numbers = {one.id: one.number for one in orders.desk_orders(shop_id, ordered)}
    return [
        {
            "one": one,
            "state": words.SPENDS[one.state],
            "why": words.WHY.get(one.why, one.why),
            "owed": one.state in _OWED,
            "odd": words.ODD.get(one.odd, one.odd),
            "member": reverse("desk:buyer-points", args=[one.owner]) if one.owner else "",
            "supply": words.SUPPLIES[one.supply.state] if one.supply else None,
            "supply_why": words.WHY.get(one.supply.why, one.supply.why) if one.supply else "",
            "order": numbers.get(one.supply.order_id, "") if one.supply else "",
        }
        for one in found
    ]


def _exchanges(shop_id: UUID, found: list[ExchangeView]) -> list[dict[str, Any]]:
    numbers = {one.id: one.number for one in orders.desk_orders(shop_id, [one.order_id for one in found])}
    names = dict(zip([one.sku_id for one in found], goods(shop_id, [one.sku_id for one in found]), strict=True))
    return [
        {
            "one": one,
            "state": words.EXCHANGES[one.state],
            "why": words.WHY.get(one.why, one.why),
            "owed": one.state in _OWED,
            "order": numbers.get(one.order_id, ""),
            "goods": names[one.sku_id][1],
            "words": [
                {"one": word, "state": words.WORDS[word.state], "again": word.state in (states.DUE, states.GIVEN_UP)}
                for word in one.words
            ],
        }
        for one in found
    ]


def _offers(shop_id: UUID, view: AccountView) -> list[dict[str, Any]]:
    found = partners.offers(shop_id, view.id)
    names = goods(shop_id, [one.sku_id for one in found])
    return [{"one": one, "code": code, "name": name} for one, (code, name) in zip(found, names, strict=True)]


def _skus(shop_id: UUID) -> list[tuple[str, str]]:
    """What can be put up: a top-up asks for an account, which nobody gives there."""
    found = [(p, sku) for p in catalog.all_products(shop_id) for sku in p.skus if sku.delivery_kind != DIRECT]
    return [(str(sku.id), f"{p.name} {sku.name}") for p, sku in found]


def _addresses(request: HttpRequest, visitor: Visitor, view: AccountView) -> list[tuple[Any, str]]:
    """Where the partner is to call, and what for; the mall's door for its links."""
    base = f"{request.scheme}://{request.get_host()}"
    calls = [(words.CALLS[name], f"{base}/partners/{visitor.shop.id}/{view.id}/{name}") for name in CALLED[view.role]]
    door = (words.CALLS["autologin"], f"{base}/m/{view.code}/autologin")
    return calls if view.role == states.DEVELOPER else [door, *calls]


def _tabs(view: AccountView) -> list[dict[str, Any]]:
    kinds = {"": _("全部")}
    kinds |= (
        {"open": _("等结果"), "odd": _("结果不一致")} if view.role == states.DEVELOPER else {"untold": _("没通知到")}
    )
    here = reverse(HERE, args=[view.id])
    return [{"key": key, "label": label, "href": f"{here}?only={key}" if key else here} for key, label in kinds.items()]
