"""Our address for calls back: hands each to the operation behind it, and answers as that says."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

from django.db import connections

from goodfor.supply.operations.hear_call import hear_call
from goodfor.supply.providers.values import Call


@dataclass
class Listener:
    """`heard`: (hook, call, status) of what came. `now`: the clock that is told."""

    now: Callable[[], datetime]
    heard: list[tuple[str, Call, int]] = field(default_factory=list)
    url: str = ""

    def take(self, call: Call) -> tuple[int, bytes]:
        """(status, body) for a call."""
        hook = call.path.rpartition("/")[2]
        answer = hear_call(hook=hook, call=call, now=self.now())
        self.heard.append((hook, call, answer.status))
        return answer.status, answer.body

    def statuses(self, hook: str) -> list[int]:
        """What was answered at one supplier's address."""
        return [status for at, _call, status in self.heard if at == hook]


@contextmanager
def listening(now: Callable[[], datetime]) -> Iterator[Listener]:
    """One at a free port, for the length of a `with` block. Calls are taken one after the other."""
    made = Listener(now)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told = made.take(Call(self.command, parts.path, parts.query.encode(), headers, body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST  # noqa: N815 - names of the library

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"

    def serve() -> None:
        # One connection for all that comes, and it ends with the thread.
        try:
            server.serve_forever(0.01)
        finally:
            connections.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
