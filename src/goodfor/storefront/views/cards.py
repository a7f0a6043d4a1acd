"""Redeeming a card: its code is typed, then it is fetched or pays. Only after a right code it is shown how it looks."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.cards import queries as cards
from goodfor.cards.errors import CardNotFit, CardRefused
from goodfor.cards.operations.keep_card import keep_card
from goodfor.cards.operations.redeem import pay_with_card, redeem_goods
from goodfor.cards.types import FoundCard, HeldCard, Redeemed
from goodfor.catalog.errors import SkuUnknown
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.orders import queries as orders
from goodfor.orders.types import DIRECT, OrderView
from goodfor.risk.doors import typos
from goodfor.risk.doors.uniform import in_steady_time
from goodfor.risk.types import Scene
from goodfor.storefront.account import account_page, current
from goodfor.storefront.advice import advice_for
from goodfor.storefront.balance import BALANCE
from goodfor.storefront.card_held import held, hold
from goodfor.storefront.client import client_ip
from goodfor.storefront.deals import buyer_here
from goodfor.storefront.devices import device_id
from goodfor.storefront.doors import go_in, refuse_if_shut
from goodfor.storefront.forms import contact_or_none, ids_in, typed
from goodfor.storefront.grants import remember
from goodfor.storefront.judged_sales import judged_order, judged_pay
from goodfor.storefront.judging import act_of, judge, noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.ownership import grant_for
from goodfor.storefront.page import page, show
from goodfor.storefront.payers import payer_of
from goodfor.storefront.plays import Goods, goods_of
from goodfor.storefront.top_ups import TopUpForm, top_up_form
from goodfor.storefront.types import Grant
from goodfor.storefront.views.checkout import HOUR, PLACED_AN_HOUR
from goodfor.storefront.views.coupons import kept, ref_of

DOOR = "redeem"


@dataclass(frozen=True, slots=True)
class Picked:
    """What of a card's goods is about to be fetched, and what a top-up asks for."""

    goods: Goods
    top_up: TopUpForm | None


@page("GET", "POST", private=True)
def redeem(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Where a code is typed; after a right one the card. `o`: the order that it is to pay."""
    asked = request.POST if request.method == "POST" else request.GET
    number = typed(asked.get("o", ""), 40)
    if request.method != "POST":
        return show(request, "redeem", {"number": number, "mine": _mine(request, shop, number), "tab": "me"})
    ref = ref_of(request, shop)
    try:
        found = _open(request, shop, typed(request.POST.get("code", ""), 100), ref, utc_now())
    except DomainError as error:
        return kept(request, shop, _form(request, number, error), ref)
    if isinstance(found, HttpResponse):
        return found
    return kept(request, shop, _card(request, shop, found, hold(shop, found.card_id, ref), number=number), ref)


@page("POST", private=True)
def keep(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Put a card whose code was shown a moment ago into the account that is signed in."""
    buyer, ref = current(request, shop), ref_of(request, shop)
    if buyer is None:
        return redirect("storefront:signin")
    try:
        card_id, _key = held(shop, typed(request.POST.get("card", ""), 400), ref)
        keep_card(shop_id=shop.id, card_id=card_id, holder_ref=buyer.ref, now=utc_now())
    except DomainError as error:
        return _form(request, "", error)
    return redirect(f"{reverse('storefront:wallet')}?kind=card")


@account_page("POST")
def use(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, card_id: UUID) -> HttpResponse:
    """A card of the account, as after its code. `o`: the order that it is to pay. Raises CardRefused."""
    number = typed(request.POST.get("o", ""), 40)
    found = cards.card_by_id(shop.id, card_id, utc_now(), buyer.ref)
    return _card(request, shop, found, hold(shop, found.card_id, buyer.ref), number=number)


@page("POST", private=True)
def take(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Fetch one of what the card is good for. Of a top-up the page first asks for its account."""
    ref, now, text = ref_of(request, shop), utc_now(), typed(request.POST.get("card", ""), 400)
    try:
        card_id, key = held(shop, text, ref)
        found = _still(shop, card_id, key, ref, now)
        if isinstance(found, Redeemed):
            return redirect("storefront:order", number=found.number)
        picked = _picked(request, shop, found)
    except DomainError as error:
        return kept(request, shop, _form(request, "", error), ref)
    contact = typed(request.POST.get("contact", ""), 120).strip()
    if contact and contact_or_none(contact) is None:
        return _card(request, shop, found, text, picked=picked, bad_contact=True, status=422)
    if picked.top_up is not None and not picked.top_up.judge(now, remote=True):
        return _card(request, shop, found, text, picked=picked, status=422)
    try:
        return _fetch(request, shop, card_id, key, picked, contact, now)
    except DomainError as error:
        return _card(request, shop, found, text, picked=picked, error=error, status=error.http_status)


@page("POST", private=True)
def pay(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Pay a placed order of this visitor with the money on a card."""
    ref, now, text = ref_of(request, shop), utc_now(), typed(request.POST.get("card", ""), 400)
    number = typed(request.POST.get("o", ""), 40)
    grant = grant_for(request, shop, number)
    if grant is None:
        return redirect("storefront:lookup")
    try:
        card_id, key = held(shop, text, ref)
        stopped = judged_pay(request, shop, grant.order_id, BALANCE, payer_of(request, shop.id, now))
        if stopped is not None:
            return stopped
        done = pay_with_card(
            shop_id=shop.id, card_id=card_id, order_id=grant.order_id, request_key=key, holder_ref=ref, now=now
        )
    except DomainError as error:
        return kept(request, shop, _form(request, number, error), ref)
    return redirect("storefront:order", number=done.number)


def _open(request: HttpRequest, shop: ShopView, text: str, ref: str, now: datetime) -> FoundCard | HttpResponse:
    """The card of a code, or an answer that asks for more first. Raises CardRefused, Refused, TooManyTries.

    A slip and a code that is good for nothing get the same answer in the same time; the first few slips are free.
    """
    code = cards.normal_code(text)
    with in_steady_time():
        if code is None and typos.is_free(shop.id, DOOR, device_id(request) or client_ip(request), now):
            raise CardRefused
    refuse_if_shut(request, shop, DOOR, "", now, buyer=ref)
    judged = judge(request, shop, act_of(request, shop, Scene.REDEEM, buyer=ref))
    if judged.answer is not None:
        return judged.answer
    entry = go_in(request, shop, DOOR, "", now, buyer=ref)
    if entry.answer is not None:
        return entry.answer
    try:
        with in_steady_time():
            if code is None:
                raise CardRefused
            found = cards.card_by_code(shop.id, code, now, ref)
    except CardRefused:
        entry.tell(good=False, now=now, guess=code or "", sound=code is not None)
        noted(judged, good=False)
        raise
    entry.tell(good=True, now=now, batch=str(found.batch_id))
    noted(judged, good=True)
    return found


def _still(shop: ShopView, card_id: UUID, key: str, ref: str, now: datetime) -> FoundCard | Redeemed:
    """The card, or what this very request has done before. Raises CardRefused."""
    try:
        return cards.card_by_id(shop.id, card_id, now, ref)
    except CardRefused:
        done = cards.answered(shop.id, card_id, key)
        if done is None:
            raise
        return done


def _picked(request: HttpRequest, shop: ShopView, found: FoundCard) -> Picked:
    """Of one thing that; of several what was chosen. Raises CardNotFit, SkuUnknown."""
    skus = found.program.skus
    chosen = skus[0] if len(skus) == 1 else next(iter(ids_in([request.POST.get("sku", "")], 1)), None)
    if found.left is not None or chosen not in skus or chosen is None:
        raise CardNotFit
    goods = goods_of(shop.id, chosen)
    asks = goods.sku.delivery_kind == DIRECT
    return Picked(goods, top_up_form(shop.id, chosen, request.POST, current(request, shop)) if asks else None)


def _fetch(
    request: HttpRequest, shop: ShopView, card_id: UUID, key: str, picked: Picked, contact: str, now: datetime
) -> HttpResponse:
    ref, ip, order_id = ref_of(request, shop), client_ip(request), uuid7()
    count_attempt(shop_id=shop.id, scope="place", subject=ip, limit=PLACED_AN_HOUR, window=HOUR, now=now)
    judged = judged_order(
        request, shop, order_id=order_id, ref=ref, contact=contact, offer=picked.goods.offer, quantity=1,
        category=picked.goods.card.category_slug,
    )  # fmt: skip
    if judged.answer is not None:
        return judged.answer
    done = redeem_goods(
        shop_id=shop.id, card_id=card_id, sku_id=picked.goods.sku.id, request_key=key,
        buyer=replace(buyer_here(request, shop, ref), contact=contact_or_none(contact) or ""),
        form=picked.top_up.filled if picked.top_up else {}, hold=judged.hold, order_id=order_id, now=now,
    )  # fmt: skip
    noted(judged, good=True)
    response = redirect("storefront:order", number=done.number)
    if done.secret:
        remember(response, request, shop.id, Grant(done.order_id, done.number, now), done.secret)
    return kept(request, shop, response, ref)


def _mine(request: HttpRequest, shop: ShopView, number: str) -> list[HeldCard]:
    """Cards of the account with money on them, where an order is to be paid; no more than a glance takes in."""
    buyer = current(request, shop) if number else None
    found = cards.cards_of_holder(shop.id, buyer.ref, utc_now()) if buyer else []
    return [one for one in found if one.card.left is not None and not one.given]


def _form(request: HttpRequest, number: str, error: DomainError) -> HttpResponse:
    context = {"number": number, "error": error, "advice": advice_for(error), "tab": "me"}
    answer = show(request, "redeem", context, status=error.http_status)
    if "retry_after" in error.data:
        answer["Retry-After"] = str(error.data["retry_after"])
    return answer


def _card(
    request: HttpRequest, shop: ShopView, found: FoundCard, text: str, *, number: str = "",
    picked: Picked | None = None, error: DomainError | None = None, bad_contact: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    choices = _choices(shop, found) if found.left is None else []
    if picked is None and len(choices) == 1 and choices[0].sku.delivery_kind == DIRECT:
        sku_id = choices[0].sku.id
        picked = Picked(choices[0], top_up_form(shop.id, sku_id, request.POST, current(request, shop)))
    order = _order(request, shop, number) if found.left is not None else None
    context: dict[str, Any] = {
        "found": found,
        "card": text,
        "choices": choices,
        "picked": picked.goods.sku.id if picked else choices[0].sku.id if choices else None,
        "top_up": picked.top_up if picked else None,
        "slug": picked.goods.card.slug if picked else "",
        "order": order,
        "may_keep": current(request, shop) is not None and not cards.is_kept(shop.id, found.card_id),
        "enough": order is not None and found.left is not None and _enough(found, order),
        "contact": typed(request.POST.get("contact", ""), 120),
        "bad_contact": _("手机号 11 位；国外号码前加 + 和国家代码；或填邮箱。") if bad_contact else "",
        "error": error,
        "advice": advice_for(error) if error else "",
        "tab": "me",
    }
    return show(request, "redeem_card", context, status=status)


def _choices(shop: ShopView, found: FoundCard) -> list[Goods]:
    goods = []
    for sku_id in found.program.skus:
        try:
            goods.append(goods_of(shop.id, sku_id))
        except SkuUnknown:
            # Off sale for now: the card is good for the others.
            continue
    return goods


def _order(request: HttpRequest, shop: ShopView, number: str) -> OrderView | None:
    """The order that is to be paid, where it is this visitor's and waits for its money."""
    grant = grant_for(request, shop, number) if number else None
    order = orders.order_view(shop.id, grant.order_id) if grant else None
    return order if order is not None and order.state == "placed" else None


def _enough(found: FoundCard, order: OrderView) -> bool:
    return found.left is not None and found.left.currency == order.currency and found.left >= order.total
