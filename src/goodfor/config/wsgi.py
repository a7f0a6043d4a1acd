"""The WSGI entry point that granian serves: pages with Django's middleware, the API and callbacks without."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from goodfor.config.database import for_web
from goodfor.config.proxies import door, networks
from goodfor.kernel.memory import settle
from goodfor.risk.wiring import warm

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodfor.config.settings")
LEAN_PREFIXES = ("/api/", "/pay/notify/", "/supply/hook/", "/healthz", "/readyz", "/metrics")


def _lean_handler() -> WSGIHandler:
    """A handler with LEAN_MIDDLEWARE: what has no cookies needs no sessions, CSRF or messages."""
    original = settings.MIDDLEWARE
    settings.MIDDLEWARE = settings.LEAN_MIDDLEWARE
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = original


# Before anything connects. Only web processes import this file.
settings.DATABASES = {**settings.DATABASES, "default": for_web(settings.DATABASES["default"])}
_pages = get_wsgi_application()
warm()
_lean = _lean_handler()
# Addresses and their views are imported now, not with the first request.
_ = get_resolver().url_patterns
settle()
_identify = door(networks(settings.GOODFOR_TRUSTED_PROXIES), https=settings.GOODFOR_PUBLIC_URL.startswith("https://"))


def application(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
    """Settle who is asking, then send the request down the short way or the long one."""
    _identify(environ)
    handler = _lean if environ.get("PATH_INFO", "").startswith(LEAN_PREFIXES) else _pages
    return handler(environ, start_response)
