"""Passkeys: the only part of an account that needs JavaScript. Each step answers our own script with JSON."""
# ruff: noqa: ARG001  (views take what Django and the frame give them)

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity.errors import PasskeyRefused
from goodfor.identity.operations.register_passkey import begin_passkey, finish_passkey, remove_passkey
from goodfor.identity.operations.use_passkey import ask_passkey, prove_by_passkey, sign_in_by_passkey
from goodfor.identity.types import Sent, ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.risk.types import Scene
from goodfor.storefront.account import (
    account_page,
    came_back,
    go_away,
    let_in,
    renew,
    safe_next,
    session_token,
    visitor,
)
from goodfor.storefront.judging import act_of, looked_at, noted
from goodfor.storefront.page import page
from goodfor.storefront.views.account_parts import answer_of, count_ceremony, relying_party

SIGNIN, PROOF, NEW = "passkey-signin", "passkey-proof", "passkey-new"


@page("POST", private=True)
def signin_options(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """A challenge for any passkey of this shop."""
    now = utc_now()
    count_ceremony(request, shop, now)
    sent = ask_passkey(shop_id=shop.id, party=relying_party(request, shop), buyer=None, now=now)
    return _options(request, shop, sent, SIGNIN)


@page("POST", private=True)
def signin_passkey(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """The authenticator's answer: the browser is let in."""
    ceremony_id, answer = _ceremony(request, shop, SIGNIN), answer_of(request)
    judged = looked_at(act_of(request, shop, Scene.SIGN_IN))
    session = sign_in_by_passkey(
        shop_id=shop.id,
        party=relying_party(request, shop),
        ceremony_id=ceremony_id,
        answer=answer,
        visitor=visitor(request),
        replaces=session_token(request),
        now=utc_now(),
    )
    noted(judged, good=True)
    after = safe_next(request.POST.get("next", "")) or reverse("storefront:me")
    return let_in(JsonResponse({"go": after}), request, session)


@account_page("POST")
def proof_options(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """A challenge for one's own passkeys."""
    sent = ask_passkey(shop_id=shop.id, party=relying_party(request, shop), buyer=buyer, now=utc_now())
    return _options(request, shop, sent, PROOF)


@account_page("POST")
def proof_passkey(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """The authenticator's answer: a fresh proof."""
    token = prove_by_passkey(
        buyer=buyer,
        party=relying_party(request, shop),
        ceremony_id=_ceremony(request, shop, PROOF),
        answer=answer_of(request),
        now=utc_now(),
    )
    after = safe_next(request.POST.get("next", "")) or reverse("storefront:me")
    return renew(JsonResponse({"go": after}), request, token)


@account_page("POST", fresh=True)
def new_options(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """A challenge for a new passkey."""
    sent = begin_passkey(buyer=buyer, party=relying_party(request, shop), now=utc_now())
    return _options(request, shop, sent, NEW)


@account_page("POST", fresh=True)
def new_passkey(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """The new passkey."""
    finish_passkey(
        buyer=buyer,
        party=relying_party(request, shop),
        ceremony_id=_ceremony(request, shop, NEW),
        answer=answer_of(request),
        label=visitor(request).label,
        now=utc_now(),
    )
    return JsonResponse({"go": reverse("storefront:me_security")})


@account_page("POST", fresh=True)
def delete_passkey(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, passkey_id: UUID) -> HttpResponse:
    """Take one away."""
    remove_passkey(buyer=buyer, passkey_id=passkey_id, now=utc_now())
    return redirect("storefront:me_security")


def _options(request: HttpRequest, shop: ShopView, sent: Sent, why: str) -> HttpResponse:
    return go_away(JsonResponse(dict(sent.options)), request, shop, sent.ceremony_id, why)


def _ceremony(request: HttpRequest, shop: ShopView, why: str) -> UUID:
    back = came_back(request, shop)
    if back is None or back[1] != why:
        raise PasskeyRefused
    return back[0]
