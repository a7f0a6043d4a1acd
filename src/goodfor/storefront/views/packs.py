"""A pack of coupons: what is in it, and all of it in one tap."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity.types import ShopView
from goodfor.insights.types import CAME
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.promotions import pack_queries as packs
from goodfor.promotions.errors import CLAIM_WORDS
from goodfor.promotions.operations.claim_pack import claim_pack
from goodfor.promotions.saying import effect_text
from goodfor.promotions.types import BuyerNames, PackView
from goodfor.risk.types import Scene
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import client_ip
from goodfor.storefront.judging import act_of, judge, noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show
from goodfor.storefront.views.coupons import CLAIMS_AN_HOUR, HOUR, kept, known


@page("GET", "POST", private=True, counts=CAME)
def pack(request: HttpRequest, shop: ShopView, pack_id: UUID) -> HttpResponse:
    """Looking takes nothing; the button takes all of it, once."""
    now, view = utc_now(), packs.pack(shop.id, pack_id)
    names, facts = known(request, shop, now)
    if request.method != "POST":
        return kept(request, shop, _shown(request, shop, view, names, facts), names.buyer_ref)
    count_attempt(
        shop_id=shop.id, scope="coupon", subject=client_ip(request), limit=CLAIMS_AN_HOUR, window=HOUR, now=now
    )
    judged = judge(request, shop, act_of(request, shop, Scene.COUPON, buyer=names.buyer_ref))
    if judged.answer is not None:
        return judged.answer
    try:
        claim_pack(shop_id=shop.id, pack_id=pack_id, names=names, facts=facts, now=now)
    except DomainError as error:
        return kept(request, shop, _shown(request, shop, view, names, facts, error), names.buyer_ref)
    noted(judged, good=True)
    return kept(request, shop, redirect(f"{reverse('storefront:coupons')}?got=1"), names.buyer_ref)


def _shown(
    request: HttpRequest, shop: ShopView, view: PackView, names: BuyerNames, facts: Any,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    now, had = utc_now(), packs.had_pack(shop.id, view, names)
    why = "" if view.is_open(now) else "early" if now < view.starts_at and view.closed_at is None else "late"
    why = "had" if had else why or ("phone" if view.by_phone and not names.phone else "")
    context = {
        "pack": view,
        "rows": [
            (name, effect_text(spec.effect, {}, shop.currency), spec.window.ends_at)
            for name, spec in packs.contents(shop.id, view.batches).values()
        ],
        "why": CLAIM_WORDS[why] if why else packs.why_not_his(shop.id, view, facts),
        "had": had,
        "title": view.name,
        "error": error,
        "advice": advice_for(error) if error else "",
        "tab": "me",
    }
    return show(request, "pack", context, status=error.http_status if error else 200)
