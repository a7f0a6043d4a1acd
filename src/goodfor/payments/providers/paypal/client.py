"""Calls to PayPal: JSON both ways, a bearer token that lives in this process only.

Replies are not signed; https and the comparison of our number, payee and amount in them are all there is.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Rejected, Unknown
from goodfor.payments.providers.base import NOT_SENT
from goodfor.payments.providers.paypal.settings import Settings

REFUSED: Final = "refused"
UNAUTHORIZED: Final = "unauthorized"
_EARLY: Final = timedelta(seconds=60)
_MAX_TOKENS: Final = 256
_NO_ANSWER: Final = (401, 403, 408, 409, 425, 429)
_tokens: dict[bytes, tuple[datetime, str]] = {}
_lock = Lock()


class BadReply(Exception):
    """A reply that is no answer; `reason` is stable and safe to store."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Refused(Exception):
    """PayPal answered no. `issue` is its own code, `text` its message, cut."""

    def __init__(self, status: int, issue: str, text: str) -> None:
        self.status = status
        self.issue = issue
        self.text = text
        super().__init__("refused")


class NoToken(Exception):
    """No token was given, so the call itself was never made. `reason` as in BadReply."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def call(
    settings: Settings,
    now: datetime,
    method: str,
    path: str,
    body: bytes = b"",
    request_id: str = "",
    *,
    kind: str = "application/json",
) -> dict[str, Any]:
    """One call; `request_id` makes a repetition the same. Raises NotSent, NoAnswer, NoToken, BadReply, Refused."""
    reply = _sent(settings, now, method, path, body, request_id, kind)
    if reply.status == 401:
        # The token was called back before its time; refused so, nothing was done.
        forget(settings)
        reply = _sent(settings, now, method, path, body, request_id, kind)
    if reply.status in _NO_ANSWER or reply.status >= 500:
        raise BadReply(UNAUTHORIZED if reply.status in (401, 403) else f"http_{reply.status}")
    decoded = decode(reply.body)
    if 200 <= reply.status < 300:
        return decoded
    if not 400 <= reply.status < 500:
        raise BadReply(f"http_{reply.status}")
    raise Refused(reply.status, _issue(decoded), str(decoded.get("message", ""))[:200])


def written(value: dict[str, Any]) -> bytes:
    """The bytes of a body."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def decode(body: bytes) -> dict[str, Any]:
    """A JSON object, a name twice refused. Its amounts are texts; a number is none to us. Raises BadReply."""
    try:
        decoded = json.loads(body.decode(), parse_constant=_refuse, object_pairs_hook=_unique)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadReply("not_json") from None
    if not isinstance(decoded, dict):
        raise BadReply("not_json")
    return decoded


def guarded(ask: Callable[[], Outcome]) -> Outcome:
    """Run a call; whatever goes wrong becomes one of the four outcomes, without secrets in it."""
    try:
        return ask()
    except (http.NotSent, NoToken):
        return Unknown(NOT_SENT)
    except (http.NoAnswer, BadReply) as problem:
        return Unknown(problem.reason)
    except Refused as problem:
        return Rejected(REFUSED, problem.text)


def asked(ask: Callable[[], Outcome]) -> Outcome:
    """Run a question: a refusal to answer tells nothing about the money."""
    outcome = guarded(ask)
    return Unknown(REFUSED) if isinstance(outcome, Rejected) and outcome.code == REFUSED else outcome


def token(settings: Settings, now: datetime) -> str:
    """A token with at least a minute to go. Raises NoToken; never what the call itself would raise."""
    place = _place(settings)
    with _lock:
        until, held = _tokens.get(place, (now, ""))
    if held and until - _EARLY > now:
        return held
    pair = base64.b64encode(f"{settings.client_id}:{settings.secret}".encode()).decode()
    headers = {"authorization": f"Basic {pair}", "content-type": "application/x-www-form-urlencoded"}
    try:
        reply = http.send("POST", f"{settings.base_url}/v1/oauth2/token", b"grant_type=client_credentials", headers)
        if reply.status != 200:
            raise NoToken(UNAUTHORIZED if reply.status in (400, 401, 403) else f"http_{reply.status}")
        decoded = decode(reply.body)
    except http.NotSent:
        raise NoToken(NOT_SENT) from None
    except (http.NoAnswer, BadReply) as problem:
        raise NoToken(problem.reason) from None
    fresh, seconds = decoded.get("access_token"), decoded.get("expires_in")
    if not isinstance(fresh, str) or not 0 < len(fresh) <= 4096 or not fresh.isascii() or not fresh.isprintable():
        raise NoToken("bad_token")
    lifetime = timedelta(seconds=min(seconds, 86_400) if type(seconds) is int and seconds > 0 else 0)
    with _lock:
        if len(_tokens) >= _MAX_TOKENS:
            _tokens.clear()
        _tokens[place] = (now + lifetime, fresh)
    return fresh


def forget(settings: Settings) -> None:
    """Drop the token."""
    with _lock:
        _tokens.pop(_place(settings), None)


def _place(settings: Settings) -> bytes:
    # Not the secret itself: a key of a dictionary is easily printed.
    return hashlib.sha256(f"{settings.base_url}\n{settings.client_id}\n{settings.secret}".encode()).digest()


def _sent(
    settings: Settings, now: datetime, method: str, path: str, body: bytes, request_id: str, kind: str
) -> http.Reply:
    headers = {"authorization": f"Bearer {token(settings, now)}", "prefer": "return=representation"}
    if method != "GET":
        headers["content-type"] = kind
    if request_id:
        headers["paypal-request-id"] = request_id
    return http.send(method, f"{settings.base_url}{path}", body, headers)


def _issue(decoded: dict[str, Any]) -> str:
    details = decoded.get("details")
    first = details[0] if isinstance(details, list) and details else None
    issue = first.get("issue") if isinstance(first, dict) else None
    return str(issue or decoded.get("name") or "")[:64]


def _refuse(_name: str) -> Any:
    raise ValueError("not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name twice")
    return fields
