"""Sends what the outbox holds: one dispatcher thread, a bounded pool of senders, every call with a deadline."""

import http.client
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from goodfor.sandbox.loopback import NotLoopback, loopback_address
from goodfor.sandbox.types import Attempt, Notice

_MAX_ANSWER = 1024
_IDLE_SECONDS = 0.5


class _DirectConnection(http.client.HTTPConnection):
    """Connects to the checked address, not to whatever the name resolves to a moment later."""

    def __init__(self, host: str, port: int, *, address: str, timeout: float, tls: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        """Opens the socket, with TLS when the URL says https."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def call(
    url: str,
    *,
    timeout: float,
    clock: Callable[[], float] = time.time,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Attempt:
    """One call, no redirects followed, at most 1 kB read. Never raises: what went wrong is in the Attempt."""
    started, began = int(clock() * 1000), time.monotonic()
    status, answer, error = 0, "", ""
    connection: _DirectConnection | None = None
    try:
        parts = urlsplit(url)
        tls = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if tls else 80)
        address = loopback_address(host, port)
        connection = _DirectConnection(host, port, address=address, timeout=timeout, tls=tls)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        said = {"User-Agent": "goodfor-sandbox-gateway", "Accept": "*/*", **(headers or {})}
        connection.request(method, target, body, said)
        response = connection.getresponse()
        status = response.status
        body = b""
        while len(body) < _MAX_ANSWER and time.monotonic() - began < timeout:
            piece = response.read1(_MAX_ANSWER - len(body))
            if not piece:
                break
            body += piece
        answer = body.decode("utf-8", "replace")
    except NotLoopback:
        error = "refused: not a loopback address"
    except (OSError, http.client.HTTPException, ValueError) as failure:
        error = type(failure).__name__
    finally:
        if connection is not None:
            connection.close()
    return Attempt(status, answer, error, started, int((time.monotonic() - began) * 1000))


class Notifier:
    """Runs due work in the background.

    `due(now_ms, limit)` does what is due and returns notices to send; `send(notice)` sends and records one;
    `next_due()` says when something is due again, in milliseconds since 1970.
    """

    def __init__(
        self,
        *,
        due: Callable[[int, int], list[Notice]],
        send: Callable[[Notice], None],
        next_due: Callable[[], int | None],
        clock: Callable[[], float],
        senders: int,
    ) -> None:
        self._due = due
        self._send = send
        self._next_due = next_due
        self._clock = clock
        self._free = threading.Semaphore(senders)
        self._senders = senders
        self._pool = ThreadPoolExecutor(senders, thread_name_prefix="sandbox-notify")
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="sandbox-dispatch", daemon=True)

    def start(self) -> None:
        """Starts the dispatcher."""
        self._thread.start()

    def wake(self) -> None:
        """Says that there may be something new to send."""
        self._wake.set()

    def stop(self) -> None:
        """Stops claiming, lets running calls end (each has a deadline), then returns."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            slots = self._take_slots()
            notices: list[Notice] = []
            try:
                notices = self._due(int(self._clock() * 1000), slots)
            except Exception:
                # The dispatcher outlives a failure: whatever was due is still due on the next round.
                traceback.print_exc()
                time.sleep(0.1)
            for _unused in range(slots - len(notices)):
                self._free.release()
            for notice in notices:
                self._pool.submit(self._send_and_free, notice)
            if not notices:
                self._wake.wait(self._pause(slots))

    def _take_slots(self) -> int:
        slots = 0
        while slots < self._senders and self._free.acquire(blocking=False):
            slots += 1
        return slots

    def _pause(self, slots: int) -> float:
        if slots == 0:  # a sender that ends wakes the dispatcher
            return _IDLE_SECONDS
        due = self._next_due()
        if due is None:
            return _IDLE_SECONDS
        return min(_IDLE_SECONDS, max(0.005, due / 1000 - self._clock()))

    def _send_and_free(self, notice: Notice) -> None:
        try:
            self._send(notice)
        except Exception:
            traceback.print_exc()
        finally:
            self._free.release()
            self._wake.set()
