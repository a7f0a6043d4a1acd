"""Calls to another Goodfor. A no is a problem document with a code that is known; all else that is no 2xx is doubt."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from goodfor.supply.providers.goodfor_shop import signing
from goodfor.supply.providers.goodfor_shop.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text, whole
from goodfor.supply.providers.values import Doubt, Refusal, Refused, Site
from goodfor.supply.providers.wire import NoAnswer, NotSent, Through, Wire

Got = TypeVar("Got")
PREFIX: Final = "/api/v1"
_PROBLEM: Final = "urn:goodfor:problem:"
#: Refused before or without any order: what a refused write changed is nothing, by the API's word.
_NOES: Final[Mapping[str, Refusal]] = {
    "invalid_api_key": "config", "insufficient_scope": "config", "signature_required": "config",
    "invalid_signature": "config", "signature_expired": "config", "signature_replayed": "config",
    "route_not_found": "config", "method_not_allowed": "config", "rate_limited": "throttled",
    "insufficient_funds": "balance", "out_of_stock": "stock", "sku_unknown": "off_sale", "product_unknown": "off_sale",
    "not_on_sale": "off_sale", "total_above_limit": "price", "per_buyer_limit": "busy", "per_order_limit": "request",
    "invalid_order": "request", "validation_failed": "request", "invalid_json": "request", "bad_request": "request",
    "body_too_large": "request", "unsupported_media_type": "request", "idempotency_key_required": "request",
    "idempotency_key_invalid": "request", "invalid_cursor": "request", "order_not_found": "request",
    "wrong_order_state": "request", "codes_revealed": "request", "code_not_held": "request",
    "refund_cap_reached": "busy",
}  # fmt: skip
#: Our number stands for another request there, or for this one: an earlier one did arrive.
_TAKEN: Final = frozenset({"external_ref_used", "idempotency_key_reused", "idempotency_in_progress"})


class Denied(Exception):
    """A problem document. `code` is the API's stable word."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand. `through`: another way than the network, for a shop in the same house."""

    settings: Settings
    wire: Wire
    through: Through | None = None

    def get(self, what: str, path: str, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What lies there. Raises Denied, BadReply, NotSent, NoAnswer."""
        asked = f"?{urlencode(query, doseq=True)}" if query else ""
        return self._send(what, "GET", f"{path}{asked}", b"", "", None)

    def post(
        self, what: str, path: str, fields: Mapping[str, Any], key: str, seconds: float | None = None
    ) -> dict[str, Any]:
        """Do it, once for this key. Raises as `get`."""
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        return self._send(what, "POST", path, body, key, seconds)

    def _send(
        self, what: str, method: str, path: str, body: bytes, key: str, seconds: float | None
    ) -> dict[str, Any]:  # fmt: skip
        url, own = f"{self.settings.base_url}{PREFIX}{path}", self.settings
        headers = {"Authorization": f"Bearer {own.api_key}", "Accept-Language": "zh-hans"}
        if body:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        if own.signing_secret:
            headers |= signing.headers_of(
                method, url, body, key, created=int(self.wire.now), key_id=own.key_id,
                nonce=secrets.token_urlsafe(18), secret=own.signing_secret,
            )  # fmt: skip
        reply = self.wire.send(what, method, url, body, headers, seconds=seconds, through=self.through)
        if reply.status in (200, 201):
            return record(read_json(reply.body))
        if 400 <= reply.status < 500:
            _deny(reply.status, record(read_json(reply.body)))
        raise BadReply(f"http_{reply.status}")


#: How a shop is reached. Raises ConfigProblem.
Reach = Callable[[Site, Wire], Caller]


def over_http(site: Site, wire: Wire) -> Caller:
    """At its address. Raises ConfigProblem."""
    return Caller(Settings.of(site), wire)


def _deny(status: int, told: Mapping[str, Any]) -> None:
    """Raise Denied for a problem document of this API; a page of something in between is none."""
    code = text(told.get("code"), 64)
    if code and told.get("type") == f"{_PROBLEM}{code}" and whole(told.get("status")) == status:
        raise Denied(code, text(told.get("title"), 200))


def guarded(ask: Callable[[], Got]) -> Got | Refused | Doubt:
    """What it gives, or why not."""
    try:
        return ask()
    except Denied as no:
        return refusal(no)
    except NotSent:
        return Refused("not_sent")
    except NoAnswer as lost:
        return Doubt(lost.reason)
    except BadReply as problem:
        return Doubt(problem.code)


def refusal(no: Denied) -> Refused | Doubt:
    """A no by its code; a number that is known there is no no, and neither is a code that nobody told us of."""
    if no.code in _TAKEN:
        return Doubt("duplicate")
    why = _NOES.get(no.code)
    return Doubt("unknown_code") if why is None else Refused(why, no.code, no.message)
