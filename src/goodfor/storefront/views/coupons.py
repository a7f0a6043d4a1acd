"""The coupon centre, a buyer's coupons, and passing one on."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.gifts import queries as gifts
from goodfor.gifts.operations.take_back import take_back as take_gift_back
from goodfor.gifts.types import MADE
from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView
from goodfor.insights.types import CAME
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries as orders
from goodfor.promotions import pack_queries as packs
from goodfor.promotions import queries as promotions
from goodfor.promotions.audiences import why_not
from goodfor.promotions.evaluating.conditions import Facts
from goodfor.promotions.operations.claim_coupon import claim_coupon, take_back, take_gift
from goodfor.promotions.saying import effect_text
from goodfor.promotions.types import BuyerNames, Claimable, CouponView
from goodfor.risk.types import Scene
from goodfor.storefront.account import current
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import client_ip
from goodfor.storefront.devices import own_id
from goodfor.storefront.forms import typed
from goodfor.storefront.grants import buyer_ref, remember_buyer
from goodfor.storefront.judging import act_of, judge, noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show

#: A household claims, a machine does not.
CLAIMS_AN_HOUR = 60
HOUR = timedelta(hours=1)


@page(private=True, counts=CAME)
def centre(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """What can be claimed now or soon."""
    return _centre(request, shop)


@page("POST", private=True)
def claim(request: HttpRequest, shop: ShopView, batch_id: UUID) -> HttpResponse:
    """Take one."""
    now = utc_now()
    names, facts = known(request, shop, now)
    count_attempt(
        shop_id=shop.id, scope="coupon", subject=client_ip(request), limit=CLAIMS_AN_HOUR, window=HOUR, now=now
    )
    judged = judge(request, shop, act_of(request, shop, Scene.COUPON, buyer=names.buyer_ref))
    if judged.answer is not None:
        return judged.answer
    try:
        claim_coupon(shop_id=shop.id, batch_id=batch_id, names=names, facts=facts, now=now)
    except DomainError as error:
        return kept(request, shop, _centre(request, shop, error), names.buyer_ref)
    noted(judged, good=True)
    return kept(request, shop, redirect(f"{reverse('storefront:coupons')}?got=1"), names.buyer_ref)


@page(private=True)
def mine(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Those that can be used first, then used ones and those that are over."""
    return _mine(request, shop)


@page("POST", private=True)
def back(request: HttpRequest, shop: ShopView, coupon_id: UUID) -> HttpResponse:
    """It is not given after all."""
    ref = ref_of(request, shop)
    open_ones = [one for one in gifts.gifts_of(shop.id, coupon_id) if one.state == MADE and one.giver_ref == ref]
    try:
        if open_ones:
            take_gift_back(shop_id=shop.id, gift_id=open_ones[0].id, giver_ref=ref, now=utc_now())
        else:
            # Given by a link of before.
            take_back(shop_id=shop.id, coupon_id=coupon_id, buyer_ref=ref)
    except DomainError as error:
        return _mine(request, shop, error=error)
    return redirect("storefront:my_coupons")


@page("GET", "POST", private=True)
def gift(request: HttpRequest, shop: ShopView, token: str) -> HttpResponse:
    """A coupon from a friend: it is taken by a button, so that looking takes nothing."""
    if gifts.is_link(shop.id, token):
        return redirect("storefront:gift", secret=token)
    if request.method != "POST":
        return show(request, "coupon_gift", {"token": token})
    ref = ref_of(request, shop)
    count_attempt(
        shop_id=shop.id, scope="coupon", subject=client_ip(request), limit=CLAIMS_AN_HOUR, window=HOUR, now=utc_now()
    )
    judged = judge(request, shop, act_of(request, shop, Scene.COUPON, buyer=ref))
    if judged.answer is not None:
        return judged.answer
    try:
        take_gift(shop_id=shop.id, token=typed(token, 100), buyer_ref=ref, now=utc_now())
    except DomainError as error:
        context = {"token": token, "error": error, "advice": advice_for(error)}
        return kept(request, shop, show(request, "coupon_gift", context, status=error.http_status), ref)
    noted(judged, good=True)
    return kept(request, shop, redirect("storefront:my_coupons"), ref)


def _centre(request: HttpRequest, shop: ShopView, error: DomainError | None = None) -> HttpResponse:
    now = utc_now()
    names, facts = known(request, shop, now)
    found = promotions.claimables(shop.id, names, now)
    context: dict[str, Any] = {
        "rows": [_claimable(one, facts, shop, now) for one in found],
        "packs": [one for one in packs.open_packs(shop.id, now) if not packs.had_pack(shop.id, one, names)],
        "got": request.GET.get("got") == "1",
        "title": _("领券中心"),
        "tab": "me",
        "error": error,
        "advice": advice_for(error) if error else "",
    }
    return show(request, "coupons", context, status=error.http_status if error else 200)


def _claimable(one: Claimable, facts: Facts, shop: ShopView, now: Any) -> dict[str, Any]:
    return {
        "lacks": why_not(one.spec.audience, facts),
        "one": one,
        "words": effect_text(one.spec.effect, {}, shop.currency),
        "early": one.claim_from is not None and now < one.claim_from,
        "had": one.had >= one.each,
        "gone": one.left < 1,
        "until": one.spec.window.ends_at,
    }


def _mine(request: HttpRequest, shop: ShopView, error: DomainError | None = None) -> HttpResponse:
    now = utc_now()
    found = promotions.coupons_of(shop.id, ref_of(request, shop), now)
    rows = [_coupon(one, shop) for one in sorted(found, key=lambda one: not (one.usable or one.being_given))]
    context = {
        "rows": rows, "title": _("我的优惠券"), "tab": "me", "error": error,
        "advice": advice_for(error) if error else "",
    }  # fmt: skip
    return show(request, "my_coupons", context, status=error.http_status if error else 200)


def _coupon(one: CouponView, shop: ShopView) -> dict[str, Any]:
    word = {"used": _("已使用"), "reserved": _("订单占用中")}.get(one.state, "")
    if not word and one.being_given:
        word = _("等朋友领取")
    elif not word and not one.usable:
        word = _("已失效")
    return {
        "one": one,
        "words": effect_text(one.spec.effect, {}, shop.currency),
        "word": word,
        "until": one.expires_at or one.spec.window.ends_at,
    }


def known(request: HttpRequest, shop: ShopView, now: datetime) -> tuple[BuyerNames, Facts]:
    """All names of whoever asks, and what audiences ask of him. Of contacts only those count that are proven."""
    buyer, proven = current(request, shop), []
    if buyer is not None:
        held = [identity.contact_of_buyer(shop.id, buyer.buyer_id, kind) for kind in ("phone", "email")]
        proven = [one.value for one in held if one is not None]
    return orders.known_of(shop.id, ref=ref_of(request, shop), device=own_id(request), contacts=proven, now=now)


def ref_of(request: HttpRequest, shop: ShopView) -> str:
    """How orders name whoever asks; a browser without a name gets one, the same for all of one request."""
    found = getattr(request, "goodfor_coupon_ref", None)
    if found is None:
        buyer = current(request, shop)
        found = buyer.ref if buyer else buyer_ref(request, shop.id)
        request.goodfor_coupon_ref = found  # type: ignore[attr-defined]
    return str(found)


def kept(request: HttpRequest, shop: ShopView, response: HttpResponse, ref: str) -> HttpResponse:
    """Whoever has no account is known again by this browser."""
    if current(request, shop) is None:
        remember_buyer(response, request, shop.id, ref)
    return response
