"""Serves the gateway on loopback with the standard library: a bounded pool of threads, deadlines, a clean end."""

import contextlib
import ipaddress
import secrets
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import WSGIEnvironment

from goodfor.sandbox.app import Application
from goodfor.sandbox.client import ControlClient
from goodfor.sandbox.demo import DEMO_MD5_KEY
from goodfor.sandbox.frame import HANG_UP, TARGET
from goodfor.sandbox.gateway import RETRY_SECONDS, Config, Gateway

_THREADS = 96
_REQUEST_TIMEOUT = 20.0


class NotLoopbackHost(ValueError):
    """The gateway listens on loopback addresses only."""


class _Handler(WSGIRequestHandler):
    timeout = _REQUEST_TIMEOUT

    def get_environ(self) -> WSGIEnvironment:
        return {**super().get_environ(), HANG_UP: self._hang_up, TARGET: self.path}

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def address_string(self) -> str:
        return str(self.client_address[0])

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: request lines of this protocol carry merchant keys."""


class LoopbackServer(WSGIServer):
    """Hands each connection to a pool; when all threads are busy, new connections wait in the listen queue."""

    request_queue_size = 512
    allow_reuse_address = True

    def __init__(self, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="sandbox-http")
        self._free = threading.BoundedSemaphore(_THREADS)
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Binds without asking a resolver for our own name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """Queues the connection for a thread of the pool."""
        self._free.acquire()
        self._pool.submit(self._work, request, client_address)

    def _work(self, request: socket.socket, client_address: object) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError:
            pass  # the client went away, or was slower than the deadline
        finally:
            self.shutdown_request(request)
            self._free.release()

    def server_close(self) -> None:
        """Stops listening and lets running requests end."""
        super().server_close()
        self._pool.shutdown(wait=True)


@dataclass(frozen=True)
class RunningGateway:
    """A gateway that answers at `url`. `control` speaks to it over HTTP like any other process would."""

    url: str
    token: str = field(repr=False)
    gateway: Gateway
    control: ControlClient
    _server: LoopbackServer = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def stop(self) -> None:
        """Stops listening, ends requests and notifies that run, closes the books."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.gateway.close()


def start(
    data_dir: Path | str,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    control_token: str = "",
    md5_key: str = DEMO_MD5_KEY,
    public_url: str = "",
    retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    notify_timeout: float = 5.0,
) -> RunningGateway:
    """Starts a gateway in threads of this process. Port 0 picks a free one.

    Raises NotLoopbackHost, BooksInUse, OSError when the port is taken.
    """
    if not _is_loopback(host):
        raise NotLoopbackHost(f"{host} is not a loopback address")
    server = LoopbackServer("127.0.0.1" if host == "localhost" else host, port)
    try:
        token = control_token or secrets.token_urlsafe(18)
        shown = f"[{server.server_name}]" if ":" in server.server_name else server.server_name
        here = f"http://{shown}:{server.server_port}"
        gateway = Gateway(
            Config(
                data_dir=Path(data_dir),
                public_url=(public_url or here).rstrip("/"),
                control_token=token,
                md5_key=md5_key,
                retry_seconds=retry_seconds,
                notify_timeout=notify_timeout,
            )
        )
    except BaseException:
        server.server_close()
        raise
    server.set_app(Application(gateway))
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox-accept", daemon=True
    )
    thread.start()
    return RunningGateway(here, token, gateway, ControlClient(here, token), server, thread)


@contextlib.contextmanager
def running_gateway(
    data_dir: Path | str,
    *,
    port: int = 0,
    md5_key: str = DEMO_MD5_KEY,
    retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    notify_timeout: float = 5.0,
) -> Iterator[RunningGateway]:
    """A gateway for the length of a `with` block, in threads of this process."""
    running = start(data_dir, port=port, md5_key=md5_key, retry_seconds=retry_seconds, notify_timeout=notify_timeout)
    try:
        yield running
    finally:
        running.stop()


def serve(
    port: int,
    data_dir: Path | str,
    *,
    host: str = "127.0.0.1",
    control_token: str = "",
    md5_key: str = DEMO_MD5_KEY,
    public_url: str = "",
) -> None:
    """Serves until SIGINT or SIGTERM, then ends cleanly. Call it from the main thread of a process of its own.

    Prints where it listens; a control token that it made itself goes to `DIR/control.token`, readable by the owner.
    """
    with until_signal() as stop:
        running = start(
            data_dir, port=port, host=host, control_token=control_token, md5_key=md5_key, public_url=public_url
        )
        try:
            if not control_token:
                write_token(Path(data_dir) / "control.token", running.token)
            print(f"EPay stand-in listening on {running.url}", flush=True)
            stop.wait()
        finally:
            running.stop()


@contextlib.contextmanager
def until_signal() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, for the length of a `with` block of the main thread."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def write_token(path: Path, token: str) -> None:
    """Writes a control token that only the owner may read."""
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    path.write_text(token + "\n", "ascii")
