"""A shop's side of the stand-ins of suppliers: a site as the hub hands it to a connector, its wire, calls that come."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from goodfor.sandbox.suppliers.server import StandIn
from goodfor.supply.providers.values import Call, OrderRef, PlaceRequest, Site
from goodfor.supply.providers.wire import Wire

SHOP = UUID("00000000-0000-4000-8000-000000000001")
_numbers = count(1)


def site_of(stand_in: StandIn, **config: Any) -> Site:
    """The stand-in as a supplier's account; `config` overrides settings."""
    about = stand_in.site
    return Site(uuid4(), SHOP, about.name, about.currency, {**stand_in.config, **config}, stand_in.secrets)


def a_wire(*, skew: float = 0.0) -> Wire:
    """For one errand, by the real clock; `skew`: seconds that ours is wrong."""
    return Wire(time.time() + skew, time.monotonic)


def number() -> str:
    """One of ours: 18 digits, never the same."""
    return f"{int(time.time()) % 10**9:09d}{next(_numbers):09d}"


def request(item: str, quantity: int = 1, cost: str = "100", **more: Any) -> PlaceRequest:
    """A purchase; `cost` is the most for all of it. `number`, `form`, `notify_url` and so on as given."""
    return PlaceRequest(**{
        "number": number(), "item_id": item, "quantity": quantity, "max_cost": Decimal(cost), "currency": "CNY", **more,
    })  # fmt: skip


def ref_of(asked: PlaceRequest, ref: str = "") -> OrderRef:
    """How the hub asks about that purchase."""
    return OrderRef(asked.number, ref, datetime.now(UTC), asked.item_id, asked.quantity)


class Hook:
    """Our address for calls back: keeps what came, answers with what `answers` gives for it."""

    def __init__(self, status: int = 200, answer: bytes = b"ok") -> None:
        self.calls: list[Call] = []
        self.status, self.answer = status, answer
        self._came = threading.Condition()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                hook.take(Call(self.command, parts.path, parts.query.encode(), headers, body))
                self.send_response(hook.status)
                self.send_header("Content-Length", str(len(hook.answer)))
                self.end_headers()
                self.wfile.write(hook.answer)

            do_PUT = do_GET = do_POST  # noqa: N815 - names of the library

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def take(self, call: Call) -> None:
        """A call came."""
        with self._came:
            self.calls.append(call)
            self._came.notify_all()

    def wait(self, calls: int = 1, seconds: float = 4.0) -> list[Call]:
        """The calls so far, once there are so many. Raises AssertionError."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.calls) >= calls, seconds), f"{len(self.calls)} of {calls} calls"
            return list(self.calls)


@contextmanager
def hook(status: int = 200, answer: bytes = b"ok") -> Iterator[Hook]:
    """An address that listens, for the length of a `with` block."""
    made = Hook(status, answer)
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()


def secret_of(codes: Mapping[str, Any] | Any) -> set[str]:
    """The secrets of codes, of ours or of the stand-in's books."""
    return {one.secret for one in codes}
