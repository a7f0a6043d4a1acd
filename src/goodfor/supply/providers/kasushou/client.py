"""Calls to a Kasushou site. Success is 200 and no other number; 400 is a no; everything else is doubt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from goodfor.supply.providers.kasushou import signing
from goodfor.supply.providers.kasushou.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text, whole
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import NoAnswer, NotSent, Wire

Got = TypeVar("Got")
_OK: Final = 200
#: Parts of the vendor's words; it has no codes for reasons. What is not here is `failed`.
_WORDS: Final[tuple[tuple[str, Refusal], ...]] = (
    ("余额", "balance"),
    ("签名", "config"),
    ("密钥", "config"),
    ("时间戳", "config"),
    ("权限", "config"),
    ("库存", "stock"),
    ("下架", "off_sale"),
    ("禁售", "off_sale"),
    ("维护", "off_sale"),
    ("不存在", "off_sale"),
    ("价格", "price"),
    ("频繁", "throttled"),
    ("账号", "account"),
    ("格式", "account"),
)
_TAKEN: Final = ("订单号已存在", "单号重复", "重复下单", "已存在")


class Denied(Exception):
    """A parsed 400: they say no, in their words."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__("denied")


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand."""

    settings: Settings
    wire: Wire

    def post(self, what: str, path: str, fields: Mapping[str, Any], seconds: float | None = None) -> Any:
        """The `data` of a reply that says 200. Raises Denied, BadReply, NotSent, NoAnswer."""
        body = signing.body_of(fields)
        stamp = str(int(self.wire.now * 1000))
        headers = {
            "content-type": "application/json;charset=utf-8",
            "UserId": self.settings.user_id,
            "Timestamp": stamp,
            "Sign": signing.request_sign(stamp, body, self.settings.key),
        }
        reply = self.wire.send(what, "POST", f"{self.settings.base_url}{path}", body, headers, seconds=seconds)
        if reply.status != _OK:
            raise BadReply(f"http_{reply.status}")
        told = record(read_json(reply.body))
        code = whole(told.get("code"))
        if code == _OK:
            return told.get("data")
        if code == 400:
            raise Denied(text(told.get("msg"), 200))
        raise BadReply("unknown_error" if code == 500 else "unknown_code")


def guarded(ask: Callable[[], Got]) -> Got | Refused | Doubt:
    """What it gives, or why not."""
    try:
        return ask()
    except Denied as no:
        return refusal(no.message)
    except NotSent:
        return Refused("not_sent")
    except NoAnswer as lost:
        return Doubt(lost.reason)
    except BadReply as problem:
        return Doubt(problem.code)


def refusal(message: str) -> Refused | Doubt:
    """A no, by its words; a number they know already is no no."""
    if any(word in message for word in _TAKEN):
        return Doubt("duplicate")
    why: Refusal = next((why for word, why in _WORDS if word in message), "failed")
    return Refused(why, "400", message)
