"""Calls to WeChat Pay: JSON out with our signature, JSON in with theirs.

A refusal tells something about money only when it is signed; one that comes unsigned (a wrong key of ours) does not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx

from goodfor.kernel.ids import secret_token
from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Rejected, Unknown
from goodfor.payments.providers.base import NOT_FOUND, NOT_SENT
from goodfor.payments.providers.wechat import keys, shapes, signing
from goodfor.payments.providers.wechat.keys import PlatformCertificate
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.providers.wechat.shapes import BadReply

UNKNOWN_NUMBER: Final = frozenset({"RESOURCE_NOT_EXISTS", "ORDER_NOT_EXIST"})
TOO_OFTEN: Final = frozenset({"FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED", "RATELIMIT_EXCEED", "RATELIMIT_EXCEEDED"})
RATE_LIMITED: Final = "rate_limited"
REFUSED: Final = "refused"
_CERTIFICATES: Final = "/v3/certificates"


class Refused(Exception):
    """WeChat answered no. `code` and `text` are theirs, cut; `proven`: the refusal was signed and fresh."""

    def __init__(self, status: int, code: str, text: str, *, proven: bool) -> None:
        self.status, self.code, self.text, self.proven = status, code, text, proven
        super().__init__(code)

    @property
    def reason(self) -> str:
        """Stable and safe to store."""
        return self.code.lower() or f"http_{self.status}"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and when."""

    settings: Settings
    now: datetime

    def get(self, path: str) -> dict[str, Any]:
        """Ask; `path` with its query. Raises NotSent, NoAnswer, BadReply, Refused."""
        return self._call("GET", path, b"", "")

    def post(self, path: str, fields: dict[str, Any], serial: str = "") -> dict[str, Any]:
        """Order. `serial`: the key that fields were encrypted with. Raises as `get`. Empty where there is no body."""
        return self._call("POST", path, shapes.write_object(fields), serial)

    def _call(self, method: str, path: str, body: bytes, serial: str) -> dict[str, Any]:
        settings, now = self.settings, self.now
        reply = _exchange(settings, method, path, body, serial, now)
        if 200 <= reply.status < 300:
            keys.verify(settings, reply.headers, reply.body, now, fetch_certificates)
            return _object(reply.body) if reply.body else {}
        raise self._refusal(reply)

    def _refusal(self, reply: http.Reply) -> Exception:
        try:
            said = shapes.read_object(reply.body)
        except ValueError:
            said = {}
        code = "".join(c for c in shapes.text(said, "code", 48) if c.isalnum() or c == "_")
        if reply.status == 429 or code in TOO_OFTEN:
            return BadReply(RATE_LIMITED)
        if not 400 <= reply.status < 500:
            return BadReply(f"http_{reply.status}")
        proven = bool(reply.headers.get("wechatpay-signature"))
        if proven:
            try:
                keys.verify(self.settings, reply.headers, reply.body, self.now, fetch_certificates)
            except BadReply as problem:
                return problem
        return Refused(reply.status, code, shapes.text(said, "message", 200), proven=proven)


def download(settings: Settings, url: str, target: Path, now: datetime) -> None:
    """Fetch a file that a signed reply named. Nobody signs it: its hash must be checked. Raises as a call."""
    if not http.is_safe_url(url):
        raise BadReply("unsafe_link")
    reply = http.download(url, target, _headers(settings, "GET", url, b"", "", now))
    if reply.status != 200:
        raise BadReply(f"http_{reply.status}")


def fetch_certificates(settings: Settings, now: datetime) -> tuple[PlatformCertificate, ...]:
    """WeChat's certificates. Raises BadReply, whatever went wrong."""
    try:
        reply = _exchange(settings, "GET", _CERTIFICATES, b"", "", now)
    except (http.NotSent, http.NoAnswer):
        raise BadReply("no_certificates") from None
    if reply.status != 200:
        raise BadReply("no_certificates")
    return keys.read_certificates(settings, reply.headers, reply.body, now)


def guarded(ask: Callable[[], Outcome], refused: Callable[[Refused], Outcome] | None = None) -> Outcome:
    """Run a question or an order: what goes wrong becomes an outcome, without secrets in it.

    A proven "no such number" is Rejected(not_found); any other refusal tells nothing: Unknown with their code.
    `refused` knows better what a refusal of this call means.
    """
    try:
        return ask()
    except http.NotSent:
        return Unknown(NOT_SENT)
    except (http.NoAnswer, BadReply) as problem:
        return Unknown(problem.reason)
    except Refused as no:
        if refused is not None:
            return refused(no)
        if no.proven and no.code in UNKNOWN_NUMBER:
            return Rejected(NOT_FOUND, no.text)
        return Unknown(no.reason)


def _exchange(settings: Settings, method: str, path: str, body: bytes, serial: str, now: datetime) -> http.Reply:
    """One exchange; a question that did not get out is put to the backup as well. Raises NotSent, NoAnswer."""
    url = settings.base_url + path
    try:
        return http.send(method, url, body, _headers(settings, method, url, body, serial, now))
    except http.NotSent:
        if method != "GET" or not settings.backup_url:
            raise
    url = settings.backup_url + path
    return http.send(method, url, body, _headers(settings, method, url, body, serial, now))


def _headers(settings: Settings, method: str, url: str, body: bytes, serial: str, now: datetime) -> dict[str, str]:
    try:
        target = _target(settings, url)
        signed = signing.authorization(
            mchid=settings.mchid,
            serial_no=settings.serial_no,
            private_key=settings.private_key,
            method=method,
            target=target,
            timestamp=str(int(now.timestamp())),
            nonce=secret_token(24),
            body=body,
        )
    except (ValueError, httpx.InvalidURL):
        raise BadReply("bad_key_or_link") from None
    headers = {"authorization": signed, "content-type": "application/json"}
    if serial or settings.uses_public_key:
        # Tells as well with which key we want the reply to be signed.
        headers["wechatpay-serial"] = serial or settings.public_key_id
    return headers


def _target(settings: Settings, url: str) -> str:
    """What is signed of an address: path and query as the transport will write them, without a path of the base's own.

    WeChat's addresses have none; what stands in front of a stand-in or a relay is not for WeChat.
    """
    target = httpx.URL(url).raw_path.decode("ascii")
    for base in filter(None, (settings.base_url, settings.backup_url)):
        if url.startswith(f"{base}/"):
            return target.removeprefix(httpx.URL(base).raw_path.decode("ascii").rstrip("/"))
    return target


def _object(body: bytes) -> dict[str, Any]:
    try:
        return shapes.read_object(body)
    except ValueError:
        raise BadReply("not_json") from None
