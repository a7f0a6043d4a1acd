"""A merchant for the gateway's tests: signed requests over real HTTP, and a receiver of notifies."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from goodfor.sandbox.demo import DEMO_PID, MERCHANT_KEY_NAMES, demo_merchant
from goodfor.sandbox.keys import derive_private_key, load_public
from goodfor.sandbox.server import RunningGateway
from goodfor.sandbox.signing import md5_sign, rsa_sign, rsa_verify

NOWHERE = "http://127.0.0.1:1/notify"


def call(method: str, url: str, fields: dict[str, str] | None = None, **headers: str) -> tuple[int, bytes, str]:
    """(status, body, Location); fields go into the query of a GET and the form of a POST. Follows nothing."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    body = None
    if fields is not None and method == "GET":
        target += ("&" if parts.query else "?") + urlencode(fields)
    elif fields is not None:
        body, headers = urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded", **headers}
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        return response.status, response.read(), response.getheader("Location", "")
    finally:
        connection.close()


class Merchant:
    """Calls one gateway in both versions of the protocol."""

    def __init__(self, running: RunningGateway, pid: str = DEMO_PID) -> None:
        self.url, self.pid, self.me = running.url, pid, demo_merchant(pid)
        self.books = lambda **kw: running.control.books(pid, self.me.md5_key, **kw)

    def order(self, number: str, notify_url: str = NOWHERE, *, money: str = "9.90", **more: str) -> dict[str, str]:
        return {
            "pid": self.pid, "type": "alipay", "out_trade_no": number, "notify_url": notify_url,
            "return_url": "https://shop.example.test/r", "name": "card", "money": money, **more,
        }  # fmt: skip

    def v1(self, path: str, fields: dict[str, str], method: str = "POST") -> dict[str, Any]:
        signed = {**fields, "sign": md5_sign(fields, self.me.md5_key), "sign_type": "MD5"}
        return self.json(method, path, signed)

    def api(self, act: str, method: str = "GET", /, **fields: str) -> dict[str, Any]:
        return self.json(method, f"/api.php?act={act}", {"pid": self.pid, "key": self.me.md5_key, **fields})

    def sign_v2(self, fields: dict[str, str]) -> dict[str, str]:
        full = {"pid": self.pid, "timestamp": str(int(time.time())), **fields}
        key = derive_private_key(MERCHANT_KEY_NAMES[self.pid])
        return {**full, "sign": rsa_sign(full, key), "sign_type": "RSA"}

    def v2(self, name: str, /, **fields: str) -> dict[str, Any]:
        reply = self.json("POST", f"/api/pay/{name}", self.sign_v2(fields))
        if reply["code"] == 0:
            assert self.signed_by_platform(reply)
        return reply

    def signed_by_platform(self, reply: dict[str, Any]) -> bool:
        return rsa_verify({k: str(v) for k, v in reply.items()}, load_public(self.me.platform_public_pem))

    def json(self, method: str, path: str, fields: dict[str, str]) -> dict[str, Any]:
        status, body, _ = call(method, self.url + path, fields)
        assert status == 200, (status, body)
        decoded: dict[str, Any] = json.loads(body)
        return decoded


class Receiver:
    """A shop's notify address. `seen` holds what came; `answer(n)` is what the n-th call (from 1) gets."""

    def __init__(self, answer: Callable[[int], bytes] = lambda _n: b"success") -> None:
        self.seen: list[dict[str, str]] = []
        self.busy = self.most_at_once = 0
        self.pause = 0.0
        lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with lock:
                    receiver.seen.append(dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)))
                    number = len(receiver.seen)
                    receiver.busy += 1
                    receiver.most_at_once = max(receiver.most_at_once, receiver.busy)
                time.sleep(receiver.pause)
                body = answer(number)
                with lock:
                    receiver.busy -= 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/notify"


@contextmanager
def receiving(answer: Callable[[int], bytes] = lambda _n: b"success") -> Iterator[Receiver]:
    receiver = Receiver(answer)
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()
