"""The mall: what points buy, a draw with its odds, and what a member has had of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.catalog import queries as catalog
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.types import Holder
from goodfor.mall import queries as mall
from goodfor.mall.errors import DrawNotFound
from goodfor.mall.operations.play import play
from goodfor.mall.operations.redeem import redeem
from goodfor.mall.types import DrawView, Offered
from goodfor.orders import queries as orders
from goodfor.orders.types import DIRECT
from goodfor.risk.types import Scene
from goodfor.storefront.account import account_page, current, to_signin
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import client_ip
from goodfor.storefront.deals import buyer_here
from goodfor.storefront.forms import ids_in
from goodfor.storefront.grants import remember
from goodfor.storefront.judged_sales import judged_order
from goodfor.storefront.judging import act_of, judge, noted
from goodfor.storefront.mall import rows_of, tell
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show
from goodfor.storefront.plays import goods_of
from goodfor.storefront.saved import contacts_of
from goodfor.storefront.top_ups import TopUpForm, top_up_form
from goodfor.storefront.types import Grant
from goodfor.storefront.views.checkout import HOUR, PLACED_AN_HOUR
from goodfor.storefront.views.payment import to_pay

ROWS: Final = 20
#: A person plays, a machine does not.
PLAYS_AN_HOUR: Final = 120
#: The order still wants money.
UNPAID: Final = "placed"


@page(private=True)
def shelf(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """All that points buy here, and the draws that are open."""
    buyer, now = current(request, shop), utc_now()
    context = {
        "goods": mall.offered(shop.id, buyer.buyer_id if buyer else None, now),
        "draws": mall.open_draws(shop.id, now),
        **_holds(shop, buyer, now),
    }
    return show(request, "points_mall", context)


@page("GET", "POST", private=True)
def reward(request: HttpRequest, shop: ShopView, reward_id: UUID) -> HttpResponse:
    """One reward; on POST it is redeemed, as often as the same page is sent once."""
    buyer, now = current(request, shop), utc_now()
    if request.method == "POST" and buyer is None:
        return to_signin(request)
    key = next(iter(ids_in([request.POST.get("key", "")], 1)), uuid7())
    if buyer is not None and (done := mall.answered(shop.id, buyer.buyer_id, key.hex)) is not None:
        return _to_order(done.number, done.state)
    offered = mall.offered_one(shop.id, buyer.buyer_id if buyer else None, reward_id, now)
    top_up = None
    if offered.kind == DIRECT and buyer is not None:
        top_up = top_up_form(shop.id, offered.reward.wish.sku_id, request.POST, buyer)
    view = _Reward(request, shop, buyer, offered, key, top_up)
    if request.method != "POST" or buyer is None:
        return view.show(now)
    if top_up is not None and not top_up.judge(now, remote=True):
        return view.show(now, status=422)
    try:
        return _redeem(view, buyer, now)
    except DomainError as error:
        return view.show(now, error=error, status=error.http_status)


@page("GET", "POST", private=True)
def draw(request: HttpRequest, shop: ShopView, draw_id: UUID) -> HttpResponse:
    """A draw with its odds; on POST a play, whose end is then shown."""
    buyer, now = current(request, shop), utc_now()
    view = mall.draw(shop.id, draw_id)
    if view.state == "draft":
        raise DrawNotFound
    if request.method != "POST":
        return _draw(request, shop, buyer, view, now)
    if buyer is None:
        return to_signin(request)
    key = next(iter(ids_in([request.POST.get("key", "")], 1)), uuid7())
    try:
        count_attempt(
            shop_id=shop.id, scope="draw", subject=client_ip(request), limit=PLAYS_AN_HOUR, window=HOUR, now=now
        )
        judged = judge(request, shop, act_of(request, shop, Scene.COUPON, buyer=buyer.ref))
        if judged.answer is not None:
            return judged.answer
        # Who wins goods has them in the account; no address is kept with that order.
        done = play(
            shop_id=shop.id, draw_id=draw_id, owner=buyer.buyer_id, request_key=key.hex,
            buyer=replace(buyer_here(request, shop, buyer.ref), ip=""), now=now,
        )  # fmt: skip
        noted(judged, good=True)
    except DomainError as error:
        return _draw(request, shop, buyer, view, now, error)
    return redirect(f"{reverse('storefront:draw', args=[draw_id])}?play={done.play_id}")


@account_page()
def redemptions(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """What a member has redeemed, newest first; `before` continues it."""
    named = ids_in([request.GET.get("before", "")], 1)
    rows = mall.redemptions(
        shop.id, owner=buyer.buyer_id, before=named[0] if named else None, limit=ROWS + 1
    )  # fmt: skip
    skus = catalog.guides(shop.id, [one.sku_id for one in rows[:ROWS]])
    context = {
        "rows": [(one, skus.get(one.sku_id), orders.order_view(shop.id, one.order_id)) for one in rows[:ROWS]],
        "more": rows[ROWS - 1].id if len(rows) > ROWS else None,
        "tab": "me",
    }
    return show(request, "account/redemptions", context)


@dataclass(frozen=True, slots=True)
class _Reward:
    """A reward's page as somebody asked for it."""

    request: HttpRequest
    shop: ShopView
    buyer: SignedInBuyer | None
    offered: Offered
    key: UUID
    top_up: TopUpForm | None

    def show(self, now: datetime, *, error: DomainError | None = None, status: int = 200) -> HttpResponse:
        """The page."""
        context: dict[str, Any] = {
            "one": self.offered,
            "key": self.key.hex,
            "top_up": self.top_up,
            "error": error,
            "advice": advice_for(error) if error else "",
            **_holds(self.shop, self.buyer, now),
        }
        return show(self.request, "points_reward", context, status=status)


def _redeem(view: _Reward, buyer: SignedInBuyer, now: datetime) -> HttpResponse:
    request, shop, wish = view.request, view.shop, view.offered.reward.wish
    goods, order_id = goods_of(shop.id, wish.sku_id), uuid7()
    contact = next((one.value for one in contacts_of(buyer).choices), "")
    count_attempt(
        shop_id=shop.id, scope="place", subject=client_ip(request), limit=PLACED_AN_HOUR, window=HOUR, now=now
    )
    judged = judged_order(
        request, shop, order_id=order_id, ref=buyer.ref, contact=contact, offer=goods.offer, quantity=1,
        category=view.offered.category,
    )  # fmt: skip
    if judged.answer is not None:
        return judged.answer
    done = redeem(
        shop_id=shop.id, reward_id=view.offered.reward.id, owner=buyer.buyer_id,
        buyer=buyer_here(request, shop, buyer.ref, contact), request_key=view.key.hex,
        form=view.top_up.filled if view.top_up else {}, hold=judged.hold, order_id=order_id,
        expect=_shown(request), now=now,
    )  # fmt: skip
    noted(judged, good=True)
    response = _to_order(done.number, done.state)
    if done.secret:
        remember(response, request, shop.id, Grant(done.order_id, done.number, now), done.secret)
    return response


def _shown(request: HttpRequest) -> tuple[int, int]:
    """Points and money that the page has shown; what is no number was not."""
    points, cash = (request.POST.get(name, "") for name in ("points", "cash"))
    known = all(one.isascii() and one.isdigit() and len(one) < 16 for one in (points, cash))
    return (int(points), int(cash)) if known else (-1, -1)


def _to_order(number: str, state: str) -> HttpResponse:
    if state == UNPAID:
        return to_pay(number)
    return redirect("storefront:order", number=number)


def _holds(shop: ShopView, buyer: SignedInBuyer | None, now: datetime) -> dict[str, Any]:
    """What every page of the mall says of the member."""
    points = loyalty.balance(shop.id, Holder(buyer.buyer_id), now).available if buyer else 0
    return {"member": buyer is not None, "points": points, "tab": "me"}


def _draw(
    request: HttpRequest, shop: ShopView, buyer: SignedInBuyer | None, view: DrawView, now: datetime,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    plays = tell(view, mall.plays_of(shop.id, view.id, buyer.buyer_id)) if buyer else []
    named = next(iter(ids_in([request.GET.get("play", "")], 1)), None)
    rank, names = mall.rank_of(shop.id, buyer.buyer_id if buyer else None, now)
    context: dict[str, Any] = {
        "draw": view,
        "rows": rows_of(view),
        "whole": sum(one.wish.weight for one in view.prizes),
        "open": view.open(now),
        "left": mall.plays_left(shop.id, view.id, buyer.buyer_id, now) if buyer else 0,
        "tier": mall.lacks(names, rank, view.wish.least_rank),
        "plays": plays,
        "done": next((one for one in plays if one.play.id == named), None),
        "order": "",
        "key": uuid7().hex,
        "error": error,
        "advice": advice_for(error) if error else "",
        **_holds(shop, buyer, now),
    }
    if context["done"] and context["done"].play.order_id:
        context["order"] = orders.order_view(shop.id, context["done"].play.order_id).number
    return show(request, "draw", context, status=error.http_status if error else 200)
