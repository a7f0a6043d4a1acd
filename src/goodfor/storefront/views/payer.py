"""To the channel and back, so that it tells who pays; whatever goes wrong on the way, the buyer pays another way."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries as orders
from goodfor.payments.operations.learn_payer import learn_payer, payer_page
from goodfor.storefront.client import scheme_and_host
from goodfor.storefront.forms import typed
from goodfor.storefront.grants import forget_payment, payment_of
from goodfor.storefront.ownership import grant_for
from goodfor.storefront.page import page
from goodfor.storefront.payers import Asked, came_back, keep_payer, may_ask, payer_of, send_away
from goodfor.storefront.views.payment import begin_payment, pay_page, to_pay


@page("GET", private=True)
def ask(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """Send this browser to the channel; where there is nothing to ask any more, go on paying."""
    grant = grant_for(request, shop, number)
    hint = payment_of(request, shop.id, number)
    if grant is None or hint is None:
        return redirect("storefront:pay", number=number)
    order, now = orders.order_view(shop.id, grant.order_id), utc_now()
    question = None
    if order.state == "placed" and may_ask(request):
        payer = payer_of(request, shop.id, now)
        question = orders.payer_question(shop.id, order.total, hint.method, payer, now)
    if question is None:
        return _go_on(request, shop, number, hint.method)
    account_id, method = question
    state = send_away(request, shop.id, Asked(number, hint.method, account_id, method), now)
    back = scheme_and_host(request) + reverse("storefront:payer_back", args=[number])
    try:
        away = payer_page(shop_id=shop.id, account_id=account_id, method=method, back=back, state=state, now=now)
    except DomainError:
        return _go_on(request, shop, number, hint.method)
    return redirect(away)


@page("GET", private=True)
def back(request: HttpRequest, shop: ShopView, number: str) -> HttpResponse:
    """Back from the channel: the code is read by the server, once, and only for the browser that was sent."""
    hint = payment_of(request, shop.id, number)
    now, state = utc_now(), typed(request.GET.get("state", ""), 100)
    asked = came_back(request, shop.id, state, now)
    if asked is not None and asked.number == number:
        _learn(request, shop, asked, typed(request.GET.get("code", ""), 600))
    if hint is None:
        return redirect("storefront:pay", number=number)
    return _go_on(request, shop, number, hint.method)


def _learn(request: HttpRequest, shop: ShopView, asked: Asked, code: str) -> None:
    now = utc_now()
    try:
        told = learn_payer(shop_id=shop.id, account_id=asked.account_id, method=asked.method, code=code, now=now)
    except DomainError:
        return
    if told is not None:
        keep_payer(request, shop.id, *told, now)


def _go_on(request: HttpRequest, shop: ShopView, number: str, way: str) -> HttpResponse:
    """Start the payment with what is known now; it is not asked again."""
    grant = grant_for(request, shop, number)
    order = orders.order_view(shop.id, grant.order_id) if grant else None
    if grant is None or order is None or order.state != "placed":
        return redirect("storefront:pay", number=number)
    response = to_pay(number)
    error = begin_payment(request, response, shop, grant.order_id, number, way, ask=False)
    if error is None or isinstance(error, HttpResponse):
        return error or response
    # Nothing works without knowing who pays: the page offers what else there is.
    return forget_payment(pay_page(request, shop, order, None, error), number)
