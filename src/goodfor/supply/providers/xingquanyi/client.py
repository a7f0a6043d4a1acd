"""Calls to Xingquanyi. Their own "we do not know" (`server_error`) and every word that is not listed are doubt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote_plus, urlencode

from goodfor.supply.providers.numbers import BadReply, read_json, record, text
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import REPLY_BYTES, NoAnswer, NotSent, Wire
from goodfor.supply.providers.xingquanyi import signing
from goodfor.supply.providers.xingquanyi.settings import Settings

Got = TypeVar("Got")
_OK: Final = 200
DONE, NO = "ok", "error"
_REFUSALS: Final[Mapping[str, Refusal]] = {
    "invalid_parameters": "request", "invalid_sign": "config", "disabled_customer": "config",
    "request_frequency": "throttled",
}  # fmt: skip
#: `error` has no code of its own for the reason: parts of words. What is not here is `failed`.
_WORDS: Final[tuple[tuple[str, Refusal], ...]] = (
    ("余额", "balance"),
    ("库存", "stock"),
    ("下架", "off_sale"),
    ("维护", "off_sale"),
    ("受限", "off_sale"),
    ("禁售", "off_sale"),
    ("不存在", "off_sale"),
    ("成本", "price"),
    ("价格", "price"),
    ("账号", "account"),
)
_TAKEN: Final = ("订单号已存在", "单号重复", "重复下单", "重复提交", "已存在")
#: Words of somebody who does not know either.
_UNSURE: Final = ("未知", "超时", "异常", "处理中")


class Denied(Exception):
    """A parsed code that is not `ok`."""

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
        self, what: str, path: str, fields: Mapping[str, str], seconds: float | None = None, most: int = REPLY_BYTES
    ) -> Any:
        """What a reply that says `ok` has for us. Raises Denied, BadReply, NotSent, NoAnswer."""
        given = {name: value for name, value in fields.items() if value}
        sent = {"customer_id": self.settings.customer_id, "timestamp": str(int(self.wire.now)), **given}
        sent["sign"] = signing.sign(sent, self.settings.key)
        # What is not to be kept is not kept in the form it has here, either.
        self.wire.conceal(tuple(quote_plus(one) for one in self.wire.hide))
        headers = {"content-type": "application/x-www-form-urlencoded"}
        url = f"{self.settings.base_url}{path}"
        body = urlencode(sent).encode("ascii")
        reply = self.wire.send(what, "POST", url, body, headers, seconds=seconds, most=most)
        if reply.status != _OK:
            raise BadReply(f"http_{reply.status}")
        told = record(read_json(reply.body))
        code = text(told.get("code"), 40)
        if not code:
            raise BadReply("no_code")
        if code != DONE:
            raise Denied(code, text(told.get("message") or told.get("msg"), 200))
        # The description has the fields beside the code; a wrapped reply says the same.
        return told if told.get("data") is None else told["data"]


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
    """A no, by its code or its words; a number they know already is no no."""
    if no.code != NO:
        why = _REFUSALS.get(no.code)
        if why is not None:
            return Refused(why, no.code, no.message)
        return Doubt("server_error" if no.code == "server_error" else "unknown_code")
    if any(word in no.message for word in _TAKEN):
        return Doubt("duplicate")
    if any(word in no.message for word in _UNSURE):
        return Doubt("unsure")
    return Refused(next((why for word, why in _WORDS if word in no.message), "failed"), no.code, no.message)
