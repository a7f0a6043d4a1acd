"""Sign in, or link an account, by an account elsewhere: there and back."""
# ruff: noqa: ARG001  (views take what Django and the frame give them)

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity.errors import LinkRefused
from goodfor.identity.operations.sign_in_elsewhere import begin_elsewhere, finish_elsewhere, unlink
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.risk.types import Scene
from goodfor.storefront.account import (
    account_page,
    came_back,
    current,
    go_away,
    let_in,
    safe_next,
    session_token,
    to_signin,
    visitor,
)
from goodfor.storefront.client import scheme_and_host
from goodfor.storefront.forms import typed
from goodfor.storefront.judging import act_of, judge
from goodfor.storefront.page import page, show
from goodfor.storefront.views.account_parts import count_ceremony

SIGNIN, LINK = "elsewhere-signin", "elsewhere-link"


@page("POST", private=True)
def signin_with(request: HttpRequest, shop: ShopView, provider: str) -> HttpResponse:
    """To the provider, to sign in by what it says."""
    # First: each is a row, and so is what is judged.
    count_ceremony(request, shop, utc_now())
    judged = judge(request, shop, act_of(request, shop, Scene.SIGN_IN))
    if judged.answer is not None:
        return judged.answer
    return _away(request, shop, provider, safe_next(request.POST.get("next", "")), None)


@account_page("POST", fresh=True)
def link_with(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, provider: str) -> HttpResponse:
    """To the provider, to link the account there with this one."""
    return _away(request, shop, provider, reverse("storefront:me_security"), buyer)


@page("GET", private=True)
def back_from(request: HttpRequest, shop: ShopView, provider: str) -> HttpResponse:
    """Back from the provider: in this browser, with the state that it left with, once."""
    away = came_back(request, shop)
    if away is None or away[1] not in (SIGNIN, LINK):
        raise LinkRefused
    buyer = current(request, shop) if away[1] == LINK else None
    if away[1] == LINK and buyer is None:
        return to_signin(request)
    arrival = finish_elsewhere(
        shop_id=shop.id,
        provider=provider,
        ceremony_id=away[0],
        state=typed(request.GET.get("state", "")),
        code=typed(request.GET.get("code", ""), 2000),
        buyer=buyer,
        visitor=visitor(request),
        replaces=session_token(request),
        now=utc_now(),
    )
    response = redirect(safe_next(arrival.next) or "storefront:me")
    return let_in(response, request, arrival.session) if arrival.session else response


@account_page("POST", fresh=True)
def delete_link(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, provider: str) -> HttpResponse:
    """The account elsewhere no longer opens this one."""
    unlink(buyer=buyer, provider=provider, now=utc_now())
    return redirect("storefront:me_security")


def _away(request: HttpRequest, shop: ShopView, provider: str, after: str, buyer: SignedInBuyer | None) -> HttpResponse:
    sent = begin_elsewhere(
        shop_id=shop.id,
        provider=provider,
        callback=scheme_and_host(request) + reverse("storefront:back_from", args=[provider]),
        after=after,
        buyer=buyer,
        now=utc_now(),
    )
    # A page that leads on, not a redirect of the form: the policy of the page before allows forms to this shop only.
    response = show(request, "account/away", {"address": sent.address, "tab": "me"})
    return go_away(response, request, shop, sent.ceremony_id, SIGNIN if buyer is None else LINK)
