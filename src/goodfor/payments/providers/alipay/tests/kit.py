"""What the tests share: keys, an account, a loopback gateway that answers what it is told, signed as Alipay signs."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.payments.providers import rsa
from goodfor.payments.providers.alipay import signing
from goodfor.payments.providers.base import Account, Attempt, RefundAttempt
from goodfor.payments.types import RawRequest
from goodfor.sandbox.keys import derive_private_key, private_pem, public_pem

NOW = datetime(2026, 1, 1, 0, 0, 0, tzinfo=UTC)
MERCHANT = private_pem(derive_private_key("finance-merchant"))
MERCHANT_PUBLIC = public_pem(derive_private_key("finance-merchant").public_key())
PLATFORM = private_pem(derive_private_key("finance-platform"))
PLATFORM_PUBLIC = public_pem(derive_private_key("finance-platform").public_key())
APP, SELLER = "2021000000000001", "2088000000000001"
NUMBER, TRADE = "P202601010001", "2026010122001400000000000001"
AMOUNT = Money(990, "CNY")
REFUND = RefundAttempt("R202601010001", NUMBER, TRADE, AMOUNT, AMOUNT, Money(0, "CNY"), "codes unseen")
Answer = dict[str, Any] | bytes | int | None


def account(base_url: str = "http://127.0.0.1:9/gateway.do", **config: Any) -> Account:
    secrets = {"private_key": MERCHANT, **config.pop("secrets", {})}
    methods = config.pop("methods", ("page", "wap", "app", "precreate"))
    full = {
        "app_id": APP, "seller_id": SELLER, "mode": "key", "alipay_public_key": PLATFORM_PUBLIC, "base_url": base_url,
        **config,
    }  # fmt: skip
    return Account(UUID(int=1), UUID(int=2), "ali", "CNY", full, methods, secrets)


def attempt(method: str = "precreate", **changes: Any) -> Attempt:
    fields = {
        "number": NUMBER, "amount": AMOUNT, "method": method, "subject": "card",
        "notify_url": "https://pay.example.test/hook/alipay", "return_url": "https://shop.example.test/r",
        "expires_at": datetime(2026, 1, 1, 0, 15, tzinfo=UTC),
    }  # fmt: skip
    return Attempt(**{**fields, **changes})


def reply(method: str, content: dict[str, Any] | str, key: str = PLATFORM, **more: str) -> bytes:
    """A reply, signed over exactly the text that it carries."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    name = method.replace(".", "_") + "_response"
    rest = "".join(f',"{k}":"{v}"' for k, v in {**more, "sign": rsa.sign(text.encode(), key)}.items())
    return f'{{"{name}":{text}{rest}}}'.encode()


def ok(**fields: Any) -> dict[str, Any]:
    return {"code": "10000", "msg": "Success", **fields}


def no(sub_code: str, code: str = "40004") -> dict[str, Any]:
    return {"code": code, "msg": "Business Failed", "sub_code": sub_code, "sub_msg": "no"}


class Gateway:
    """Answers by method: content to be signed, raw bytes, an HTTP status, or None for a reply that is lost."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Callable[[dict[str, Any]], Answer]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.fields: list[dict[str, str]] = []
        self.files: dict[str, bytes] = {}
        self.url = ""

    def content(self, method: str) -> dict[str, Any]:
        """What the only call of this method said."""
        (found,) = [content for name, content in self.calls if name == method]
        return found

    def answer(self, fields: dict[str, str]) -> Answer:
        method = fields["method"]
        content = json.loads(fields["biz_content"])
        self.calls.append((method, content))
        self.fields.append(fields)
        told = self.answers[method]
        told = told(content) if callable(told) else told
        return reply(method, told) if isinstance(told, dict) else told


@contextmanager
def running() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
            assert rsa.verify(signing.request_content(fields).encode(), fields["sign"], MERCHANT_PUBLIC)
            self._send(gateway.answer(fields))

        def do_GET(self) -> None:
            self._send(gateway.files.get(self.path.partition("?")[0], 404))

        def _send(self, told: Answer) -> None:
            if told is None:
                self.connection.close()
                return
            assert not isinstance(told, dict)
            status, body = (told, b"{}") if isinstance(told, int) else (200, told)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}/gateway.do"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


NOTIFY = {
    "app_id": APP, "auth_app_id": APP, "buyer_id": "2088000000000002", "buyer_pay_amount": "9.90", "charset": "utf-8",
    "fund_bill_list": '[{"amount":"9.90","fundChannel":"ALIPAYACCOUNT"}]', "gmt_create": "2026-01-01 08:00:01",
    "gmt_payment": "2026-01-01 08:00:05", "invoice_amount": "9.90", "notify_id": "2026010100222080006000000000000001",
    "notify_time": "2026-01-01 08:00:06", "notify_type": "trade_status_sync", "out_trade_no": NUMBER,
    "receipt_amount": "9.90", "seller_id": SELLER, "subject": "card", "total_amount": "9.90", "trade_no": TRADE,
    "trade_status": "TRADE_SUCCESS", "version": "1.0",
}  # fmt: skip


def notified(changes: dict[str, str] | None = None, key: str = PLATFORM, after: dict[str, str] | None = None) -> bytes:
    """The body of a notification: `changes` are signed, `after` are not."""
    fields = {**NOTIFY, **(changes or {})}
    signature = rsa.sign(signing.notify_content(fields).encode(), key)
    return urlencode({**fields, "sign_type": "RSA2", "sign": signature, **(after or {})}).encode()


def post(body: bytes) -> RawRequest:
    return RawRequest("POST", "/hook/alipay", b"", {"content-type": "application/x-www-form-urlencoded"}, body)
