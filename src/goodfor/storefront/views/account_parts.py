"""Small things that the account's views share."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from goodfor.identity import queries as identity
from goodfor.identity.errors import PasskeyRefused
from goodfor.identity.types import OAuthAppView, RelyingParty, ShopView
from goodfor.kernel.addresses import network
from goodfor.kernel.errors import DomainError
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import client_ip, scheme_and_host
from goodfor.storefront.operations.count_attempt import count_attempt

MOST_ANSWER = 20_000
CEREMONIES, CEREMONY_WINDOW = 60, timedelta(minutes=10)


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


def count_ceremony(request: HttpRequest, shop: ShopView, now: datetime) -> None:
    """Guests may be sent away with a challenge so often: each one is a row. Raises TooManyTries."""
    count_attempt(
        shop_id=shop.id,
        scope="ceremony.ip",
        subject=network(client_ip(request)),
        limit=CEREMONIES,
        window=CEREMONY_WINDOW,
        now=now,
    )


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
