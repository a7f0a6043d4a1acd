"""Several sites in one loopback server, each below a path of its own."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any, Final

from goodfor.supply.tests.counter.books import Site

VENDORS: Final = ("kasushou",)


@dataclass(frozen=True)
class Request:
    """A request as it came, its path below the site's; header names in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes = field(repr=False)
    content_type: str = "application/json"


#: The connection ends without a word.
LOST: Final = None
_HTML: Final = Reply(502, b"<html><title>502 Bad Gateway</title></html>", "text/html")


class SupplierSandbox:
    """Serves sites on a free port of this machine until the context ends."""

    def __init__(self) -> None:
        self.sites: dict[str, tuple[str, Site]] = {}
        sandbox = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                reply = sandbox.answer(self.path, self.command, dict(self.headers.items()), body)
                if reply is LOST:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                self.send_header("content-type", reply.content_type)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_args: object) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def answer(self, path: str, method: str, headers: dict[str, str], body: bytes) -> Reply | None:
        """Find the site, meet its faults, let its vendor answer."""
        path, _mark, query = path.partition("?")
        _empty, name, *rest = path.split("/")
        vendor, site = self.sites[name]
        below = "/" + "/".join(rest)
        with site.lock:
            site.calls.append(below)
        if site.faults.dead:
            return LOST
        if site.meets("html_502"):
            return _HTML
        lowered = {name.lower(): value for name, value in headers.items()}
        reply: Reply | None = _module(vendor).answer(site, Request(method, below, query, lowered, body))
        return reply

    def add(self, vendor: str, site: Site) -> tuple[dict[str, Any], dict[str, str]]:
        """Serve a site; what a shop enters to connect it: settings and secrets."""
        self.sites[site.name] = (vendor, site)
        found: tuple[dict[str, Any], dict[str, str]] = _module(vendor).config(site, f"{self.url}/{site.name}")
        return found

    @property
    def url(self) -> str:
        """Of this server."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Serve in a thread."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """End the thread, free the port."""
        self._server.shutdown()
        self._server.server_close()


def _module(vendor: str) -> Any:
    if vendor not in VENDORS:
        raise KeyError(vendor)
    return import_module(f"goodfor.supply.tests.counter.{vendor}")


@contextlib.contextmanager
def supplier_sandbox() -> Iterator[SupplierSandbox]:
    """A running sandbox."""
    sandbox = SupplierSandbox()
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()
