"""Calls to an EPay gateway: form in, JSON out, signatures checked in both directions.

v1 replies are not signed: https and the comparison of our number in the reply are all there is. v2 replies that say
success are signed by the platform and fresh; refusals come unsigned, so the adapter never takes one as proof of money.
"""

from datetime import datetime

from goodfor.kernel.outbound import http
from goodfor.payments.providers.epay import signing
from goodfor.payments.providers.epay.schemas import BadReply, Settings, reply_fields

FRESH_SECONDS = 300
_OK = 200


class Refused(Exception):
    """The gateway answered no. `text` is its message, cut, for people; it proves nothing."""

    def __init__(self, text: str) -> None:
        self.text = text[:200]
        super().__init__("refused")


def is_fresh(timestamp: str, now: datetime) -> bool:
    """True when a v2 timestamp (unix seconds) is within 300 s of now, both ways."""
    return (
        0 < len(timestamp) <= 12
        and timestamp.isascii()
        and timestamp.isdigit()
        and abs(int(timestamp) - now.timestamp()) <= FRESH_SECONDS
    )


def signed(settings: Settings, fields: dict[str, str], now: datetime) -> dict[str, str]:
    """The fields with pid and signature, as the browser or we send them; empty values are left out."""
    full = {k: v for k, v in {**fields, "pid": settings.pid}.items() if v != ""}
    if settings.version == "v1":
        return {**full, "sign": signing.md5_sign(full, settings.key, key_param=settings.key_param), "sign_type": "MD5"}
    full["timestamp"] = str(int(now.timestamp()))
    return {**full, "sign": signing.rsa_sign(full, settings.private_key), "sign_type": "RSA"}


def call_v1(settings: Settings, path: str, fields: dict[str, str], *, by_post: bool = True) -> dict[str, str]:
    """A v1 call; its success code is 1. Raises NotSent, NoAnswer, BadReply, Refused."""
    url = f"{settings.gateway}/{path}"
    if by_post:
        reply = http.post_form(url, fields)
    else:
        # api.php?act=order: the protocol wants the key in the query; nothing here or in the transport logs the URL.
        base, _, query = url.partition("?")
        reply = http.get(base, {**dict(pair.split("=", 1) for pair in query.split("&") if pair), **fields})
    decoded = _decode(reply)
    if decoded.get("code") != "1":
        raise Refused(decoded.get("msg", ""))
    return decoded


def call_v2(settings: Settings, path: str, fields: dict[str, str], now: datetime) -> dict[str, str]:
    """A v2 call; its success code is 0, and success must be signed and fresh. Raises as `call_v1`."""
    reply = http.post_form(f"{settings.gateway}/{path}", signed(settings, fields, now))
    decoded = _decode(reply)
    if decoded.get("code") != "0":
        raise Refused(decoded.get("msg", ""))
    if not signing.rsa_verify(decoded, decoded.get("sign", ""), settings.platform_key):
        raise BadReply("bad_signature")
    if not is_fresh(decoded.get("timestamp", ""), now):
        raise BadReply("stale_reply")
    return decoded


def _decode(reply: http.Reply) -> dict[str, str]:
    if reply.status != _OK:
        raise BadReply(f"http_{reply.status}")
    decoded = reply_fields(reply.body)
    if "code" not in decoded:
        raise BadReply("no_code")
    return decoded
