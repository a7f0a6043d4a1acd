"""Picking one of a plan's goods: one tap; a top-up first asks for its account."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.orders.types import DIRECT
from goodfor.storefront.account import account_page
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import client_ip
from goodfor.storefront.deals import buyer_here
from goodfor.storefront.forms import ids_in, typed
from goodfor.storefront.judged_sales import judged_order
from goodfor.storefront.judging import noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import show
from goodfor.storefront.plays import Goods, goods_of
from goodfor.storefront.top_ups import TopUpForm, top_up_form
from goodfor.storefront.views.checkout import HOUR, PLACED_AN_HOUR
from goodfor.storefront.views.subscriptions import subscription_page
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions.errors import NotInPlan
from goodfor.subscriptions.operations.pick import pick


@account_page("POST")
def pick_one(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, subscription_id: UUID) -> HttpResponse:
    """`sku`: which; `key`: the request's own, so that two taps are one pick."""
    now = utc_now()
    view = subscriptions.subscription(shop.id, subscription_id, now, buyer.buyer_id)
    try:
        chosen = next(iter(ids_in([request.POST.get("sku", "")], 1)), None)
        offered = subscriptions.open_goods(shop.id, view.id, now) or view.terms.skus
        if chosen is None or chosen not in offered:
            raise NotInPlan
        goods = goods_of(shop.id, chosen)
        form = top_up_form(shop.id, chosen, request.POST, buyer) if goods.sku.delivery_kind == DIRECT else None
        if form is not None and (request.POST.get("filled") != "1" or not form.judge(now, remote=True)):
            return _ask(request, goods, form, subscription_id, status=422 if "filled" in request.POST else 200)
        return _pick(request, shop, buyer, subscription_id, goods, form)
    except DomainError as error:
        return subscription_page(request, shop, buyer, subscription_id, error=error)


def _pick(
    request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, subscription_id: UUID, goods: Goods,
    form: TopUpForm | None,
) -> HttpResponse:  # fmt: skip
    now, ip, order_id = utc_now(), client_ip(request), uuid7()
    count_attempt(shop_id=shop.id, scope="place", subject=ip, limit=PLACED_AN_HOUR, window=HOUR, now=now)
    judged = judged_order(
        request, shop, order_id=order_id, ref=buyer.ref, contact="", offer=goods.offer, quantity=1,
        category=goods.card.category_slug,
    )  # fmt: skip
    if judged.answer is not None:
        return judged.answer
    done = pick(
        shop_id=shop.id, subscription_id=subscription_id, owner=buyer.buyer_id, sku_id=goods.sku.id,
        buyer=replace(buyer_here(request, shop, buyer.ref), contact=""),
        request_key=typed(request.POST.get("key", ""), 40) or order_id.hex, form=form.filled if form else {},
        hold=judged.hold, order_id=order_id, now=now,
    )  # fmt: skip
    noted(judged, good=True)
    return redirect("storefront:order", number=done.number)


def _ask(
    request: HttpRequest, goods: Goods, form: TopUpForm, subscription_id: UUID, *, status: int,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "goods": goods,
        "top_up": form,
        "slug": goods.card.slug,
        "subscription_id": subscription_id,
        "key": typed(request.POST.get("key", ""), 40),
        "error": error,
        "advice": advice_for(error) if error else "",
        "tab": "me",
    }
    return show(request, "account/subscription_pick", context, status=status)
