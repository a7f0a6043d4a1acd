"""Calls to a Kakayun site. 1 is success, 9999 nobody knows; to a purchase every other parsed code is a no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from goodfor.supply.providers.kakayun import signing
from goodfor.supply.providers.kakayun.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text, whole
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import NoAnswer, NotSent, Wire

Got = TypeVar("Got")
_OK: Final = 200
DONE, REFUSED, UNKNOWN, TAKEN, NOT_FOUND = 1, 0, 9999, 1205, 1301
_CODES: Final[Mapping[int, Refusal]] = {
    401: "config", 402: "config", 403: "config", 404: "throttled", 1000: "config", 1001: "config", 1002: "config",
    1200: "config", 1201: "config", 1202: "config", 1203: "request", 1204: "request", 1206: "off_sale",
    1207: "config", 1208: "account", 1209: "config", 1210: "price", 1211: "account", 1212: "account",
    1213: "balance", 1214: "off_sale", 1300: "request", NOT_FOUND: "request", 1400: "config", 1401: "config",
}  # fmt: skip
#: Parts of their words, where the code is only "other".
_WORDS: Final[tuple[tuple[str, Refusal], ...]] = (("库存", "stock"), ("余额", "balance"))
_TAKEN_WORDS: Final = ("已存在", "重复")


class Denied(Exception):
    """A parsed code that is not success."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(str(code))


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand."""

    settings: Settings
    wire: Wire

    def post(self, what: str, path: str, fields: Mapping[str, Any]) -> Any:
        """The `data` of a reply of the common host that says 1. Raises Denied, BadReply, NotSent, NoAnswer."""
        return self._post(what, f"{self.settings.public_url}/dockapiv3/{path}", fields, None)

    def buy(self, what: str, path: str, fields: Mapping[str, Any], seconds: float) -> Any:
        """As `post`, at the site itself."""
        return self._post(what, f"{self.settings.base_url}/dockapiv3/{path}", fields, seconds)

    def _post(self, what: str, url: str, fields: Mapping[str, Any], seconds: float | None) -> Any:
        full = {**fields, "userid": self.settings.user_id, "timestamp": str(int(self.wire.now))}
        body = signing.compact({**full, "sign": signing.sign(full, self.settings.key)}).encode()
        headers = {"content-type": "application/json;charset=utf-8"}
        reply = self.wire.send(what, "POST", url, body, headers, seconds=seconds)
        if reply.status != _OK:
            raise BadReply(f"http_{reply.status}")
        told = record(read_json(reply.body))
        code = whole(told.get("code"))
        if code is None:
            raise BadReply("no_code")
        if code != DONE:
            raise Denied(code, text(told.get("msg") or told.get("message"), 200))
        return told.get("data")


def guarded(ask: Callable[[], Got], *, buying: bool = False) -> Got | Refused | Doubt:
    """What it gives, or why not."""
    try:
        return ask()
    except Denied as no:
        return refusal(no, buying=buying)
    except NotSent:
        return Refused("not_sent")
    except NoAnswer as lost:
        return Doubt(lost.reason)
    except BadReply as problem:
        return Doubt(problem.code)


def refusal(no: Denied, *, buying: bool) -> Refused | Doubt:
    """A no, by its code. A number they know already is no no; a code without a name is one to a purchase only."""
    if no.code == UNKNOWN:
        return Doubt("system_error")
    if no.code == TAKEN:
        return Doubt("duplicate")
    if no.code in _CODES:
        return Refused(_CODES[no.code], str(no.code), no.message)
    if not buying:
        return Doubt("unknown_code")
    if any(word in no.message for word in _TAKEN_WORDS):
        return Doubt("duplicate")
    why: Refusal = next((why for word, why in _WORDS if word in no.message), "failed")
    return Refused(why, str(no.code), no.message)
