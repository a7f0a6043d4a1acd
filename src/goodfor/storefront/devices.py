"""The device cookie: a signed random id that this browser keeps, for risk control. A hint, never a proof."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from goodfor.kernel.clock import utc_now
from goodfor.risk.enrichment import device
from goodfor.storefront.client import scheme_and_host

_UNREAD = object()


def device_id(request: HttpRequest) -> str:
    """The id that this browser came with; empty for one that is new, or that changed what we gave it."""
    found: Any = getattr(request, "goodfor_device", _UNREAD)
    if found is _UNREAD:
        found = device.read(request.COOKIES.get(device.COOKIE, "")) or ""
        request.goodfor_device = found  # type: ignore[attr-defined]
    return str(found)


def own_id(request: HttpRequest) -> str:
    """The same, or the one that it gets with this answer: what a challenge is bound to."""
    return device_id(request) or _new(request)[0]


def keep_device(response: HttpResponse, request: HttpRequest) -> None:
    """Give the cookie, or give it anew, so that it lasts as long as the browser comes by."""
    cookie = request.COOKIES.get(device.COOKIE, "") if device_id(request) else _new(request)[1]
    response.set_cookie(
        device.COOKIE,
        cookie,
        max_age=int(device.LASTS.total_seconds()),
        path="/",
        # Also behind a proxy that ends TLS in front of us.
        secure=scheme_and_host(request).startswith("https:"),
        httponly=True,
        samesite="Lax",
    )


def _new(request: HttpRequest) -> tuple[str, str]:
    made: tuple[str, str] | None = getattr(request, "goodfor_new_device", None)
    if made is None:
        made = device.issue(utc_now())
        request.goodfor_new_device = made  # type: ignore[attr-defined]
    return made
