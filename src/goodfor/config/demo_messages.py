"""Where the demo and the tests receive one-time codes: a file of this installation and a page for the same machine.

Switched on by settings.GOODFOR_DEMO_MESSAGES only; a real installation sends by the channels of its shop.
"""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from goodfor.config.proxies import PROXIED
from goodfor.config.sandbox_pay import plainly
from goodfor.identity.types import IssuedCode, ShopView
from goodfor.kernel.errors import Unavailable

SHOWN = 50


def _file() -> Path:
    return Path(settings.DATA_DIR) / "demo-messages.jsonl"


def send(shop: ShopView, issued: IssuedCode) -> None:
    """Append the message to the file (mode 0600). Raises Unavailable where the demo is off."""
    if not settings.GOODFOR_DEMO_MESSAGES:
        raise Unavailable
    line = json.dumps({"shop": shop.code, "to": issued.contact.value, "code": issued.code, "for": issued.purpose})
    descriptor = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def sent() -> list[dict[str, Any]]:
    """The latest messages, newest first."""
    path = _file()
    lines = path.read_text(encoding="utf-8").splitlines()[-SHOWN:] if path.exists() else []
    return [json.loads(line) for line in reversed(lines)]


def messages(request: HttpRequest) -> HttpResponse:
    """The messages as a page, for callers on the same machine."""
    local = request.META.get("REMOTE_ADDR", "") in ("127.0.0.1", "::1") and not request.META.get(PROXIED)
    if not settings.GOODFOR_DEMO_MESSAGES or not local:
        return HttpResponse(status=404)
    rows = format_html_join(
        "", "<tr><td>{}</td><td>{}</td><td><b>{}</b></td></tr>", ((m["shop"], m["to"], m["code"]) for m in sent())
    )
    page = format_html(
        '<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>{title}</title><main><h1>{title}</h1><table>{rows}</table></main></html>",
        title=_("演示：发出的验证码"),
        rows=rows,
    )
    return plainly(HttpResponse(page))
