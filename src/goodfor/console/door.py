"""The pages before one is inside: plain, without anybody's data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LANGUAGES = [{"code": "zh-hans", "name_local": "简体中文"}, {"code": "en", "name_local": "English"}]


def page(request: HttpRequest, which: str, context: dict[str, object] | None = None, status: int = 200) -> HttpResponse:
    """A page of the door, never cached, and its address (it may hold a token) told to nobody."""
    answer = render(request, "console/door.html", {"which": which, **(context or {})}, status=status)
    answer["Cache-Control"] = "no-store"
    # The form below needs an origin for Django's check over https; other places get nothing.
    answer["Referrer-Policy"] = "same-origin"
    answer["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    return answer
