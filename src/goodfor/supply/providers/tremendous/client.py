"""Calls to Tremendous. What is not a 2xx is a no only where no order can have come of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.tremendous.settings import Settings
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import REPLY_BYTES, NoAnswer, NotSent, Wire

Got = TypeVar("Got")
CREATED: Final = (200, 201)
NOT_FOUND, TAKEN = 404, 409
_WHYS: Final[Mapping[int, Refusal]] = {401: "config", 403: "config", 404: "request", 429: "throttled"}


class Denied(Exception):
    """A 4xx in the vendor's own shape."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(str(status))


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand."""

    settings: Settings
    wire: Wire

    def get(self, what: str, path: str, most: int = REPLY_BYTES) -> dict[str, Any]:
        """A document. Raises Denied, BadReply, NotSent, NoAnswer."""
        return self._send(what, "GET", path, b"", None, most)

    def post(
        self, what: str, path: str, fields: Mapping[str, Any] | None = None, seconds: float | None = None
    ) -> dict[str, Any]:
        """As `get`, with a body."""
        body = b"" if fields is None else json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        return self._send(what, "POST", path, body, seconds)

    def _send(
        self, what: str, method: str, path: str, body: bytes, seconds: float | None, most: int = REPLY_BYTES
    ) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.settings.api_key}"}
        if body:
            headers["content-type"] = "application/json"
        url = f"{self.settings.base_url}{path}"
        reply = self.wire.send(what, method, url, body, headers, seconds=seconds, most=most)
        if reply.status in CREATED:
            return record(read_json(reply.body))
        if not 400 <= reply.status < 500:
            raise BadReply(f"http_{reply.status}")
        raise Denied(reply.status, _complaint(reply.status, reply.body))


def _complaint(status: int, body: bytes) -> str:
    """Their words. A page of somebody in between is no word of theirs. Raises BadReply."""
    try:
        errors = record(read_json(body)).get("errors")
    except BadReply:
        errors = None
    if not errors:
        raise BadReply(f"http_{status}")
    return text(errors.get("message"), 200) if isinstance(errors, dict) else text(errors, 200)


def guarded(ask: Callable[[], Got], *, sure: bool = False) -> Got | Refused | Doubt:
    """What it gives, or why not. `sure`: a no only where it certainly is one, as about orders."""
    try:
        return ask()
    except Denied as no:
        if no.status == TAKEN:
            return Doubt("duplicate")
        if sure and no.status not in (401, 403):
            # The vendor names no other reply after which there certainly is no order: our number tells.
            return Doubt(f"http_{no.status}")
        return Refused(_WHYS.get(no.status, "failed"), str(no.status), no.message)
    except NotSent:
        return Refused("not_sent")
    except NoAnswer as lost:
        return Doubt(lost.reason)
    except BadReply as problem:
        return Doubt(problem.code)
