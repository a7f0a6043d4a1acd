"""The mall for partners' people: they come by their app's link, see what their points take, and exchange them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from goodfor.catalog.errors import SkuUnknown
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import secret_token, uuid7
from goodfor.orders import queries as orders
from goodfor.partners import queries as partners
from goodfor.partners import states
from goodfor.partners.errors import EntryNeeded, OfferGone
from goodfor.partners.operations.begin_exchange import begin_exchange
from goodfor.partners.operations.enter_mall import enter_mall
from goodfor.partners.operations.go_on_exchange import few_at_once, ref_of, run_exchange
from goodfor.partners.types import Call, ExchangeView, ExchangeWish
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import client_ip
from goodfor.storefront.forms import ids_in, typed
from goodfor.storefront.grants import grant_for, grants_of, remember, write_grants
from goodfor.storefront.judged_sales import judged_order
from goodfor.storefront.judging import noted
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.page import page, show
from goodfor.storefront.partner_guest import Here, guest_here, let_in
from goodfor.storefront.plays import Goods, goods_of
from goodfor.storefront.types import Grant

HOUR: Final = timedelta(hours=1)
#: From one address: who comes in, and who exchanges. A company's people come from one.
ENTERED_AN_HOUR: Final = 600
EXCHANGED_AN_HOUR: Final = 120
_OPEN: Final = ("ordered", "done")
#: How one stands, for whoever exchanged: a word and its tone.
_STANDS: Final[Mapping[str, tuple[Any, str]]] = {
    states.EX_ASKED: (_("处理中"), "amber"),
    states.EX_TAKEN: (_("处理中"), "amber"),
    states.EX_ORDERED: (_("已兑换"), "green"),
    states.EX_DONE: (_("已兑换"), "green"),
    states.EX_BACK: (_("已退回"), "plain"),
    states.EX_REFUSED: (_("没换成"), "plain"),
    states.EX_LOST: (_("没换成"), "plain"),
}


@page(private=True)
def enter(request: HttpRequest, shop: ShopView, code: str) -> HttpResponse:
    """By the partner's link; on to the mall without it, so that nobody reads it over a shoulder."""
    now, ip = utc_now(), client_ip(request)
    count_attempt(shop_id=shop.id, scope="mall", subject=ip, limit=ENTERED_AN_HOUR, window=HOUR, now=now)
    call = Call(request.META.get("QUERY_STRING", "").encode("latin-1"), b"", ip)
    guest = enter_mall(shop_id=shop.id, code=code, call=call, now=now)
    return let_in(redirect("storefront:partner_mall", code=code), request, shop, guest, now)


@page(private=True)
def mall(request: HttpRequest, shop: ShopView, code: str) -> HttpResponse:
    """What is up, and what they have exchanged."""
    return _show(request, shop, guest_here(request, shop, code))


@page("POST", private=True)
def exchange(request: HttpRequest, shop: ShopView, code: str) -> HttpResponse:
    """Points for one of it. `key`: made with the page, so that sent twice it is once."""
    here = guest_here(request, shop, code)
    try:
        return _exchange(request, shop, here, utc_now())
    except EntryNeeded:
        raise
    except DomainError as error:
        return _show(request, shop, here, error)


@page(private=True)
def exchanged(request: HttpRequest, shop: ShopView, code: str, number: str) -> HttpResponse:
    """What became of one; its order is this person's, and opens for them as for who has just bought it."""
    here = guest_here(request, shop, code)
    one = partners.exchange_of_guest(shop.id, here.guest, number)
    order = orders.order_view(shop.id, one.order_id) if one.state in _OPEN else None
    state, tone = _STANDS[one.state]
    context = {"here": here.guest, "one": one, "order": order, "goods": _of(shop, one), "state": state, "tone": tone}
    response = show(request, "partner_exchange", context)
    if order is not None and grant_for(request, shop.id, order.number) is None:
        grant = Grant(order.id, order.number, here.since)
        write_grants(response, request, shop.id, [grant, *grants_of(request, shop.id)])
    return response


def _exchange(request: HttpRequest, shop: ShopView, here: Here, now: datetime) -> HttpResponse:
    sent, guest = request.POST, here.guest
    sku_id: UUID | None = next(iter(ids_in([sent.get("sku", "")], 1)), None)
    units, key = typed(sent.get("units", ""), 12), typed(sent.get("key", ""), 40)
    if sku_id is None or not units.isdecimal() or not key or not guest.known:
        raise OfferGone
    goods, ip, order_id, ref = _goods(shop, sku_id), client_ip(request), uuid7(), ref_of(guest.account_id, guest.uid)
    if goods is None:
        raise OfferGone
    count_attempt(shop_id=shop.id, scope="place", subject=ip, limit=EXCHANGED_AN_HOUR, window=HOUR, now=now)
    judged = judged_order(
        request, shop, order_id=order_id, ref=ref, contact="", offer=goods.offer, quantity=1,
        category=goods.card.category_slug,
    )  # fmt: skip
    if judged.answer is not None:
        return judged.answer
    wish = ExchangeWish(guest.uid, sku_id, int(units), key, order_id, judged.hold)
    with few_at_once(guest.account_id):
        begun = begin_exchange(shop_id=shop.id, account_id=guest.account_id, wish=wish, now=now)
        done = run_exchange(shop_id=shop.id, exchange_id=begun.id, ip=ip, now=now)
    noted(judged, good=done.state in _OPEN)
    response = redirect("storefront:partner_exchanged", code=guest.code, number=done.order_num)
    if done.secret:
        number = orders.order_view(shop.id, done.order_id).number
        remember(response, request, shop.id, Grant(done.order_id, number, now), done.secret)
    return response


def _show(request: HttpRequest, shop: ShopView, here: Here, error: DomainError | None = None) -> HttpResponse:
    guest = here.guest
    up = [(one, _goods(shop, one.sku_id)) for one in partners.offers(shop.id, guest.account_id, up=True)]
    context: dict[str, Any] = {
        "here": guest,
        "rows": [(one, goods) for one, goods in up if goods is not None],
        "mine": [(one, _of(shop, one), *_STANDS[one.state]) for one in partners.exchanges_of_guest(shop.id, guest)],
        "key": secret_token(16),
        "error": error,
        "advice": advice_for(error) if error else "",
    }
    return show(request, "partner_mall", context, status=error.http_status if error else 200)


def _goods(shop: ShopView, sku_id: UUID) -> Goods | None:
    try:
        return goods_of(shop.id, sku_id)
    except SkuUnknown:
        return None


def _of(shop: ShopView, one: ExchangeView) -> str:
    goods = _goods(shop, one.sku_id)
    return f"{goods.card.name} {goods.sku.name}" if goods else ""
