"""What the tests share: keys, an account, a loopback server that answers what it is told, signed as WeChat signs."""

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from goodfor.payments.providers import rsa
from goodfor.payments.providers.base import Account
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.sandbox.keys import derive_private_key, private_pem, public_pem

NOW = datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC)
MERCHANT = private_pem(derive_private_key("finance-merchant"))
MERCHANT_PUBLIC = public_pem(derive_private_key("finance-merchant").public_key())
PLATFORM = private_pem(derive_private_key("finance-platform"))
PLATFORM_PUBLIC = public_pem(derive_private_key("finance-platform").public_key())
OTHER = private_pem(derive_private_key("sandbox-merchant-1002"))
OTHER_PUBLIC = public_pem(derive_private_key("sandbox-merchant-1002").public_key())
APPID, MCHID = "wx0000000000000001", "1900000001"
SERIAL, KEY_ID = "4A5B6C7D8E9F0011", "PUB_KEY_ID_0119000000012026"
CERTIFICATE_SERIAL, OTHER_SERIAL = "5157F09EFDC096DE", "6157F09EFDC096DE"
APIV3 = "0123456789abcdef0123456789abcdef"
NUMBER, TRADE = "P202601010001", "4200000000202601010000000001"
CERTIFICATES = "/v3/certificates"


def account(base_url: str = "http://127.0.0.1:9", **config: Any) -> Account:
    """An account with the fixed public key; `key_mode` and the rest may be given otherwise."""
    secrets = {"private_key": MERCHANT, "apiv3_key": APIV3, **config.pop("secrets", {})}
    full = {
        "appid": APPID, "mchid": MCHID, "serial_no": SERIAL, "key_mode": "public_key", "public_key_id": KEY_ID,
        "public_key": PLATFORM_PUBLIC, "base_url": base_url, **config,
    }  # fmt: skip
    return Account(UUID(int=1), UUID(int=2), "wx", "CNY", full, ("native", "jsapi"), secrets)


def settings(base_url: str = "http://127.0.0.1:9", **config: Any) -> Settings:
    """The settings of such an account."""
    return Settings.of(account(base_url, **config))


def signed(
    body: bytes, *, key: str = PLATFORM, serial: str = KEY_ID, at: datetime = NOW, nonce: str = "n0nce"
) -> dict[str, str]:
    """The headers of a reply or notice, in lower case."""
    stamp = str(int(at.timestamp()))
    return {
        "wechatpay-timestamp": stamp,
        "wechatpay-nonce": nonce,
        "wechatpay-signature": rsa.sign(f"{stamp}\n{nonce}\n".encode() + body + b"\n", key),
        "wechatpay-serial": serial,
        "wechatpay-signature-type": "WECHATPAY2-SHA256-RSA2048",
    }


def seal(plain: bytes, associated_data: str, nonce: str = "abcdef012345", key: str = APIV3) -> dict[str, str]:
    """A sealed resource."""
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), plain, associated_data.encode() or None)
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "nonce": nonce,
        "associated_data": associated_data,
        "ciphertext": base64.b64encode(sealed).decode("ascii"),
    }


def certificate(
    serial: str = CERTIFICATE_SERIAL,
    name: str = "finance-platform",
    since: datetime = NOW - timedelta(days=30),
    until: datetime = NOW + timedelta(days=365),
    *,
    said: str = "",
    seal_key: str = APIV3,
    **changes: Any,
) -> dict[str, Any]:
    """An item of the list of certificates, sealed. `said`: the serial beside it, where it is to lie."""
    key = derive_private_key(name)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Demo platform")])
    made = x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key.public_key())
    made = made.serial_number(int(serial, 16)).not_valid_before(since).not_valid_after(until)
    pem = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    return {
        "serial_no": said or serial,
        "effective_time": since.isoformat(),
        "expire_time": until.isoformat(),
        "encrypt_certificate": seal(pem, "certificate", key=seal_key),
        **changes,
    }


Said = dict[str, Any] | list[Any] | bytes | int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply. `said` None: nothing. `signed`: whether and with what; `changes` to the headers, None takes one away."""

    status: int = 200
    said: Said = None
    unsigned: bool = False
    key: str = PLATFORM
    serial: str = KEY_ID
    at: datetime = NOW
    changes: Mapping[str, str | None] = field(default_factory=dict)


#: Goes without an answer; the connection closes.
LOST = Answer(status=0)


def ok(**fields: Any) -> Answer:
    """A good reply, signed."""
    return Answer(said=fields)


def no(status: int, code: str, *, unsigned: bool = False, **changes: Any) -> Answer:
    """A refusal."""
    return Answer(status, {"code": code, "message": "no"}, unsigned=unsigned, **changes)


@dataclass(slots=True)
class Call:
    """What came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Mch:
    """Answers by `METHOD path` (without the query): an answer, or what makes one of the call."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Callable[[Call], Answer]] = {}
        self.calls: list[Call] = []
        self.url = ""
        #: A path that stands before WeChat's own.
        self.front = ""

    def only(self, path: str) -> Call:
        """The only call of this path."""
        (found,) = [call for call in self.calls if call.target.partition("?")[0] == path]
        return found

    def answer(self, call: Call) -> Answer:
        """Look the call over, and find its answer."""
        self.calls.append(call)
        pairs = dict(re.findall(r'(\w+)="([^"]*)"', call.headers["authorization"]))
        assert call.headers["authorization"].startswith("WECHATPAY2-SHA256-RSA2048 ")
        assert (pairs["mchid"], pairs["serial_no"]) == (MCHID, SERIAL)
        head = f"{call.method}\n{call.target}\n{pairs['timestamp']}\n{pairs['nonce_str']}\n"
        assert rsa.verify(head.encode() + call.body + b"\n", pairs["signature"], MERCHANT_PUBLIC)
        told = self.answers.get(f"{call.method} {call.target.partition('?')[0]}", no(404, "NO_SUCH_PATH"))
        return told(call) if callable(told) else told


@contextmanager
def running() -> Iterator[Mch]:
    """A server on a free port of this machine."""
    mch = Mch()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = mch.answer(Call(self.command, self.path.removeprefix(mch.front), headers, body))
            if told.status == 0:
                self.connection.close()
                return
            raw = told.said if isinstance(told.said, bytes) else b""
            if isinstance(told.said, dict | list | int):
                raw = json.dumps(told.said, ensure_ascii=False).encode()
            headers = {} if told.unsigned else signed(raw, key=told.key, serial=told.serial, at=told.at)
            self.send_response(told.status)
            for name, value in {**headers, **told.changes, "content-length": str(len(raw))}.items():
                if value is not None:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mch.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield mch
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
