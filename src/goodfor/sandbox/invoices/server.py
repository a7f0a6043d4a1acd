"""Serves the office on loopback."""

import contextlib
import secrets
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from goodfor.sandbox.invoices.app import Application
from goodfor.sandbox.invoices.office import Office
from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.server import LoopbackServer, NotLoopbackHost


@dataclass(frozen=True)
class RunningOffice:
    """An office that answers at `url`; `office` looks into it from the same process."""

    url: str
    office: Office = field(repr=False)
    _server: LoopbackServer = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def stop(self) -> None:
        """Stops listening and closes the books."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.office.books.close()


def start(data_dir: Path | str, *, port: int = 0, host: str = "127.0.0.1", control_token: str = "") -> RunningOffice:
    """Starts it in a thread of this process. Port 0 picks a free one. Raises NotLoopbackHost, OSError."""
    if not is_loopback_name(host):
        raise NotLoopbackHost(f"{host} is not a loopback address")
    office = Office(Path(data_dir), control_token or secrets.token_urlsafe(18))
    server = LoopbackServer(host, port)
    office.url = f"http://{server.server_name}:{server.server_port}"
    server.set_app(Application(office))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    return RunningOffice(office.url, office, server, thread)


@contextlib.contextmanager
def running_office(data_dir: Path | str) -> Iterator[RunningOffice]:
    """An office for the length of a `with` block, in a thread of this process."""
    running = start(data_dir)
    try:
        yield running
    finally:
        running.stop()


def serve(port: int, data_dir: Path | str, *, host: str = "127.0.0.1", control_token: str = "") -> None:
    """Serves until SIGINT or SIGTERM, from the main thread of a process of its own."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    running = start(data_dir, port=port, host=host, control_token=control_token)
    try:
        print(f"invoice stand-in listening on {running.url}", flush=True)
        stop.wait()
    finally:
        running.stop()
        for number, handler in previous.items():
            signal.signal(number, handler)
