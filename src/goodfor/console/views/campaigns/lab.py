"""What would have been, and what would be: a revision on the orders of the last days, and for one buyer's cart."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from goodfor.catalog import queries as catalog
from goodfor.console.frame import console_page, show
from goodfor.console.promo_costs import costs_of
from goodfor.console.promo_goods import goods_of
from goodfor.console.promo_words import CHANNELS, PAUSES
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money
from goodfor.loyalty import queries as loyalty
from goodfor.orders import queries as orders
from goodfor.promotions import queries as promotions
from goodfor.promotions.evaluating.evaluate import price
from goodfor.promotions.evaluating.explain import for_operator, outcome_text, steps, unmet
from goodfor.promotions.simulating import simulate
from goodfor.promotions.types import (
    APPLIED,
    BY_COUPON,
    CUT,
    BuyerNames,
    Cart,
    CartLine,
    Live,
    Presented,
    RevisionView,
    Simulated,
)

PAGE: Final = "desk:campaigns"
DAYS: Final = (7, 14, 30)


def _newest(visitor: Visitor, campaign_id: UUID) -> tuple[str, RevisionView]:
    """What was said last, in force or not."""
    view = promotions.campaign(visitor.shop.id, campaign_id)
    return view.name, promotions.revisions(visitor.shop.id, campaign_id)[0]


@console_page(Permission.PROMOTIONS_VIEW)
def simulated(request: HttpRequest, visitor: Visitor, campaign_id: UUID) -> HttpResponse:
    """The newest revision on the paid orders of the last days: what it would have cost, and beside what."""
    name, revision = _newest(visitor, campaign_id)
    shop, now = visitor.shop, utc_now()
    days = int(text) if (text := request.GET.get("days", "7")) in map(str, DAYS) else DAYS[0]
    goods = goods_of(shop.id)
    costs = costs_of(shop.id, list(goods), shop.currency, now)
    replays = orders.replays(
        shop.id, now - timedelta(days=days), now, shop.currency, goods=goods, costs=costs
    )  # fmt: skip
    others = promotions.live_campaigns(shop.id)
    live = Live(campaign_id, revision.id, name, revision.spec)
    gifts = orders.gifts_now(shop.id, [live, *others], shop.currency, now)
    found = simulate(
        live, replays, others=others, zone=promotions.zone_of(shop.id), gifts=gifts, floor=promotions.floor_of(shop.id)
    )
    context = {
        "title": _("用过去的订单试算"),
        "name": name,
        "number": revision.number,
        "tabs": [
            {"key": str(each), "label": _("最近 %(days)d 天") % {"days": each}, "href": f"?days={each}", "count": None}
            for each in DAYS
        ],
        "days": str(days),
        "most": len(replays) >= 2_000,
        **_in_words(found, {one.campaign_id: one.name for one in others}, shop.currency),
        **_points(visitor, found, now),
    }
    return show(request, visitor, "campaigns/simulated", context, page=PAGE, crumbs=_crumbs(name, campaign_id))


def _crumbs(name: str, campaign_id: UUID) -> list[tuple[Any, str]]:
    return [(_("营销活动"), reverse(PAGE)), (name, reverse("desk:campaign", args=[campaign_id]))]


def _in_words(found: Simulated, names: dict[UUID, str], currency: str) -> dict[str, Any]:
    def money(minor: int) -> Money:
        return Money(minor, currency)

    return {
        "found": found,
        "given": money(found.given),
        "loss": money(found.loss),
        "nets": money(found.nets),
        "before": money(found.margin_before),
        "after": money(found.margin_after),
        "effect": money(found.margin_after - found.margin_before),
        "outcomes": [
            (outcome_text(outcome), count, outcome in (APPLIED, CUT))
            for outcome, count in sorted(found.outcomes.items(), key=lambda one: -one[1])
        ],
        "beside": [
            (names.get(campaign, str(campaign)), count, money(minor))
            for campaign, (count, minor) in sorted(found.beside.items(), key=lambda one: -one[1][1])
        ],
        "stopped": PAUSES.get(found.stopped, ""),
        "samples": [(number, money(given), money(total)) for number, given, total in found.samples],
    }


def _points(visitor: Visitor, found: Simulated, now: datetime) -> dict[str, Any]:
    """What it would have brought in points beyond the usual, and what these are worth, by the terms in force."""
    terms = loyalty.terms_at(visitor.shop.id, now)
    units = loyalty.sample(terms, found.more_minor).units + found.more_plus
    worth, _ends = loyalty.present(visitor.shop.id, units, now)
    return {"points": units if terms.on else 0, "points_worth": Money(worth, visitor.shop.currency)}


class BuyerForm(forms.Form):
    """Somebody, and what he wants to buy."""

    quantity = forms.IntegerField(label=lazy("几件"), min_value=1, max_value=1_000, initial=1)
    orders_paid = forms.IntegerField(label=lazy("买过几单"), min_value=0, max_value=1_000, initial=0)
    signed_in = forms.BooleanField(label=lazy("已登录"), required=False)
    tier = forms.ChoiceField(label=lazy("会员等级"), required=False)
    channel = forms.ChoiceField(label=lazy("在哪里买"), choices=CHANNELS)
    at = forms.DateTimeField(
        label=lazy("什么时候"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=lazy("不填就是活动开始的时候；已经开始就是现在"),
    )  # fmt: skip
    coupon = forms.BooleanField(label=lazy("带着这个活动的券"), required=False, initial=True)

    def __init__(self, data: Any, *, names: list[tuple[str, str]], tiers: list[tuple[str, str]]) -> None:
        super().__init__(data)
        if tiers:
            self.fields["tier"].choices = tiers  # type: ignore[attr-defined]
        else:
            del self.fields["tier"]
        self.fields["sku"] = forms.ChoiceField(label=_("买什么"), choices=names)
        self.order_fields(["sku", "quantity", "orders_paid", "signed_in", "tier", "channel", "at", "coupon"])


def _tiers(shop_id: UUID) -> list[tuple[str, str]]:
    tiers = loyalty.tiers_of(shop_id)
    return [(str(rank), tier.name) for rank, tier in enumerate(tiers.tiers)] if tiers else []


@console_page(Permission.PROMOTIONS_VIEW)
def tried(request: HttpRequest, visitor: Visitor, campaign_id: UUID) -> HttpResponse:
    """As a buyer would see it: the price step by step, and why each campaign gives or does not."""
    name, revision = _newest(visitor, campaign_id)
    labels = {one.id: one for one in catalog.sku_labels(visitor.shop.id) if one.price.currency == visitor.shop.currency}
    names = [(str(one.id), f"{one.product_name} {one.name} · {plain_money(one.price)}") for one in labels.values()]
    form = BuyerForm(request.GET if "sku" in request.GET else None, names=names, tiers=_tiers(visitor.shop.id))
    context: dict[str, Any] = {
        "title": _("扮成买家试一单"), "name": name, "number": revision.number, "form": form,
        "coupon": revision.spec.trigger == BY_COUPON,
    }  # fmt: skip
    if form.is_bound and form.is_valid():
        context |= _answer(visitor, Live(campaign_id, revision.id, name, revision.spec), form.cleaned_data)
    return show(request, visitor, "campaigns/tried", context, page=PAGE, crumbs=_crumbs(name, campaign_id))


def _answer(visitor: Visitor, live: Live, sent: dict[str, Any]) -> dict[str, Any]:
    shop, now = visitor.shop, utc_now()
    zone = promotions.zone_of(shop.id)
    at: datetime = sent["at"].replace(tzinfo=zone) if sent["at"] else max(now, live.spec.window.starts_at)
    sku_id, goods = UUID(sent["sku"]), goods_of(shop.id)
    if sku_id not in goods:
        return {}
    label = next(one for one in catalog.sku_labels(shop.id, [sku_id]))
    # Nobody has a tier who has not signed in.
    tier = {"tier": int(sent["tier"])} if sent.get("tier") and sent["signed_in"] else {}
    cost = costs_of(shop.id, [sku_id], shop.currency, now).get(sku_id)
    cart = Cart(
        (CartLine(sku_id, *goods[sku_id], sent["quantity"], label.price.amount_minor, cost),), sent["channel"], at,
        {"orders_paid": sent["orders_paid"], "signed_in": sent["signed_in"], **tier},
    )  # fmt: skip
    if sent["coupon"] and live.spec.trigger == BY_COUPON:
        cart = replace(cart, coupons=(Presented(uuid4(), live.campaign_id),))
    others = promotions.plan(shop.id, cart, BuyerNames(""), now)
    lives = (*(one for one in others if one.campaign_id != live.campaign_id), live)
    priced = price(cart, lives, zone=zone, floor=promotions.floor_of(shop.id))
    known = {one.revision_id: one for one in lives}
    return {
        "at": at,
        "total": Money(priced.total, shop.currency),
        "steps": [
            (step.name, Money(step.minor, shop.currency), Money(step.after, shop.currency))
            for step in steps(cart, priced, {one.revision_id: one.name for one in lives})[0]
        ],
        "trace": [
            (
                known[one.revision_id].name,
                for_operator(one, known[one.revision_id].spec, currency=shop.currency),
                unmet(known[one.revision_id].spec.audience, cart.facts) if one.outcome == "audience" else (),
                one.outcome in (APPLIED, CUT),
                one.campaign_id == live.campaign_id,
            )
            for one in priced.trace
        ],
        "silent": not any(one.campaign_id == live.campaign_id for one in priced.trace),
    }
