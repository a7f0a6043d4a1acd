"""Calls to Reloadly. A token that they no longer take is fetched anew once: nothing was done with the old one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.reloadly import tokens
from goodfor.supply.providers.reloadly.settings import Settings
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import NoAnswer, NotSent, Reply, Wire

Got = TypeVar("Got")
ACCEPT: Final = "application/com.reloadly.giftcards-v1+json"
NOT_FOUND: Final = 404
BAD_TOKEN, BAD_KEYS = "INVALID_TOKEN", "INVALID_CREDENTIALS"
_WHYS: Final[Mapping[int, Refusal]] = {401: "config", 403: "config", 404: "request", 429: "throttled"}


class Denied(Exception):
    """A 4xx in the vendor's own shape. `word` is often empty."""

    def __init__(self, status: int, word: str, message: str) -> None:
        self.status = status
        self.word = word
        self.message = message
        super().__init__(f"{status} {word}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand."""

    settings: Settings
    wire: Wire

    def get(self, what: str, path: str, fields: Mapping[str, str] | None = None, *, base: str = "") -> Any:
        """A document. Raises Denied, BadReply, NotSent, NoAnswer, NoToken."""
        return read_json(self.raw(what, path, fields, base=base))

    def raw(self, what: str, path: str, fields: Mapping[str, str] | None = None, *, base: str = "") -> bytes:
        """As `get`, unread."""
        query = f"?{urlencode(fields)}" if fields else ""
        return self._send(what, "GET", f"{base or self.settings.base_url}{path}{query}", b"", None)

    def post(self, what: str, path: str, fields: Mapping[str, Any], seconds: float | None = None) -> Any:
        """As `get`, with a body."""
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        return read_json(self._send(what, "POST", f"{self.settings.base_url}{path}", body, seconds))

    def _send(self, what: str, method: str, url: str, body: bytes, seconds: float | None) -> bytes:
        reply = self._once(what, method, url, body, seconds)
        if reply.status == 401 and _denied(reply).word == BAD_TOKEN:
            tokens.forget(self.settings)
            reply = self._once(what, method, url, body, seconds)
        if reply.status in (200, 201):
            return reply.body
        if not 400 <= reply.status < 500:
            raise BadReply(f"http_{reply.status}")
        raise _denied(reply)

    def _once(self, what: str, method: str, url: str, body: bytes, seconds: float | None) -> Reply:
        headers = {"accept": ACCEPT, "authorization": f"Bearer {tokens.token(self.settings, self.wire)}"}
        if body:
            headers["content-type"] = "application/json"
        return self.wire.send(what, method, url, body, headers, seconds=seconds)


def _denied(reply: Reply) -> Denied:
    """Their words. A page of somebody in between is no word of theirs. Raises BadReply."""
    try:
        told = record(read_json(reply.body))
    except BadReply:
        told = {}
    if "errorCode" not in told and not ("message" in told and "timeStamp" in told):
        raise BadReply(f"http_{reply.status}")
    return Denied(reply.status, text(told.get("errorCode"), 60), text(told.get("message"), 200))


def guarded(ask: Callable[[], Got], *, sure: bool = False) -> Got | Refused | Doubt:
    """What it gives, or why not. `sure`: a no only where it certainly is one, as about orders."""
    try:
        return ask()
    except tokens.NoToken as none:
        return Refused(none.why, none.code)
    except Denied as no:
        if no.word in (BAD_TOKEN, BAD_KEYS):
            return Refused("config", no.word, no.message)
        if sure:
            # The vendor names no other reply after which there certainly is no order.
            return Doubt(f"http_{no.status}")
        return Refused(_WHYS.get(no.status, "failed"), no.word or str(no.status), no.message)
    except NotSent:
        return Refused("not_sent")
    except NoAnswer as lost:
        return Doubt(lost.reason)
    except BadReply as problem:
        return Doubt(problem.code)
