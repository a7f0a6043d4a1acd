"""Serves the stand-ins on loopback: HTTP for all but mail, SMTP beside it."""

import contextlib
import secrets
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.notify.app import Application
from goodfor.sandbox.notify.desk import Desk
from goodfor.sandbox.notify.smtp import SmtpServer
from goodfor.sandbox.server import LoopbackServer, NotLoopbackHost


@dataclass(frozen=True)
class RunningDesk:
    """Stand-ins that answer at `url`, and mail at `smtp_port`. `desk` looks into them from the same process."""

    url: str
    smtp_port: int
    desk: Desk = field(repr=False)
    _server: LoopbackServer = field(repr=False)
    _mail: SmtpServer = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def stop(self) -> None:
        """Stops listening and closes the books."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._mail.stop()
        self.desk.close()


def start(
    data_dir: Path | str, *, port: int = 0, smtp_port: int = 0, host: str = "127.0.0.1", control_token: str = ""
) -> RunningDesk:
    """Starts the stand-ins in threads of this process. Port 0 picks a free one. Raises NotLoopbackHost, OSError."""
    if not is_loopback_name(host):
        raise NotLoopbackHost(f"{host} is not a loopback address")
    desk = Desk(Path(data_dir), control_token or secrets.token_urlsafe(18))
    server = LoopbackServer(host, port)
    try:
        mail = SmtpServer(desk, host, smtp_port)
    except BaseException:
        server.server_close()
        raise
    desk.url = f"http://{server.server_name}:{server.server_port}"
    server.set_app(Application(desk))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    return RunningDesk(desk.url, desk.smtp_port, desk, server, mail, thread)


@contextlib.contextmanager
def running_desk(data_dir: Path | str) -> Iterator[RunningDesk]:
    """Stand-ins for the length of a `with` block, in threads of this process."""
    running = start(data_dir)
    try:
        yield running
    finally:
        running.stop()


def serve(port: int, smtp_port: int, data_dir: Path | str, *, host: str = "127.0.0.1", control_token: str = "") -> None:
    """Serves until SIGINT or SIGTERM, from the main thread of a process of its own."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    running = start(data_dir, port=port, smtp_port=smtp_port, host=host, control_token=control_token)
    try:
        print(f"message stand-ins listening on {running.url}, mail on port {running.smtp_port}", flush=True)
        stop.wait()
    finally:
        running.stop()
        for number, handler in previous.items():
            signal.signal(number, handler)
