"""A merchant at the channels: signed requests over real HTTP, and a receiver of notifies."""

import http.client
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels
from goodfor.sandbox.keys import derive_private_key
from goodfor.sandbox.signing import sign_bytes, verify_bytes

M = derive_private_key("finance-merchant")
P = derive_private_key("finance-platform").public_key()


def send(
    method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes, dict[str, str]]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body or None, {"User-Agent": "test", **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read(), dict(response.getheaders())
    finally:
        connection.close()


def wechat_auth(method: str, target: str, body: bytes, *, at: int = 0, nonce: str = "", **change: str) -> str:
    at, nonce = at or int(time.time()), nonce or secrets.token_hex(16)
    signature = sign_bytes(f"{method}\n{target}\n{at}\n{nonce}\n".encode() + body + b"\n", M)
    pairs = {
        "mchid": demo.WECHAT_MCHID, "nonce_str": nonce, "signature": signature, "timestamp": str(at),
        "serial_no": demo.WECHAT_MERCHANT_SERIAL, **change,
    }  # fmt: skip
    return "WECHATPAY2-SHA256-RSA2048 " + ",".join(f'{name}="{value}"' for name, value in pairs.items())


def wechat_signed_by_platform(headers: dict[str, str], body: bytes) -> bool:
    said = {name.lower(): value for name, value in headers.items()}
    message = f"{said['wechatpay-timestamp']}\n{said['wechatpay-nonce']}\n".encode() + body + b"\n"
    return verify_bytes(message, said["wechatpay-signature"], P)


class WeChatShop:
    def __init__(self, running: RunningChannels, notify_url: str = "http://127.0.0.1:1/n") -> None:
        self.running, self.notify_url = running, notify_url

    def raw(self, method: str, target: str, value: object = None, **change: str) -> tuple[int, bytes, dict[str, str]]:
        body = b"" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Authorization": wechat_auth(method, target, body, **change), "Content-Type": "application/json"}
        return send(method, f"{self.running.url}/wechat{target}", body, headers)

    def call(self, method: str, target: str, value: object = None) -> tuple[int, dict[str, Any]]:
        status, body, headers = self.raw(method, target, value)
        assert wechat_signed_by_platform(headers, body)
        return status, json.loads(body or b"{}")

    def order(self, number: str, kind: str = "native", *, total: int = 990, **more: object) -> dict[str, Any]:
        status, answer = self.call("POST", f"/v3/pay/transactions/{kind}", {
            "mchid": demo.WECHAT_MCHID, "appid": demo.WECHAT_APP_ID, "out_trade_no": number, "description": "卡",
            "notify_url": self.notify_url, "amount": {"total": total, "currency": "CNY"}, **more,
        })  # fmt: skip
        assert status == 200, answer
        return answer

    def query(self, number: str) -> dict[str, Any]:
        return self.call("GET", f"/v3/pay/transactions/out-trade-no/{number}?mchid={demo.WECHAT_MCHID}")[1]

    def refund(self, number: str, refund_no: str, amount: int, total: int = 990) -> tuple[int, dict[str, Any]]:
        return self.call("POST", "/v3/refund/domestic/refunds", {
            "out_trade_no": number, "out_refund_no": refund_no, "notify_url": self.notify_url,
            "amount": {"refund": amount, "total": total, "currency": "CNY"},
        })  # fmt: skip


class Receiver:
    """A shop's notify address: `seen` holds (path, headers, body); `answer` is what it says."""

    def __init__(self, status: int = 200, answer: bytes = b"success") -> None:
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.status, self.answer = status, answer
        #: So many of the next calls are not heard.
        self.fails = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver.seen.append((self.path, dict(self.headers.items()), body))
                fails, receiver.fails = receiver.fails > 0, max(0, receiver.fails - 1)
                self.send_response(500 if fails else receiver.status)
                self.send_header("Content-Length", str(len(receiver.answer)))
                self.end_headers()
                self.wfile.write(receiver.answer)

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/notify"


@contextmanager
def receiving(status: int = 200, answer: bytes = b"success") -> Iterator[Receiver]:
    receiver = Receiver(status, answer)
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


def books_balance(running: RunningChannels, channel: str) -> dict[str, Any]:
    """The books of a channel, after checking that every entry sums to zero."""
    books = running.control.ledger(channel)
    sums: dict[int, int] = {}
    for row in books["journal"]:
        sums[row["id"]] = sums.get(row["id"], 0) + row["amount"]
    assert sums
    assert set(sums.values()) == {0}
    return books
