"""An e-mail service with Resend's interface: POST /emails with a bearer key."""

import hmac
import re

from goodfor.sandbox.notify.demo import ESP_KEY
from goodfor.sandbox.notify.desk import Desk
from goodfor.sandbox.web import Request, Response, json_response

_ADDRESS = re.compile(r"<?([^<>\s]+@[^<>\s]+)>?$")


def emails(desk: Desk, request: Request) -> Response:
    """Keeps the mail and answers its id."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given, ESP_KEY) or desk.faults.take("bad_signature", "esp") is not None:
        return _error(desk, 401, "invalid_api_key")
    if desk.faults.take("rate_limit", "esp") is not None:
        return _error(desk, 429, "rate_limit_exceeded")
    if desk.faults.take("refuse", "esp") is not None:
        return _error(desk, 422, "validation_error")
    wish = request.json()
    to = wish.get("to")
    recipients = [str(item) for item in to] if isinstance(to, list) else [str(to)]
    headers = wish.get("headers")
    content = {
        "from": str(wish.get("from", "")),
        "to": ", ".join(recipients),
        "subject": str(wish.get("subject", "")),
        "headers": headers if isinstance(headers, dict) else {},
        "text": str(wish.get("text", "")),
        "html": str(wish.get("html", "")),
    }
    number = 0
    for recipient in recipients:
        found = _ADDRESS.search(recipient)
        number = desk.books.letter("esp", found.group(1) if found else recipient, content, at_ms=desk.now_ms())
    desk.note("esp", "emails", "ok")
    return json_response({"id": f"stand-in-{number}"})


def _error(desk: Desk, status: int, name: str) -> Response:
    desk.note("esp", "emails", name)
    return json_response({"statusCode": status, "name": name, "message": f"stand-in says {name}"}, status)
