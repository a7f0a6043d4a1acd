"""Plans: a list, one of them, its form, and putting it on sale or taking it off."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.console import subscription_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.subscription_forms import PlanForm, initial_of
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.loyalty import queries as loyalty
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions import states
from goodfor.subscriptions.operations.set_plan import change_plan_terms, make_plan, move_plan
from goodfor.subscriptions.types import PlanView

PAGE: Final = "desk:plans"


@console_page(Permission.SUBSCRIPTIONS_VIEW)
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All plans, how many have each, and what is owed in time for all."""
    shop = visitor.shop
    rows = [
        {
            "view": view,
            "state": words.PLANS[view.state],
            "cycle": words.CYCLES[view.terms.months],
            "live": subscriptions.live_of(shop.id, view.id),
        }
        for view in subscriptions.plans(shop.id)
    ]
    context = {
        "title": _("订阅方案"),
        "rows": rows,
        "owed": subscriptions.deferred(shop.id, shop.currency),
        "days": subscriptions.days(shop.id, 7),
        "currency": shop.currency,
        "ways": subscriptions.ways_to_sign(shop.id, shop.currency, utc_now()),
        "may": visitor.may(Permission.SUBSCRIPTIONS_SET),
    }
    return show(request, visitor, "subscriptions/plans", context, page=PAGE)


@console_page(Permission.SUBSCRIPTIONS_SET, methods=("GET", "POST"))
def make(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A new plan, which nobody sees before it is put on sale."""
    form = PlanForm(request.POST if request.method == "POST" else None, shop_id=visitor.shop.id)
    status, error = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                wish = form.wish(visitor.shop.id, visitor.shop.currency)
                slug = form.cleaned_data["slug"]
                made = make_plan(shop_id=visitor.shop.id, slug=slug, wish=wish, actor=visitor.actor, now=utc_now())
                return done(request, _("方案已建好，检查后上架"), reverse("desk:plan", args=[made.id]))
            except DomainError as refused:
                error, status = _problem(form, refused), refused.http_status
    context = {"title": _("新方案"), "form": form, "error": error, "back": reverse(PAGE)}
    crumbs = [(_("订阅方案"), reverse(PAGE))]
    return show(request, visitor, "one_form", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.SUBSCRIPTIONS_SET, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor, plan_id: UUID) -> HttpResponse:
    """New terms, for whoever signs from now on; of what is on sale by a fresh proof, asked before anything is typed."""
    shop_id = visitor.shop.id
    view = subscriptions.plan(shop_id, plan_id)
    if view.state == states.ON_SALE:
        require_fresh_proof(request)
    here = reverse("desk:plan", args=[view.id])
    sent = request.POST if request.method == "POST" else None
    form = PlanForm(sent, initial=initial_of(shop_id, view), shop_id=shop_id)
    form.fields["slug"].disabled = True
    status, error = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                wish = form.wish(shop_id, view.terms.price.currency)
                change_plan_terms(shop_id=shop_id, plan_id=view.id, wish=wish, actor=visitor.actor, now=utc_now())
                return done(request, _("已保存，新签约的买家按新内容；已有的不变"), here)
            except DomainError as refused:
                error, status = _problem(form, refused), refused.http_status
    crumbs = [(_("订阅方案"), reverse(PAGE)), (view.name, here)]
    context = {"title": _("修改方案"), "form": form, "error": error, "back": here}
    return show(request, visitor, "one_form", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.SUBSCRIPTIONS_VIEW)
def plan(request: HttpRequest, visitor: Visitor, plan_id: UUID) -> HttpResponse:
    """A plan as it is signed now."""
    shop_id = visitor.shop.id
    view = subscriptions.plan(shop_id, plan_id)
    context: dict[str, Any] = {
        "title": view.name,
        "view": view,
        "state": words.PLANS[view.state],
        "cycle": words.CYCLES[view.terms.months],
        "default": words.DEFAULTS[view.terms.default_kind],
        "goods": [
            (one.code, f"{card.name} {one.name}", one.price, one.id == view.terms.default_sku)
            for card, one in catalog.products_of_skus(shop_id, list(view.terms.skus))
        ],
        "tier": _tier(shop_id, view),
        "live": subscriptions.live_of(shop_id, view.id),
        "may": visitor.may(Permission.SUBSCRIPTIONS_SET),
        "sells": view.state == states.ON_SALE,
    }
    return show(request, visitor, "subscriptions/plan", context, page=PAGE, crumbs=[(_("订阅方案"), reverse(PAGE))])


@console_page(Permission.SUBSCRIPTIONS_SET, methods=("POST",))
def sale(request: HttpRequest, visitor: Visitor, plan_id: UUID) -> HttpResponse:
    """`act`: on or off."""
    what = request.POST.get("act", "")
    subscriptions.plan(visitor.shop.id, plan_id)
    if what not in ("on", "off"):
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    to_state = states.ON_SALE if what == "on" else states.OFF_SALE
    move_plan(shop_id=visitor.shop.id, plan_id=plan_id, to_state=to_state, actor=visitor.actor, now=utc_now())
    said = _("已上架，买家可以订阅了") if what == "on" else _("已下架，已有的订阅照常续")
    return done(request, said, reverse("desk:plan", args=[plan_id]))


def _tier(shop_id: UUID, view: PlanView) -> str:
    tiers = loyalty.tiers_of(shop_id)
    rank = view.terms.tier_rank
    return tiers.tiers[rank].name if tiers is not None and 0 < rank < len(tiers.tiers) else ""


def _problem(form: forms.Form, refused: DomainError) -> DomainError | None:
    """What was refused, at its field; without such a field for the head of the page."""
    name = str(refused.data.get("field", ""))
    if name not in form.fields:
        return refused
    form.add_error(name, str(words.PROBLEMS.get(name, refused.detail)))
    return None
