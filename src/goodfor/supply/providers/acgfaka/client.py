"""Calls to an acg-faka shop. 200 is success; what else it says are words, and only some of them are a sure no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from goodfor.supply.providers.acgfaka import signing
from goodfor.supply.providers.acgfaka.settings import Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text, whole
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import REPLY_BYTES, NoAnswer, NotSent, Wire

Got = TypeVar("Got")
_OK: Final = 200
#: Parts of their words that mean that nothing was bought.
_WORDS: Final[tuple[tuple[str, Refusal], ...]] = (
    ("余额不足", "balance"), ("库存不足", "stock"), ("已售罄", "stock"), ("签名错误", "config"), ("密钥错误", "config"),
    ("商户不存在", "config"), ("商户ID不存在", "config"), ("商品不存在", "off_sale"), ("已下架", "off_sale"),
    ("未上架", "off_sale"), ("暂停销售", "off_sale"), ("请求过于频繁", "throttled"),
)  # fmt: skip
_TAKEN: Final = ("request_no", "已存在", "重复")


class Denied(Exception):
    """A parsed code that is not success, with its words."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__("denied")


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand."""

    settings: Settings
    wire: Wire

    def post(
        self, what: str, path: str, fields: Mapping[str, signing.Value], seconds: float | None = None,
        most: int = REPLY_BYTES,
    ) -> Any:  # fmt: skip
        """The `data` of a reply that says 200. Raises Denied, BadReply, NotSent, NoAnswer."""
        # The key itself is part of what is sent.
        self.wire.conceal((self.settings.app_key,))
        signed = {**fields, "app_id": self.settings.app_id, "app_key": self.settings.app_key}
        body = signing.body_of(signed, self.settings.app_key)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        url = f"{self.settings.base_url}/shared/{path}"
        reply = self.wire.send(what, "POST", url, body, headers, seconds=seconds, most=most)
        if reply.status != _OK:
            raise BadReply(f"http_{reply.status}")
        told = record(read_json(reply.body))
        code = whole(told.get("code"))
        if code is None:
            raise BadReply("no_code")
        if code != _OK:
            raise Denied(str(code), text(told.get("msg"), 200))
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
    """A no by its words; others may have come after money moved. A number they know already is no no."""
    if any(word in no.message for word in _TAKEN):
        return Doubt("duplicate")
    why: Refusal | None = next((why for word, why in _WORDS if word in no.message), None)
    return Doubt("unknown_error") if why is None else Refused(why, no.code, no.message)
