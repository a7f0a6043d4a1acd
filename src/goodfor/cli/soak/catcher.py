"""Takes notifies in the shop's place, as they come over the wire: a soak hands them in later, how and when it likes."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from uuid import UUID

from goodfor.payments.types import RawRequest


@dataclass(frozen=True, slots=True)
class Caught:
    """A notify, and the account whose address it was sent to."""

    account_id: UUID
    raw: RawRequest


@dataclass
class Catcher:
    """`url` is for `start_payment`; `take()` gives what has come since."""

    url: str
    _caught: list[Caught] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def put(self, one: Caught) -> None:
        """Keep it."""
        with self._lock:
            self._caught.append(one)

    def take(self) -> list[Caught]:
        """And forget it."""
        with self._lock:
            taken, self._caught = self._caught, []
        return taken


@contextlib.contextmanager
def catching() -> Iterator[Catcher]:
    """Listens on loopback; every channel counts its answer as taken."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    catcher = Catcher(f"http://127.0.0.1:{server.server_port}/pay/notify")

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            raw = RawRequest(self.command, parts.path, parts.query.encode("latin-1"), headers, body)
            catcher.put(Caught(UUID(parts.path.rpartition("/")[2]), raw))
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", "7")
            self.end_headers()
            self.wfile.write(b"success")

        do_GET = do_POST = _take  # noqa: N815 - the names that the server asks for

        def log_message(self, *_args: object) -> None:
            """Nothing: notifies are counted, not read."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield catcher
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
