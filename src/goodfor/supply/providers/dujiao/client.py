"""Calls to a dujiao-next shop. A no is a word together with its status; any other pair of them is doubt."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from goodfor.supply.providers.dujiao import signing
from goodfor.supply.providers.dujiao.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import NoAnswer, NotSent, Wire

Got = TypeVar("Got")
_GOOD: Final = frozenset({200, 201})
NO_ORDER, NO_CANCEL = "order_not_found", "cancel_not_allowed"
_AUTH: Final = frozenset({401, 403})
#: Word -> with which status it is believed, and what it comes to.
_CODES: Final[Mapping[str, tuple[frozenset[int], Refusal]]] = {
    "bad_request": (frozenset({400}), "request"),
    "invalid_callback_url": (frozenset({400}), "config"),
    "sku_unavailable": (frozenset({400}), "off_sale"),
    "product_unavailable": (frozenset({400, 404}), "off_sale"),
    "product_not_found": (frozenset({404}), "off_sale"),
    NO_ORDER: (frozenset({404}), "request"),
    "insufficient_balance": (frozenset({402}), "balance"),
    "insufficient_stock": (frozenset({409}), "stock"),
    NO_CANCEL: (frozenset({409}), "request"),
    "missing_auth_headers": (_AUTH, "config"),
    "invalid_timestamp": (_AUTH, "config"),
    "timestamp_expired": (_AUTH, "config"),
    "invalid_signature": (_AUTH, "config"),
    "invalid_api_key": (_AUTH, "config"),
    "user_disabled": (_AUTH, "config"),
}


class Denied(Exception):
    """They say no, by a word that is believed with this status."""

    def __init__(self, code: str, why: Refusal, message: str) -> None:
        self.code = code
        self.why = why
        self.message = message
        super().__init__(code)


def body_of(fields: Mapping[str, Any]) -> bytes:
    """The bytes of a request, in the order given, compact, nothing escaped: the same for the same fields."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand."""

    settings: Settings
    wire: Wire

    def get(self, what: str, path: str, query: str = "") -> dict[str, Any]:
        """As `post`. `query` is not signed."""
        return self._send(what, "GET", path, query, b"", None)

    def post(
        self, what: str, path: str, fields: Mapping[str, Any] | None = None, seconds: float | None = None
    ) -> dict[str, Any]:
        """A reply that says ok. Raises Denied, BadReply, NotSent, NoAnswer."""
        return self._send(what, "POST", path, "", body_of(fields) if fields is not None else b"", seconds)

    def _send(
        self, what: str, method: str, path: str, query: str, body: bytes, seconds: float | None
    ) -> dict[str, Any]:
        full, stamp = f"{signing.ROOT}{path}", str(int(self.wire.now))
        headers = {
            signing.KEY_HEADER: self.settings.api_key,
            signing.TIME_HEADER: stamp,
            signing.SIGN_HEADER: signing.sign(self.settings.secret, method, full, stamp, body),
        }
        if body:
            headers["content-type"] = "application/json"
        url = f"{self.settings.base_url}{full}{query}"
        reply = self.wire.send(what, method, url, body, headers, seconds=seconds)
        return _read(reply.status, reply.body)


def _read(status: int, body: bytes) -> dict[str, Any]:
    try:
        told = record(read_json(body))
    except BadReply as problem:
        raise BadReply(problem.code if status in _GOOD else f"http_{status}") from None
    word = text(told.get("error_code"), 60)
    if status in _GOOD:
        if told.get("ok") is False and word == "payment_failed" and told.get("status") == "canceled":
            # The order was made and ended at once, unpaid: the one refusal that comes as a success.
            raise Denied(word, "failed", _words(told))
        if told.get("ok") is not True or word:
            raise BadReply("not_ok")
        return told
    if told.get("ok") is True or word not in _CODES or status not in _CODES[word][0]:
        raise BadReply(f"http_{status}")
    raise Denied(word, _CODES[word][1], _words(told))


def _words(told: Mapping[str, Any]) -> str:
    return text(told.get("error_message") or told.get("message"), 200)


def guarded(ask: Callable[[], Got]) -> Got | Refused | Doubt:
    """What it gives, or why not."""
    try:
        return ask()
    except Denied as no:
        return Refused(no.why, no.code, no.message)
    except NotSent:
        return Refused("not_sent")
    except NoAnswer as lost:
        return Doubt(lost.reason)
    except BadReply as problem:
        return Doubt(problem.code)
