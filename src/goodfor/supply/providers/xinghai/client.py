"""Calls to Xinghai. Their codes are matched one by one; what is not listed is doubt, as they ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote_plus, urlencode

from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import REPLY_BYTES, NoAnswer, NotSent, Wire
from goodfor.supply.providers.xinghai import signing
from goodfor.supply.providers.xinghai.settings import Settings

Got = TypeVar("Got")
_OK: Final = 200
DONE: Final = "00"
#: By their own words the outcome is not known: an earlier order, a pick without an end, their own trouble.
_DOUBTS: Final[Mapping[str, str]] = {
    "-16": "duplicate", "-22": "pick_timeout", "-23": "pick_exception", "-99": "system_error",
}  # fmt: skip
_REFUSALS: Final[Mapping[str, Refusal]] = {
    # -15 is the price, and also a product, an area or a face that will not do: asked about anew, then elsewhere.
    "-10": "busy", "-12": "request", "-13": "throttled", "-14": "config", "-15": "price", "-18": "balance",
    "-21": "failed",
}  # fmt: skip


class Denied(Exception):
    """A parsed code that is not 00."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand."""

    settings: Settings
    wire: Wire

    def post(
        self, what: str, path: str, fields: Mapping[str, str], seconds: float | None = None,
        most: int = REPLY_BYTES,
    ) -> dict[str, Any]:  # fmt: skip
        """A reply whose code is 00. Raises Denied, BadReply, NotSent, NoAnswer."""
        given = {name: value for name, value in fields.items() if value}
        sent = {"appId": self.settings.app_id, "timestamp": signing.stamp_of(self.wire.now), **given}
        sent["sign"] = signing.sign(sent, self.settings.secret)
        # What is not to be kept is not kept in the form it has here, either.
        self.wire.conceal(tuple(quote_plus(one) for one in self.wire.hide))
        headers = {"content-type": "application/x-www-form-urlencoded"}
        url, body = f"{self.settings.base_url}{path}", urlencode(sent).encode("ascii")
        reply = self.wire.send(what, "POST", url, body, headers, seconds=seconds, most=most)
        if reply.status != _OK:
            raise BadReply(f"http_{reply.status}")
        told = record(read_json(reply.body))
        code = text(told.get("code"), 20)
        if not code:
            raise BadReply("no_code")
        if code != DONE:
            raise Denied(code, text(told.get("message") or told.get("msg"), 200))
        return told


def inside(told: dict[str, Any]) -> dict[str, Any]:
    """The description has the fields beside the code; a wrapped reply says the same."""
    inner = told.get("data")
    return inner if isinstance(inner, dict) else told


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
    """A no, by its code, where it is one."""
    why = _REFUSALS.get(no.code)
    return Refused(why, no.code, no.message) if why else Doubt(_DOUBTS.get(no.code, "unknown_code"))
