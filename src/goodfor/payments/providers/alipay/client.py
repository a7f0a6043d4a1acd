"""Calls to Alipay's gateway: a signed form out, JSON in, whose signature is checked over the text that was received."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Rejected, Unknown
from goodfor.payments.providers.alipay import signing
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.shapes import beijing_text
from goodfor.payments.providers.base import NOT_SENT

TRADE_NOT_EXIST = "ACQ.TRADE_NOT_EXIST"
REFUSED = "refused"
_HTTP_OK = 200
_OK, _NOT_KNOWN, _TOO_MANY = "10000", "20000", "40005"


class BadReply(Exception):
    """A reply that is no answer; `reason` is stable and safe to store."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Refused(Exception):
    """Alipay answered no. `text` is its message, cut, for people. Unsigned (`signed` False) it proves nothing."""

    def __init__(self, code: str, sub_code: str, text: str, *, signed: bool) -> None:
        self.code = code
        self.sub_code = sub_code
        self.text = "".join(c for c in text if c.isprintable())[:200]
        self.signed = signed
        super().__init__(REFUSED)

    def says(self, sub_code: str) -> bool:
        """True when it is a signed refusal of the business for this reason."""
        return self.signed and self.code == "40004" and self.sub_code == sub_code


def parameters(
    settings: Settings, method: str, content: Mapping[str, Any], now: datetime, extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """All parameters of a call, signed, in the order in which they are sent.

    `content` becomes JSON in ASCII, so that no charset on the way can change it. Raises ConfigProblem, ValueError.
    """
    fields = {
        "app_id": settings.app_id,
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": signing.SIGN_TYPE,
        "timestamp": beijing_text(now),
        "version": "1.0",
        "app_auth_token": settings.app_auth_token,
        "biz_content": json.dumps(content, separators=(",", ":"), ensure_ascii=True),
        **settings.certificate_fields(),
        **(extra or {}),
    }
    return signing.signed(fields, settings.private_key)


def call(
    settings: Settings, method: str, content: Mapping[str, Any], now: datetime, extra: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The verified content of a reply that says success. Raises NotSent, NoAnswer, BadReply, Refused."""
    fields = parameters(settings, method, content, now, extra)
    reply = http.post_form(settings.base_url, fields)
    if reply.status != _HTTP_OK:
        raise BadReply(f"http_{reply.status}")
    return read_reply(settings, method, reply.body, now)


def read_reply(settings: Settings, method: str, body: bytes, now: datetime) -> dict[str, Any]:
    """The content of a reply to `method`. Raises BadReply, Refused."""
    try:
        parts = signing.parts(body)
    except ValueError:
        raise BadReply("not_json") from None
    name = f"{method.replace('.', '_')}_response"
    if (name in parts) == ("error_response" in parts):
        raise BadReply("no_answer")
    part = parts[name if name in parts else "error_response"]
    if not isinstance(part.value, dict):
        raise BadReply("no_answer")
    signed = _check_signature(settings, parts, part, now)
    code = text_of(part.value, "code")
    if code == _OK:
        if not signed or name not in parts:
            raise BadReply("bad_signature")
        return part.value
    return _refuse(part.value, code, signed=signed)


def _check_signature(settings: Settings, parts: Mapping[str, signing.Part], part: signing.Part, now: datetime) -> bool:
    """True: signed by Alipay. False: not signed at all. Raises BadReply for a signature that does not fit."""
    signature = parts["sign"].value if "sign" in parts else ""
    named = parts["alipay_cert_sn"].value if "alipay_cert_sn" in parts else ""
    if signature in ("", None):
        return False
    if not isinstance(signature, str) or not isinstance(named, str):
        raise BadReply("bad_signature")
    keys = settings.trusted_keys(named, now)
    if not keys:
        raise BadReply("untrusted_certificate")
    if not signing.verify_reply(part, signature, keys):
        raise BadReply("bad_signature")
    return True


def _refuse(content: Mapping[str, Any], code: str, *, signed: bool) -> dict[str, Any]:
    sub_code = text_of(content, "sub_code").removeprefix("aop.")[:64]
    if code == _NOT_KNOWN or sub_code.endswith("SYSTEM_ERROR"):
        raise BadReply("system_error")
    if code == _TOO_MANY or "limited" in sub_code:
        raise BadReply("rate_limited")
    if not code.startswith("400"):
        raise BadReply("bad_code")
    raise Refused(code, sub_code, text_of(content, "sub_msg") or text_of(content, "msg"), signed=signed)


def text_of(content: Mapping[str, Any], name: str) -> str:
    """A member that is a text or a number, as its text; empty when it is anything else."""
    value = content.get(name)
    return value if isinstance(value, str) else ""


def require_same(content: Mapping[str, Any], name: str, ours: str) -> None:
    """Raise BadReply unless the reply names our number: a signed reply about something else is a replay."""
    if text_of(content, name) != ours:
        raise BadReply("other_number")


def guarded(ask: Callable[[], Outcome], refused: Callable[[Refused], Outcome] | None = None) -> Outcome:
    """Run a call; whatever goes wrong becomes an outcome without secrets in it.

    `refused` judges a refusal; without it, and always where it came unsigned, a refusal tells nothing.
    """
    try:
        return ask()
    except http.NotSent:
        return Unknown(NOT_SENT)
    except (http.NoAnswer, BadReply) as problem:
        return Unknown(problem.reason)
    except Refused as problem:
        return refused(problem) if refused is not None and problem.signed else Unknown(REFUSED)


def rejected(problem: Refused) -> Outcome:
    """A refusal as an outcome, with its own code: `ACQ.SELLER_BALANCE_NOT_ENOUGH` is seller_balance_not_enough."""
    code = problem.sub_code.rpartition(".")[2].lower().replace("-", "_")
    return Rejected(code if code.isascii() and code.isidentifier() else REFUSED, problem.text)
