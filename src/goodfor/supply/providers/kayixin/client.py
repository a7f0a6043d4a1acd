"""Calls to a Kayixin site. 1000 is success; every other parsed code is a no, except of a number that is known."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from goodfor.supply.providers.kayixin import signing
from goodfor.supply.providers.kayixin.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text, whole
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import NoAnswer, NotSent, Wire

Got = TypeVar("Got")
_OK, DONE = 200, 1000
PRICE, NOT_FOUND = 2400, 2404
_WORDS: Final[tuple[tuple[str, Refusal], ...]] = (
    ("余额", "balance"), ("签名", "config"), ("密钥", "config"), ("权限", "config"), ("时间戳", "config"),
    ("库存", "stock"), ("下架", "off_sale"), ("禁售", "off_sale"), ("维护", "off_sale"), ("商品不存在", "off_sale"),
    ("价格", "price"), ("频繁", "throttled"), ("账号", "account"), ("格式", "account"),
)  # fmt: skip
_TAKEN: Final = ("已存在", "重复")


class Denied(Exception):
    """A parsed code that is not success."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(str(code))


def body_of(fields: Mapping[str, Any]) -> bytes:
    """The bytes of a request, in the order given, compact, nothing escaped."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand."""

    settings: Settings
    wire: Wire

    def post(self, what: str, path: str, fields: Mapping[str, Any], seconds: float | None = None) -> Any:
        """The `data` of a reply that says 1000. Raises Denied, BadReply, NotSent, NoAnswer."""
        body = body_of(fields) if fields else self.settings.empty_body
        stamp = str(int(self.wire.now))
        headers = {
            "content-type": "application/json;charset=utf-8",
            "X-App-Id": self.settings.app_id,
            "X-Version": signing.VERSION,
            "X-Timestamp": stamp,
            "X-Signature": signing.sign(self.settings.app_id, self.settings.secret, stamp, body),
        }
        reply = self.wire.send(what, "POST", f"{self.settings.base_url}{path}", body, headers, seconds=seconds)
        if reply.status != _OK:
            raise BadReply(f"http_{reply.status}")
        told = record(read_json(reply.body))
        code = whole(told.get("code"))
        if code is None:
            raise BadReply("no_code")
        if code != DONE:
            raise Denied(code, text(told.get("msg") or told.get("message"), 200))
        return told.get("data")


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
    """A no, by its code, else by its words; a number they know already is no no."""
    if no.code == PRICE:
        return Refused("price", str(no.code), no.message)
    if any(word in no.message for word in _TAKEN):
        return Doubt("duplicate")
    why: Refusal = next((why for word, why in _WORDS if word in no.message), "failed")
    return Refused(why, str(no.code), no.message)
