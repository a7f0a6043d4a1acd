"""The living page: every component, in both themes and languages. Served where nothing is real (config/urls.py)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from goodfor.kernel.clock import utc_now
from goodfor.kit.living import context

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


@require_safe
def living(request: HttpRequest) -> HttpResponse:
    """Show the kit."""
    with translation.override(translation.get_language_from_request(request)):
        response = render(request, "kit/living.html", context(utc_now()))
    return _strict(response)


@require_safe
def fragment(request: HttpRequest) -> HttpResponse:
    """What a drawer fetches: a small form."""
    with translation.override(translation.get_language_from_request(request)):
        response = render(request, "kit/living/drawer.html", {"at": "x"})
    return _strict(response)


def _strict(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = CSP
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response
