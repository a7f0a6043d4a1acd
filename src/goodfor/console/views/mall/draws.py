"""Draws: a list, one with its odds and plays, its form, and a play told again."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import mall_forms as forms
from goodfor.console import mall_words as words
from goodfor.console.desk.sku_names import sku_choices
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.code_forms import uuid_of
from goodfor.console.views.mall.rewards import problem
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.mall import odds
from goodfor.mall import queries as mall
from goodfor.mall.operations.set_draw import change_draw, make_draw, turn_draw
from goodfor.mall.types import DrawView

PAGE: Final = "desk:draws"
ROWS: Final = 50


@console_page(Permission.MALL_VIEW)
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All draws."""
    rows = [{"view": one, "state": words.DRAWS[one.state]} for one in mall.draws(visitor.shop.id)]
    context = {"title": _("抽奖"), "rows": rows, "may": visitor.may(Permission.MALL_SET)}
    return show(request, visitor, "mall/draws", context, page=PAGE)


@console_page(Permission.MALL_VIEW)
def one(request: HttpRequest, visitor: Visitor, draw_id: UUID) -> HttpResponse:
    """Its terms, the odds as members see them, and each play; `before` continues them."""
    shop_id = visitor.shop.id
    view = mall.draw(shop_id, draw_id)
    plays = mall.plays(shop_id, draw_id, before=uuid_of(request.GET.get("before", "")), limit=ROWS + 1)
    more, plays = len(plays) > ROWS, plays[:ROWS]
    context: dict[str, Any] = {
        "title": view.wish.name,
        "view": view,
        "state": words.DRAWS[view.state],
        "tier": dict(forms.tier_choices(shop_id)).get(str(view.wish.least_rank), _("所有会员")),
        "prizes": [{"one": prize, "kind": words.PRIZES[prize.wish.kind]} for prize in view.prizes],
        "plays": [{"view": play, "number": play.roll + 1, "whole": odds.total(play.table)} for play in plays],
        "more": plays[-1].id if more else None,
        "may": visitor.may(Permission.MALL_SET),
        "draft": view.state == "draft",
        "on": view.state == "on",
        "sees_members": visitor.may(Permission.POINTS_VIEW),
    }
    return show(request, visitor, "mall/draw", context, page=PAGE, crumbs=crumbs())


@console_page(Permission.MALL_SET, methods=("GET", "POST"))
def make(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A new draw, a draft."""
    return _form(request, visitor, None)


@console_page(Permission.MALL_SET, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor, draw_id: UUID) -> HttpResponse:
    """A draft is changed; what has been on is shown instead."""
    view = mall.draw(visitor.shop.id, draw_id)
    if view.state != "draft":
        return done(request, _("抽奖公布以后，规则和奖品不能再改"), reverse("desk:draw", args=[draw_id]))
    return _form(request, visitor, view)


@console_page(Permission.MALL_SET, methods=("POST",))
def turn(request: HttpRequest, visitor: Visitor, draw_id: UUID) -> HttpResponse:
    """Announce it, or stop it."""
    require_fresh_proof(request)
    on = request.POST.get("on") == "1"
    turn_draw(shop_id=visitor.shop.id, draw_id=draw_id, on=on, actor=visitor.actor, now=utc_now())
    said = _("已公布，规则和奖品从现在起不再改") if on else _("已停止，抽过的照常有效")
    return done(request, said, reverse("desk:draw", args=[draw_id]))


@console_page(Permission.MALL_VIEW)
def play(request: HttpRequest, visitor: Visitor, play_id: UUID) -> HttpResponse:
    """A play with the table of odds as it was then: whose number it is, and what it gave."""
    shop_id = visitor.shop.id
    view = mall.play(shop_id, play_id)
    draw = mall.draw(shop_id, view.draw_id)
    names = {prize.id: prize.wish.name for prize in draw.prizes}
    rows, upto = [], 0
    for chance in view.table:
        rows.append(
            {
                "name": names[chance.prize_id], "first": upto + 1, "last": upto + chance.weight, "left": chance.left,
                "consolation": chance.consolation, "drawn": chance.prize_id == view.drawn_id,
                "given": chance.prize_id == view.prize_id,
            }
        )  # fmt: skip
        upto += chance.weight
    context = {"title": _("一次抽奖"), "view": view, "number": view.roll + 1, "whole": upto, "rows": rows}
    way = [*crumbs(), (draw.wish.name, reverse("desk:draw", args=[draw.id]))]
    return show(request, visitor, "mall/play", context, page=PAGE, crumbs=way)


def crumbs() -> list[tuple[str, str]]:
    """The way here."""
    return [(_("抽奖"), reverse(PAGE))]


def _form(request: HttpRequest, visitor: Visitor, view: DrawView | None) -> HttpResponse:
    shop = visitor.shop
    posted = request.POST if request.method == "POST" else None
    initial = forms.draw_initial(view, shop.timezone) if view else None
    form = forms.DrawForm(posted, shop_id=shop.id, initial=initial)
    typed: Mapping[str, Any] = (
        posted.dict() if posted is not None else forms.prizes_shown(view) if view else forms.SUGGESTED
    )
    errors, rows, status, error = dict[str, str](), list[int](), 200, None
    if posted is not None:
        status = 422
        try:
            prizes, rows = forms.prizes_typed(posted)
            if form.is_valid():
                said: dict[str, Any] = {"shop_id": shop.id, "actor": visitor.actor, "now": utc_now()}
                wish = form.wish(prizes, shop.timezone)
                made = change_draw(**said, draw_id=view.id, wish=wish) if view else make_draw(**said, wish=wish)
                return done(request, _("已存为草稿，公布后会员才看得到"), reverse("desk:draw", args=[made.id]))
        except DomainError as refused:
            name = forms.in_form(str(refused.data.get("field", "")), rows)
            error, status = problem(form, refused) if form.is_bound else refused, refused.http_status
            if error is not None and "_" in name:
                errors, error = {name: str(refused.detail)}, None
    context = {
        "title": view.wish.name if view else _("新的抽奖"),
        "form": form,
        "rows": forms.prize_rows(typed, errors),
        "error": error,
        "kinds": list(words.PRIZES.items()),
        "skus": sku_choices(shop.id),
        "back": reverse("desk:draw", args=[view.id]) if view else reverse(PAGE),
    }
    return show(request, visitor, "mall/draw_form", context, page=PAGE, crumbs=crumbs(), status=status)
