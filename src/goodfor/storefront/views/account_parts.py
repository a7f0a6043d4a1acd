"""Small things that the account's views share."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from goodfor.identity import queries as identity
from goodfor.identity.errors import PasskeyRefused
from goodfor.identity.types import OAuthAppView, RelyingParty, ShopView
from goodfor.kernel.errors import DomainError
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import scheme_and_host

MOST_ANSWER = 20_000


def with_retry(response: HttpResponse, error: DomainError | None) -> HttpResponse:
    """Say in the header when to come again, where the refusal knows it."""
    if error is not None and "retry_after" in error.data:
        response["Retry-After"] = str(error.data["retry_after"])
    return response


def advice(error: DomainError | None) -> Any:
    """What to do next, or nothing."""
    return advice_for(error) if error else ""


def offered(request: HttpRequest, shop: ShopView) -> list[OAuthAppView]:
    """Providers of sign-ins that work here: inside of WeChat its own page, elsewhere its QR code."""
    inside = "MicroMessenger" in str(request.META.get("HTTP_USER_AGENT", ""))
    hidden = "weixin" if inside else "weixin_mp"
    return [app for app in identity.oauth_apps(shop.id) if app.provider != hidden]


def relying_party(request: HttpRequest, shop: ShopView) -> RelyingParty:
    """The shop as passkeys know it."""
    host = (shop.host or request.get_host()).rsplit(":", 1)[0]
    return RelyingParty(host, shop.name, scheme_and_host(request))


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """What the authenticator said, sent as JSON in a field of a form. Raises PasskeyRefused."""
    text = request.POST.get("answer", "")
    try:
        value = json.loads(text) if len(text) <= MOST_ANSWER else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise PasskeyRefused
    return value
