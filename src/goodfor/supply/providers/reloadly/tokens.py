"""Tokens of Reloadly: good for weeks, so one is kept in this process until shortly before its end."""

import hashlib
import json
from threading import Lock
from typing import Final

from goodfor.supply.providers.numbers import BadReply, read_json, record, text, whole
from goodfor.supply.providers.reloadly.settings import Settings
from goodfor.supply.providers.values import Refusal
from goodfor.supply.providers.wire import NoAnswer, NotSent, Wire

_EARLY: Final = 60
_LONGEST: Final = 86_400
_MOST: Final = 256
_tokens: dict[bytes, tuple[float, str]] = {}
_lock = Lock()


class NoToken(Exception):
    """There is none, so that the call itself was not made. `code` is stable and safe to store."""

    def __init__(self, why: Refusal, code: str) -> None:
        self.why: Refusal = why
        self.code = code
        super().__init__(code)


def token(settings: Settings, wire: Wire) -> str:
    """One with at least a minute to go. Raises NoToken; never what the call itself would raise."""
    place = _place(settings)
    with _lock:
        until, held = _tokens.get(place, (0.0, ""))
    if not held or until - _EARLY <= wire.now:
        held, seconds = _fresh(settings, wire)
        with _lock:
            if len(_tokens) >= _MOST:
                _tokens.clear()
            _tokens[place] = (wire.now + min(seconds, _LONGEST), held)
    wire.conceal((held,))
    return held


def forget(settings: Settings) -> None:
    """Drop the token."""
    with _lock:
        _tokens.pop(_place(settings), None)


def _fresh(settings: Settings, wire: Wire) -> tuple[str, int]:
    fields = {
        "client_id": settings.client_id, "client_secret": settings.client_secret, "grant_type": "client_credentials",
        "audience": settings.audience,
    }  # fmt: skip
    # The request itself says the secret.
    wire.conceal((settings.client_id, settings.client_secret))
    body, headers = json.dumps(fields).encode(), {"content-type": "application/json"}
    try:
        reply = wire.send("token", "POST", f"{settings.auth_url}/oauth/token", body, headers)
        told = record(read_json(reply.body))
        if reply.status != 200:
            known = text(told.get("errorCode"), 40) in ("INVALID_CREDENTIALS", "INVALID_TOKEN")
            raise NoToken("config" if known or reply.status in (401, 403) else "not_sent", f"token_http_{reply.status}")
    except NotSent:
        raise NoToken("not_sent", "token_not_sent") from None
    except (NoAnswer, BadReply):
        raise NoToken("not_sent", "token_unread") from None
    fresh = text(told.get("access_token"), 8000)
    wire.conceal((fresh,))
    if len(fresh) < 8 or not fresh.isascii() or not fresh.isprintable():
        raise NoToken("not_sent", "token_unread")
    return fresh, whole(told.get("expires_in")) or 0


def _place(settings: Settings) -> bytes:
    # Not the secret itself: a key of a dictionary is easily printed.
    parts = (settings.auth_url, settings.audience, settings.client_id, settings.client_secret)
    return hashlib.sha256("\n".join(parts).encode()).digest()
