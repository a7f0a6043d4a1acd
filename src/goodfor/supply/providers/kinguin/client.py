"""Calls to Kinguin. An error has a kind: some are a no for certain, the others leave an order in doubt."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from goodfor.supply.providers.kinguin.settings import Settings
from goodfor.supply.providers.numbers import BadReply, decimal, read_json, record, text, whole
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import NoAnswer, NotSent, Wire

Got = TypeVar("Got")
NOT_FOUND: Final = 404
_THROTTLED: Final = 429
ORDER_NOT_FOUND: Final = "OrderNotFound"
#: The kinds that say for certain that nothing was done.
_KINDS: Final[Mapping[str, Refusal]] = {
    "ConstraintViolation": "request", "Authorization": "config", "InsufficientBalance": "balance",
    "ProductUnavailable": "stock", "Preorder": "off_sale", ORDER_NOT_FOUND: "request", "OrderNotSupported": "request",
    "NoKeysToReturn": "request",
}  # fmt: skip


class Denied(Exception):
    """An error of theirs, in their shape. `where`: the part of the request that it is about."""

    def __init__(self, kind: str, status: int, message: str, where: str) -> None:
        self.kind = kind
        self.status = status
        self.message = message
        self.where = where
        super().__init__(kind)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand."""

    settings: Settings
    wire: Wire

    def get(self, what: str, path: str, fields: Mapping[str, Any] | None = None) -> Any:
        """The reply to a question. Raises Denied, BadReply, NotSent, NoAnswer."""
        return self._send(what, "GET", f"{path}?{urlencode(fields)}" if fields else path, b"", None)

    def post(self, what: str, path: str, fields: Mapping[str, Any] | None, seconds: float | None = None) -> Any:
        """The reply to an order. Raises as `get`."""
        body = b"" if fields is None else json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        return self._send(what, "POST", path, body, seconds)

    def _send(self, what: str, method: str, path: str, body: bytes, seconds: float | None) -> Any:
        headers = {"X-Api-Key": self.settings.api_key}
        if body:
            headers["content-type"] = "application/json"
        reply = self.wire.send(what, method, f"{self.settings.base_url}{path}", body, headers, seconds=seconds)
        if 200 <= reply.status < 300:
            return read_json(reply.body)
        raise _error(reply.status, reply.body)


def _error(status: int, body: bytes) -> Denied | BadReply:
    """What is not in their shape comes from somebody in between, who knows nothing of the order."""
    try:
        told = record(read_json(body))
    except BadReply:
        return BadReply(f"http_{status}")
    kind = text(told.get("kind"), 64)
    if not kind or whole(told.get("status")) != status:
        return BadReply(f"http_{status}")
    return Denied(kind, status, text(told.get("detail") or told.get("title"), 200), text(told.get("propertyPath"), 100))


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
    """A no, where the kind says so for certain; a number they know already is no no."""
    why = _KINDS.get(no.kind)
    if why is None or not 400 <= no.status < 500:
        return Doubt("throttled" if no.status == _THROTTLED else f"http_{no.status}")
    if no.kind == "ConstraintViolation":
        if "orderExternalId" in no.where:
            return Doubt("duplicate")
        why = "price" if no.where.endswith("price") else why
    return Refused(why, no.kind, no.message)


def euros(value: Any) -> Decimal | None:
    """An amount as it is written; what is left of their binary arithmetic ("4.199999999999999") is rounded away."""
    if isinstance(value, Decimal) and value.is_finite() and int(value.as_tuple().exponent) < -8:
        value = value.quantize(Decimal("0.0001"))
    return decimal(value)


def moment(value: Any) -> datetime:
    """A time as "2020-10-16T11:24:08.025+00:00", in UTC. Raises BadReply."""
    try:
        found = datetime.fromisoformat(text(value, 40))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadReply("bad_time") from None
