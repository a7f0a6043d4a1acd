"""Rewards: a list with what the mall costs, and the form of one."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import mall_words as words
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.frame import console_page, done, show
from goodfor.console.mall_forms import NAMED, RewardForm, reward_initial, tier_choices
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.mall import queries as mall
from goodfor.mall.operations.set_reward import change_reward, make_reward, turn_reward

PAGE: Final = "desk:mall"


@console_page(Permission.MALL_VIEW)
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All rewards, and what was given away this month."""
    shop = visitor.shop
    views, now = mall.rewards(shop.id), utc_now()
    names, tiers = sku_names(shop.id, [one.wish.sku_id for one in views]), dict(tier_choices(shop.id))
    cost = mall.cost(shop.id, month_began(now, shop.timezone), now)
    rows = [
        {
            "view": one,
            "name": names.get(one.wish.sku_id, _("已下架")),
            "state": words.REWARDS[one.state],
            "tier": tiers.get(str(one.wish.least_rank), _("所有会员")),
            "period": words.PERIODS[one.wish.period],
        }
        for one in views
    ]
    context: dict[str, Any] = {
        "title": _("积分商城"),
        "rows": rows,
        "cost": cost,
        "redeemed": Money(cost.redeemed_minor, shop.currency),
        "prizes": Money(cost.prizes_minor, shop.currency),
        "may": visitor.may(Permission.MALL_SET),
    }
    return show(request, visitor, "mall/list", context, page=PAGE)


@console_page(Permission.MALL_SET, methods=("GET", "POST"))
def make(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A new reward, a draft."""
    shop = visitor.shop
    form = RewardForm(request.POST if request.method == "POST" else None, shop_id=shop.id)
    status, error = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                wish = form.wish(shop.currency, shop.timezone)
                made = make_reward(shop_id=shop.id, wish=wish, actor=visitor.actor, now=utc_now())
                return done(request, _("已存为草稿，上架后会员才看得到"), reverse("desk:mall-reward", args=[made.id]))
            except DomainError as refused:
                error, status = problem(form, refused), refused.http_status
    context = {"title": _("新的兑换商品"), "form": form, "error": error, "back": reverse(PAGE), "may": True}
    return show(request, visitor, "mall/reward", context, page=PAGE, crumbs=crumbs(), status=status)


@console_page(Permission.MALL_VIEW, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor, reward_id: UUID) -> HttpResponse:
    """One reward and its form, for those who may set it; of one that is on by a fresh proof: it changes at once."""
    shop = visitor.shop
    view = mall.reward(shop.id, reward_id)
    may = visitor.may(Permission.MALL_SET)
    sent = request.POST if request.method == "POST" and may else None
    if sent is not None and view.state == "on":
        require_fresh_proof(request)
    form = RewardForm(sent, shop_id=shop.id, initial=reward_initial(view, shop.timezone))
    status, error = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                wish = form.wish(shop.currency, shop.timezone)
                change_reward(shop_id=shop.id, reward_id=view.id, wish=wish, actor=visitor.actor, now=utc_now())
                return done(request, _("已保存"), reverse("desk:mall-reward", args=[view.id]))
            except DomainError as refused:
                error, status = problem(form, refused), refused.http_status
    names = sku_names(shop.id, [view.wish.sku_id])
    context = {
        "title": names.get(view.wish.sku_id, _("已下架")),
        "view": view,
        "state": words.REWARDS[view.state],
        "form": form,
        "error": error,
        "back": reverse(PAGE),
        "may": may,
    }
    return show(request, visitor, "mall/reward", context, page=PAGE, crumbs=crumbs(), status=status)


@console_page(Permission.MALL_SET, methods=("POST",))
def turn(request: HttpRequest, visitor: Visitor, reward_id: UUID) -> HttpResponse:
    """On, or off."""
    require_fresh_proof(request)
    on = request.POST.get("on") == "1"
    turn_reward(shop_id=visitor.shop.id, reward_id=reward_id, on=on, actor=visitor.actor, now=utc_now())
    said = _("已上架，会员现在可以兑换") if on else _("已下架，已经兑换的订单照常")
    return done(request, said, reverse("desk:mall-reward", args=[reward_id]))


def crumbs() -> list[tuple[str, str]]:
    """The way here."""
    return [(_("积分商城"), reverse(PAGE))]


def month_began(now: datetime, zone: str) -> datetime:
    """When this month began, by the shop's clock."""
    return now.astimezone(ZoneInfo(zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def problem(form: forms.Form, refused: DomainError) -> DomainError | None:
    """What was refused, at its field; without such a field for the head of the page."""
    field = str(refused.data.get("field", ""))
    name = NAMED.get(field, field)
    if name not in form.fields:
        return refused
    form.add_error(name, str(refused.detail))
    return None
