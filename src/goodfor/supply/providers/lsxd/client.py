"""Calls to Lsxd. What is no listed refusal is doubt: only an order's own state says that it failed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote_plus, urlencode

from goodfor.supply.providers.lsxd import signing
from goodfor.supply.providers.lsxd.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import REPLY_BYTES, NoAnswer, NotSent, Wire

Got = TypeVar("Got")
_OK: Final = 200
DONE, TAKEN_UP, NOT_FOUND = "0000", "2000", "1012"
_DUPLICATE: Final = "1005"
#: 1100 to 1102 (a voucher's SMS) and 1999 are left out on purpose.
_REFUSALS: Final[Mapping[str, Refusal]] = {
    "1000": "config", "1001": "request", "1002": "config", "1003": "config", "1004": "config", "1006": "off_sale",
    "1007": "price", "1008": "balance", "1009": "off_sale", "1010": "price", "1011": "account", "1099": "throttled",
}  # fmt: skip


class Denied(Exception):
    """A parsed code that is not the one hoped for."""

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
        self,
        what: str,
        path: str,
        fields: Mapping[str, str],
        good: str = DONE,
        seconds: float | None = None,
        most: int = REPLY_BYTES,
    ) -> dict[str, Any]:
        """A reply whose code is `good`. Raises Denied, BadReply, NotSent, NoAnswer."""
        sent = {"merchantId": self.settings.merchant_id, "timeStamp": str(int(self.wire.now)), **fields}
        sent["sign"] = signing.sign(sent, self.settings.key)
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
        if code != good:
            raise Denied(code, text(told.get("message") or told.get("msg"), 200))
        # The description has the fields beside the code; a wrapped reply says the same.
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
    """A no, by its code; a number they know already is no no, and neither is a code that is not listed."""
    if no.code == _DUPLICATE:
        return Doubt("duplicate")
    why = _REFUSALS.get(no.code)
    return Refused(why, no.code, no.message) if why else Doubt("unknown_code")
