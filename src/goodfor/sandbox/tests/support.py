"""A shop that listens for notifies, and a merchant that signs its requests."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from goodfor.sandbox.keys import derive_private_key
from goodfor.sandbox.signing import md5_sign, rsa_sign

KEY = "epay-test-key-0001"


@dataclass
class Shop:
    """What the listening shop heard, and what it answers."""

    url: str = ""
    heard: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[dict[str, str]], tuple[int, str]] = lambda _params: (200, "success")
    lock: threading.Lock = field(default_factory=threading.Lock)
    running: int = 0
    most_at_once: int = 0
    pause: float = 0.0

    def wait_for(self, count: int, seconds: float = 5.0) -> list[dict[str, str]]:
        until = time.monotonic() + seconds
        while len(self.heard) < count and time.monotonic() < until:
            time.sleep(0.005)
        assert len(self.heard) >= count, self.heard
        return self.heard


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


@contextmanager
def listening_shop() -> Iterator[Shop]:
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            params = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            with shop.lock:
                shop.heard.append(params)
                shop.running += 1
                shop.most_at_once = max(shop.most_at_once, shop.running)
            time.sleep(shop.pause)
            status, text = shop.answer(params)
            with shop.lock:
                shop.running -= 1
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    shop.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Reply:
    status: int
    text: str
    headers: dict[str, str]

    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.text)
        return value


def http_call(
    base: str, method: str, target: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        body = None if form is None else urlencode(form)
        kind = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, target, body, {**kind, **(headers or {})})
        response = connection.getresponse()
        return Reply(response.status, response.read().decode(), dict(response.getheaders()))
    finally:
        connection.close()


@dataclass
class MerchantSide:
    """Merchant 1001 against one gateway, in both protocol versions."""

    base: str
    notify_url: str
    pid: str = "1001"
    key: str = KEY
    now: Callable[[], float] = time.time

    def order(self, number: str, **more: str) -> dict[str, str]:
        return {
            "pid": self.pid,
            "type": "alipay",
            "out_trade_no": number,
            "notify_url": self.notify_url,
            "return_url": "https://shop.example.test/r",
            "name": "card",
            "money": "9.90",
            "clientip": "203.0.113.9",
            **more,
        }

    def v1(self, params: dict[str, str]) -> dict[str, str]:
        return {**params, "sign": md5_sign(params, self.key), "sign_type": "MD5"}

    def v2(self, params: dict[str, str]) -> dict[str, str]:
        stamped = {"pid": self.pid, "timestamp": str(int(self.now())), **params}
        return {**stamped, "sign": rsa_sign(stamped, derive_private_key("finance-merchant")), "sign_type": "RSA"}

    def post(self, target: str, form: Mapping[str, str]) -> Reply:
        return http_call(self.base, "POST", target, form)

    def mapi(self, number: str, **more: str) -> dict[str, Any]:
        return self.post("/mapi.php", self.v1(self.order(number, **more))).json()

    def create(self, number: str, **more: str) -> dict[str, Any]:
        return self.post("/api/pay/create", self.v2({"method": "web", **self.order(number, **more)})).json()

    def call_v2(self, name: str, **params: str) -> dict[str, Any]:
        return self.post(f"/api/{name}", self.v2(params)).json()

    def query_v1(self, number: str) -> dict[str, Any]:
        query = urlencode({"act": "order", "pid": self.pid, "key": self.key, "out_trade_no": number})
        return http_call(self.base, "GET", f"/api.php?{query}").json()

    def refund_v1(self, number: str, money: str) -> dict[str, Any]:
        form = {"pid": self.pid, "key": self.key, "out_trade_no": number, "money": money}
        return self.post("/api.php?act=refund", form).json()
