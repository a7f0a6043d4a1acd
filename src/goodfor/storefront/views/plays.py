"""Group buys and bargains: their pages, and what is done on them."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from goodfor.identity.types import ShopView
from goodfor.insights.types import LOOKED
from goodfor.kernel.addresses import network
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.promotions import choosing, group_queries
from goodfor.promotions.errors import BargainRunning, PlayNotFound
from goodfor.promotions.operations.help_bargain import help_bargain
from goodfor.promotions.operations.start_bargain import start_bargain
from goodfor.promotions.persons import names_of
from goodfor.promotions.plays import BARGAIN_PLAY, GROUP_PLAY, bargain_play, group_play, price_of
from goodfor.promotions.types import BargainView
from goodfor.risk.types import Scene
from goodfor.storefront.account import current
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import client_ip, face_of
from goodfor.storefront.forms import ids_in
from goodfor.storefront.grants import buyer_ref, remember_buyer
from goodfor.storefront.judging import act_of, judge, noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show
from goodfor.storefront.persons import names_of_visitor
from goodfor.storefront.plays import asks_to_share, goods_of

#: A household helps, a machine does not.
HELPS_AN_HOUR = 30
STARTS_AN_HOUR = 20
#: Of one bargain in a day: names of browsers cost nothing, networks do.
HELPS_OF_A_NETWORK = 5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@page(private=True, counts=LOOKED)
def group(request: HttpRequest, shop: ShopView, group_id: UUID) -> HttpResponse:
    """A group: how many are missing, until when, and joining. No names of others."""
    now, ref = utc_now(), _ref(request, shop)
    view = group_queries.group(shop.id, group_id)
    goods = goods_of(shop.id, view.sku_id)
    try:
        play = group_play(choosing.live_of(shop.id, view.campaign_id, GROUP_PLAY).spec)
    except PlayNotFound:
        play = None
    context = {
        "group": view,
        "goods": goods,
        "price": goods.money(view.price_minor),
        "open": play is not None and view.is_open(now),
        "mine": group_queries.place_in_group(shop.id, group_id, ref),
        "ask": play is not None and asks_to_share(request, wechat=play.wechat),
        "title": _("%(name)s 拼团") % {"name": goods.card.name},
        "tab": "categories",
    }
    return show(request, "group", context)


@page(private=True, counts=LOOKED)
def bargain(request: HttpRequest, shop: ShopView, bargain_id: UUID) -> HttpResponse:
    """A bargain: what it costs now and at the least, help and buying."""
    return _bargain_page(request, shop, group_queries.bargain(shop.id, bargain_id))


@page("POST", private=True)
def new_bargain(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Begin one, or go to the one that runs."""
    now, ref = utc_now(), _ref(request, shop)
    found = ids_in([request.POST.get("campaign", ""), request.POST.get("sku", "")], 2)
    if len(found) != 2:
        raise PlayNotFound
    count_attempt(
        shop_id=shop.id, scope="bargain", subject=client_ip(request), limit=STARTS_AN_HOUR, window=HOUR, now=now
    )
    goods = goods_of(shop.id, found[1])
    live = choosing.startable(shop.id, found[0], BARGAIN_PLAY, goods.cart(shop.id, face_of(request), now))
    try:
        bargain_id = start_bargain(
            shop_id=shop.id, campaign_id=live.campaign_id, revision_id=live.revision_id, sku_id=goods.sku.id,
            start_minor=goods.sku.price.amount_minor, floor_minor=price_of(live.spec, goods.sku.id),
            play=bargain_play(live.spec), owner_ref=ref, names=names_of(names_of_visitor(request, shop, ref)), now=now,
        )  # fmt: skip
    except BargainRunning:
        running = group_queries.bargain_running(shop.id, live.campaign_id, ref)
        if running is None:
            raise
        bargain_id = running.id
    return _kept(request, shop, redirect("storefront:bargain", bargain_id=bargain_id), ref)


@page("POST", private=True)
def help_it(request: HttpRequest, shop: ShopView, bargain_id: UUID) -> HttpResponse:
    """A friend takes the next cut off. What stops it is said on the page, whose price stays as it is."""
    now, ref = utc_now(), _ref(request, shop)
    view = group_queries.bargain(shop.id, bargain_id)
    play = bargain_play(choosing.live_of(shop.id, view.campaign_id, BARGAIN_PLAY).spec)
    if not asks_to_share(request, wechat=play.wechat):
        raise PlayNotFound
    count_attempt(shop_id=shop.id, scope="help", subject=client_ip(request), limit=HELPS_AN_HOUR, window=HOUR, now=now)
    count_attempt(
        shop_id=shop.id, scope="help_one", subject=f"{bargain_id}:{network(client_ip(request))}",
        limit=HELPS_OF_A_NETWORK, window=DAY, now=now,
    )  # fmt: skip
    judged = judge(request, shop, act_of(request, shop, Scene.COUPON, buyer=ref))
    if judged.answer is not None:
        return judged.answer
    try:
        names = names_of(names_of_visitor(request, shop, ref))
        help_bargain(shop_id=shop.id, bargain_id=bargain_id, helper_ref=ref, names=names, now=now)
    except DomainError as error:
        return _kept(request, shop, _bargain_page(request, shop, view, error), ref)
    noted(judged, good=True)
    return _kept(request, shop, redirect("storefront:bargain", bargain_id=bargain_id), ref)


def _bargain_page(
    request: HttpRequest, shop: ShopView, view: BargainView, error: DomainError | None = None
) -> HttpResponse:
    now, goods = utc_now(), goods_of(shop.id, view.sku_id)
    try:
        play = bargain_play(choosing.live_of(shop.id, view.campaign_id, BARGAIN_PLAY).spec)
    except PlayNotFound:
        play = None
    context = {
        "bargain": view,
        "goods": goods,
        "start": goods.money(view.start_minor),
        "price": goods.money(view.price_minor),
        "floor": goods.money(view.floor_minor),
        "cuts": [goods.money(cut) for cut in view.cuts],
        "missing": view.helpers - view.helped,
        "open": play is not None and view.is_open(now),
        "mine": view.owner_ref == _ref(request, shop),
        "ask": play is not None and asks_to_share(request, wechat=play.wechat),
        "error": error,
        "advice": advice_for(error) if error else "",
        "title": _("%(name)s 砍价") % {"name": goods.card.name},
        "tab": "categories",
    }
    return show(request, "bargain", context, status=error.http_status if error else 200)


def _ref(request: HttpRequest, shop: ShopView) -> str:
    found = getattr(request, "goodfor_play_ref", None)
    if found is None:
        buyer = current(request, shop)
        found = buyer.ref if buyer else buyer_ref(request, shop.id)
        request.goodfor_play_ref = found  # type: ignore[attr-defined]
    return str(found)


def _kept(request: HttpRequest, shop: ShopView, response: HttpResponse, ref: str) -> HttpResponse:
    """Whoever has no account is known again by this browser."""
    if current(request, shop) is None:
        remember_buyer(response, request, shop.id, ref)
    return response
