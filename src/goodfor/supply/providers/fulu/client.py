"""Calls to Fulu. 0 is success; what other codes mean is not published, so the settings say it, or nobody does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final, TypeVar, cast

from goodfor.supply.providers.fulu import signing
from goodfor.supply.providers.fulu.settings import DUPLICATE, NOT_FOUND, Settings
from goodfor.supply.providers.numbers import BadReply, read_json, record, text, whole
from goodfor.supply.providers.values import Doubt, Refusal, Refused
from goodfor.supply.providers.wire import REPLY_BYTES, NoAnswer, NotSent, Wire

Got = TypeVar("Got")
_OK: Final = 200
BEIJING: Final = timezone(timedelta(hours=8))


class Denied(Exception):
    """A code that is not 0. `meaning`: what the settings say of it, empty where they say nothing or nobody signed."""

    def __init__(self, code: int, message: str, meaning: str) -> None:
        self.code = code
        self.message = message
        self.meaning = meaning
        super().__init__(str(code))


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls of one errand."""

    settings: Settings
    wire: Wire

    def post(
        self, what: str, method: str, fields: Mapping[str, Any], seconds: float | None = None, most: int = REPLY_BYTES
    ) -> Any:
        """The `result` of a reply that says 0, read. Raises Denied, BadReply, NotSent, NoAnswer."""
        settings = self.settings
        asked = {
            "app_key": settings.app_key,
            "method": method,
            "timestamp": f"{datetime.fromtimestamp(int(self.wire.now), BEIJING):%Y-%m-%d %H:%M:%S}",
            "version": "2.0",
            "format": "json",
            "charset": "utf-8",
            "sign_type": "md5",
            "app_auth_token": "",
            "biz_content": signing.content(fields),
        }
        body = signing.compact(asked | {"sign": signing.sign_fields(asked, settings.secret)}).encode()
        headers = {"content-type": "application/json;charset=utf-8"}
        reply = self.wire.send(what, "POST", settings.url, body, headers, seconds=seconds, most=most)
        if reply.status != _OK:
            raise BadReply(f"http_{reply.status}")
        return _result(settings, reply.body)


def _result(settings: Settings, body: bytes) -> Any:
    try:
        told = record(signing.read_literal(body))
    except (ValueError, RecursionError):
        raise BadReply("not_json") from None
    code = whole(told.get("code"))
    if code is None:
        raise BadReply("no_code")
    signed = _signed(told, settings.secret)
    if code != 0:
        raise Denied(code, text(told.get("message"), 200), settings.answers.get(code, "") if signed else "")
    if not signed:
        raise BadReply("bad_signature")
    result = told.get("result")
    if not isinstance(result, str) or isinstance(result, signing.Literal):
        raise BadReply("no_result")
    return read_json(result.encode("utf-8", "surrogatepass"))


def _signed(told: Mapping[str, Any], secret: str) -> bool:
    """Their libraries disagree: over the result, or over the whole reply without `sign`."""
    result = told.get("result")
    over = result if isinstance(result, str) else ""
    return signing.same(signing.sign(over, secret), told.get("sign")) or signing.same(
        signing.sign_fields(told, secret), told.get("sign")
    )


def guarded(ask: Callable[[], Got], *, unknown: Refusal | None = "failed") -> Got | Refused | Doubt:
    """What it gives, or why not. `unknown`: what a code without a meaning is; None where an order may stand behind."""
    try:
        return ask()
    except Denied as no:
        return _refusal(no, unknown)
    except NotSent:
        return Refused("not_sent")
    except NoAnswer as lost:
        return Doubt(lost.reason)
    except BadReply as problem:
        return Doubt(problem.code)


def _refusal(no: Denied, unknown: Refusal | None) -> Refused | Doubt:
    if no.meaning == DUPLICATE:
        return Doubt("duplicate")
    if no.meaning and no.meaning != NOT_FOUND:
        return Refused(cast(Refusal, no.meaning), str(no.code), no.message)
    return Doubt(f"code_{no.code}") if unknown is None else Refused(unknown, str(no.code), no.message)
