"""Whose browser this is: the cookies of an account, and the frame around the pages that need one.

`gf_session` holds a random token that opens the account; `gf_device` holds another that only says that this browser
has been here before. Both are kept by identity as hashes. `gf_code` remembers, signed, which code is being waited for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from goodfor.identity import queries as identity
from goodfor.identity.errors import FreshProofNeeded, SignInNeeded
from goodfor.identity.operations.touch_session import touch_session
from goodfor.identity.types import NewSession, ShopView, SignedInBuyer, Visitor
from goodfor.kernel.clock import utc_now
from goodfor.storefront.client import client_ip, scheme_and_host
from goodfor.storefront.page import page, wants_json

P = ParamSpec("P")
AccountView = Callable[Concatenate[HttpRequest, ShopView, SignedInBuyer, P], HttpResponse]

SESSION_COOKIE, DEVICE_COOKIE, CODE_COOKIE, AWAY_COOKIE = "gf_session", "gf_device", "gf_code", "gf_away"
SESSION_AGE, DEVICE_AGE, SHORT_AGE = timedelta(days=180), timedelta(days=730), timedelta(minutes=15)
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A code that this browser waits for: where it went (as typed), why, and where to go on afterwards."""

    code_id: UUID
    purpose: str
    contact: str
    next: str


def current(request: HttpRequest, shop: ShopView) -> SignedInBuyer | None:
    """Who is signed in here; asked of the database once a request."""
    found: Any = getattr(request, "goodfor_buyer", _UNKNOWN)
    if found == _UNKNOWN:
        now = utc_now()
        found = identity.signed_in(shop.id, request.COOKIES.get(SESSION_COOKIE, ""), now)
        if found is not None and found.touch_due:
            touch_session(shop_id=shop.id, session_id=found.session_id, now=now)
        request.goodfor_buyer = found  # type: ignore[attr-defined]
    buyer: SignedInBuyer | None = found
    return buyer


def visitor(request: HttpRequest) -> Visitor:
    """What this browser shows of itself."""
    return Visitor(
        ip=client_ip(request),
        device=request.COOKIES.get(DEVICE_COOKIE, ""),
        label=identity.device_label(str(request.META.get("HTTP_USER_AGENT", ""))),
        locale=translation.get_language() or "zh-hans",
    )


def session_token(request: HttpRequest) -> str:
    """The token that this browser came with, good or not."""
    return request.COOKIES.get(SESSION_COOKIE, "")


def let_in(response: HttpResponse, request: HttpRequest, session: NewSession) -> HttpResponse:
    """Give the browser its new tokens; nothing that it had before opens anything."""
    _set(response, request, SESSION_COOKIE, session.token, SESSION_AGE)
    _set(response, request, DEVICE_COOKIE, session.device, DEVICE_AGE)
    response.delete_cookie(CODE_COOKIE, path="/", samesite="Lax")
    rotate_token(request)
    return response


def renew(response: HttpResponse, request: HttpRequest, token: str) -> HttpResponse:
    """The session goes on under a new token: after a fresh proof."""
    _set(response, request, SESSION_COOKIE, token, SESSION_AGE)
    response.delete_cookie(CODE_COOKIE, path="/", samesite="Lax")
    rotate_token(request)
    return response


def let_out(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Take the session's token away; the device stays known."""
    response.delete_cookie(SESSION_COOKIE, path="/", samesite="Lax")
    rotate_token(request)
    return response


def wait_for(response: HttpResponse, request: HttpRequest, shop: ShopView, waiting: Waiting) -> HttpResponse:
    """Remember which code this browser waits for."""
    value = [waiting.code_id.hex, waiting.purpose, waiting.contact, waiting.next]
    _set(response, request, CODE_COOKIE, signing.dumps(value, salt=_salt("code", shop.id)), SHORT_AGE)
    return response


def waited_for(request: HttpRequest, shop: ShopView, purpose: str) -> Waiting | None:
    """The code that this browser waits for, if it is for this purpose."""
    raw = request.COOKIES.get(CODE_COOKIE, "")
    try:
        code_id, kept, contact, after = signing.loads(raw, salt=_salt("code", shop.id), max_age=SHORT_AGE)
        return Waiting(UUID(code_id), str(kept), str(contact), str(after)) if kept == purpose else None
    except (signing.BadSignature, TypeError, ValueError):
        return None


def go_away(response: HttpResponse, request: HttpRequest, shop: ShopView, ceremony_id: UUID, why: str) -> HttpResponse:
    """Remember which ceremony (a passkey, a foreign sign-in) this browser was sent away with, and why."""
    value = signing.dumps([ceremony_id.hex, why], salt=_salt("away", shop.id))
    _set(response, request, AWAY_COOKIE, value, SHORT_AGE)
    return response


def came_back(request: HttpRequest, shop: ShopView) -> tuple[UUID, str] | None:
    """The ceremony that this browser was sent away with, and why."""
    try:
        value = signing.loads(request.COOKIES.get(AWAY_COOKIE, ""), salt=_salt("away", shop.id), max_age=SHORT_AGE)
        return UUID(value[0]), str(value[1])
    except (signing.BadSignature, ValueError, TypeError, IndexError):
        return None


def safe_next(address: str) -> str:
    """A place of this shop to go on to, or nothing: never another host, never an address with a secret in it."""
    if len(address) > 300 or not address.startswith("/") or "k=" in address:
        return ""
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def account_page(
    *methods: str, fresh: bool = False
) -> Callable[[AccountView[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Make `view(request, shop, buyer, ...)` a page of a signed-in buyer; `fresh` asks for a proof of the last minutes.

    Whoever is not signed in is led to sign in, and then back. Our own script gets problem details instead.
    """

    def decorate(view: AccountView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        def guarded(request: HttpRequest, shop: ShopView, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            buyer = current(request, shop)
            if buyer is None:
                return to_signin(request)
            if fresh and not identity.is_proof_fresh(buyer, utc_now()):
                return to_proof(request)
            return view(request, shop, buyer, *args, **kwargs)

        return page(*methods, private=True)(guarded)

    return decorate


def to_signin(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back. Raises SignInNeeded for our own script."""
    if wants_json(request):
        raise SignInNeeded
    return redirect(_with_next("storefront:signin", request))


def to_proof(request: HttpRequest) -> HttpResponse:
    """To the page for a fresh proof, and from there back. Raises FreshProofNeeded for our own script."""
    if wants_json(request):
        raise FreshProofNeeded
    return redirect(_with_next("storefront:me_proof", request))


def _with_next(name: str, request: HttpRequest) -> str:
    # What was posted is gone by then: back to the page that it was posted from.
    back = request.get_full_path() if request.method == "GET" else request.POST.get("back", "")
    after = safe_next(back)
    return reverse(name) + (f"?{urlencode({'next': after})}" if after else "")


def _salt(what: str, shop_id: UUID) -> str:
    return f"storefront.{what}:{shop_id.hex}"


def _set(response: HttpResponse, request: HttpRequest, name: str, value: str, age: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(age.total_seconds()),
        path="/",
        # Also behind a proxy that ends TLS in front of us.
        secure=scheme_and_host(request).startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
