"""The frame around every view: shop, language, CSRF, security headers, and refusals shown as pages."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.views.decorators.csrf import csrf_protect

from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView
from goodfor.insights.types import NONE
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, Unavailable
from goodfor.storefront.advice import advice_for
from goodfor.storefront.client import scheme_and_host
from goodfor.storefront.crowd import crowd
from goodfor.storefront.devices import keep_device, own_id
from goodfor.storefront.errors import UploadTooLarge
from goodfor.storefront.kept import brings_back, resume
from goodfor.storefront.visits import count

log = structlog.get_logger(__name__)
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, ShopView, P], HttpResponse]
#: What a browser is told to wait when the database could not serve it.
RETRY_SECONDS = 3
#: Bytes of a request, where a page does not say otherwise.
BODY = 1_048_576

#: Where Stripe's own script must come from, and what it then needs, as Stripe's documentation lists it.
STRIPE = "https://js.stripe.com/v3/"
_STRIPE = {
    "script": " https://js.stripe.com https://*.js.stripe.com",
    "connect": " https://api.stripe.com",
    "inner": " frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;",
}


def _csp(*, more: str = "", frames: str = "'none'", script: str = "", connect: str = "", inner: str = "") -> str:
    """The policy of a page: `more` addresses for forms, `frames` who may frame it; `inner` what it may frame."""
    return (
        f"default-src 'self'; script-src 'self'{script}; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'{connect}; object-src 'none'; base-uri 'none';{inner} "
        f"frame-ancestors {frames}; form-action 'self'{more}"
    )


def page(
    *methods: str, private: bool = False, body: int = BODY, counts: str = ""
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Make `view(request, shop, ...)` a page of the shop that the host names.

    `methods` are those allowed (GET brings HEAD). `private` pages (orders) are never stored. `body`: bytes of a request
    at most, refused by its Content-Length before any of it is read (one without has no body for Django).
    `counts`: which step of a visit it is (`visits.py`).
    A DomainError becomes a page, or problem details for a fetch of our own script.
    """
    allowed = {*(methods or ("GET",))} | ({"HEAD"} if not methods or "GET" in methods else set())

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @csrf_protect
        @wraps(view)
        def framed(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            request.private = private  # type: ignore[attr-defined]
            with crowd, translation.override(language_of(request)):
                if request.method not in allowed:
                    response: HttpResponse = HttpResponseNotAllowed(sorted(allowed))
                else:
                    response = _answer(view, request, *args, **kwargs)
                if counts:
                    count(request, response, counts, getattr(request, "goodfor_product", NONE))
                if private and response.status_code < 500:
                    keep_device(response, request)
                return _dress(response, private)

        @wraps(view)
        def measured(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            # Before the CSRF check, which reads the form and with it every file.
            if _length(request) <= body:
                answer: HttpResponse = framed(request, *args, **kwargs)
                return answer
            with translation.override(language_of(request)):
                return _dress(refusal(request, UploadTooLarge(max_bytes=body)), private)

        return measured  # type: ignore[return-value]

    return decorate


def _length(request: HttpRequest) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 13 else BODY**2


def _answer(view: View[P], request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
    shop: ShopView | None = None
    try:
        shop = identity.shop_in(identity.shop_by_host(request.get_host()), translation.get_language())
        request.shop = shop  # type: ignore[attr-defined]
        if brings_back(request):
            resume(request, shop.id, own_id(request), utc_now())
        return view(request, shop, *args, **kwargs)
    except DomainError as error:
        return refusal(request, error)
    except (OperationalError, InterfaceError) as error:
        # A lock that was not had in time, a statement that ran too long, a database that is away: whatever was begun
        # has been rolled back, and trying again helps.
        log.warning("page_without_database", path=_said(request.path), error=type(error.__cause__ or error).__name__)
        return _busy(request)


def _said(path: str) -> str:
    """An address as it may be logged: that of a partner's page, of a gift or an invitation is its key."""
    return next((f"{kind}..." for kind in ("/partner/", "/gift/", "/welfare/join/") if path.startswith(kind)), path)


def _busy(request: HttpRequest) -> HttpResponse:
    """A 503; without the frame of the page where even that asks the database in vain."""
    try:
        return refusal(request, Unavailable(retry_after=RETRY_SECONDS))
    except DatabaseFailure:
        response = HttpResponse(
            "<!doctype html><meta charset=utf-8><title>503</title><h1>服务暂时不可用 · Unavailable for a moment</h1>"
            "<p>请稍后再试。已付的款不会丢。 Please try again. Money already paid is safe.</p>",
            status=503,
        )
        response["Retry-After"] = str(RETRY_SECONDS)
        return response


def refusal(request: HttpRequest, error: DomainError, status: int | None = None) -> HttpResponse:
    """A refusal as a page that says what to do next, or as problem details for our own script."""
    status = status or error.http_status
    if wants_json(request):
        response: HttpResponse = JsonResponse(
            error.problem(request.path), status=status, content_type="application/problem+json"
        )
    else:
        response = show(request, "error", {"error": error, "advice": advice_for(error)}, status=status)
    if "retry_after" in error.data:
        response["Retry-After"] = str(error.data["retry_after"])
    return response


def show(request: HttpRequest, name: str, context: Mapping[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Render `storefront/<name>.html` with what every page knows."""
    shop = getattr(request, "shop", None)
    indexed = status == 200 and not getattr(request, "private", False)
    known = {
        "indexed": indexed,
        "canonical": scheme_and_host(request) + iri_to_uri(request.path),
        "shop": shop,
        "lang": "en" if translation.get_language() == "en" else "zh-Hans",
        "here": request.get_full_path() if request.method == "GET" else "/",
        "origin": scheme_and_host(request),
    }
    return render(request, f"storefront/{name}.html", {**known, **(context or {})}, status=status)


def wants_json(request: HttpRequest) -> bool:
    """True for a fetch by our own script."""
    return request.headers.get("X-Requested-With") == "fetch"


def language_of(request: HttpRequest) -> str:
    """The language chosen by cookie, else the browser's first one that we have, else Chinese."""
    return translation.get_language_from_request(request)


def allow_form_to(response: HttpResponse, origin: str) -> None:
    """Let this one page post its form to a payment channel's origin."""
    response["Content-Security-Policy"] = _csp(more=f" {origin}")


def allow_frame_in(response: HttpResponse, origin: str) -> None:
    """Let the console's own origin show this one page in a frame; `origin` comes from a signature of ours."""
    response["Content-Security-Policy"] = _csp(frames=origin)
    response.xframe_options_exempt = True


def is_stripe(script: str) -> bool:
    """Whether this is Stripe's script: from Stripe, or from a stand-in where the installation has such."""
    return script == STRIPE or is_stand_in(script)


def is_stand_in(address: str) -> bool:
    """Whether this is a page of a stand-in on this machine, where the installation has such."""
    parts = urlsplit(address)
    here = parts.hostname in ("127.0.0.1", "localhost", "::1") and bool(settings.GOODFOR_LOOPBACK_CHANNELS)
    return here and parts.scheme == "http" and not set(parts.netloc) & set(" ;,'\"")


def allow_stripe(response: HttpResponse, script: str) -> None:
    """Let this one page be paid on by Stripe's script, which `is_stripe`."""
    if script == STRIPE:
        response["Content-Security-Policy"] = _csp(**_STRIPE)
        return
    origin = f" http://{urlsplit(script).netloc}"
    response["Content-Security-Policy"] = _csp(script=origin, connect=origin, inner=f" frame-src{origin};")


def _dress(response: HttpResponse, private: bool) -> HttpResponse:
    response.headers.setdefault("Content-Security-Policy", _csp())
    response["X-Content-Type-Options"] = "nosniff"
    # Not no-referrer: with it browsers send `Origin: null` with our own forms, and CSRF protection refuses them.
    response["Referrer-Policy"] = "same-origin"
    response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    response["Content-Language"] = translation.get_language() or "zh-hans"
    if private:
        response["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response
