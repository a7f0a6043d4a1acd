"""The WSGI entry point that granian serves: pages with Django's middleware, the API and callbacks without."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodfor.config.settings")
LEAN_PREFIXES = ("/api/", "/pay/notify/", "/healthz", "/readyz", "/metrics")


def _lean_handler() -> WSGIHandler:
    """A handler with LEAN_MIDDLEWARE: what has no cookies needs no sessions, CSRF or messages."""
    original = settings.MIDDLEWARE
    settings.MIDDLEWARE = settings.LEAN_MIDDLEWARE
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = original


_pages = get_wsgi_application()
_lean = _lean_handler()


def application(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
    """Send the request down the short way or the long one."""
    handler = _lean if environ.get("PATH_INFO", "").startswith(LEAN_PREFIXES) else _pages
    return handler(environ, start_response)
