"""A network backend whose reads and writes end by a deadline of the whole exchange, however slowly bytes drip in.

The timeouts of an HTTP library are for each read: a peer that sends one byte a second never meets them. Here each
operation on the stream gets what is left of the exchange's time. Exchanges are synchronous, one at a time in a thread,
so the deadline is the thread's; the pooled connection itself knows none.

A gateway is a shop's own setting, so its name is looked up here, each address must be one out in the world, and the
connection goes to the addresses that were looked at, not to what the name says a moment later.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
from django.conf import settings

from goodfor.kernel.addresses import all_public

_local = threading.local()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All network operations of this thread end within so many seconds from now."""
    _local.until = time.monotonic() + seconds
    try:
        yield
    finally:
        _local.until = None


def _left(timeout: float | None, late: type[Exception]) -> float | None:
    until: float | None = getattr(_local, "until", None)
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise late("the exchange took too long")
    return left if timeout is None else min(timeout, left)


def is_loopback(host: str) -> bool:
    """Whether the text says this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_be_here(host: str) -> bool:
    """Whether the installation lets a channel be in its own network: by name, or as a stand-in on this machine."""
    name = host.rstrip(".").lower()
    return name in settings.GOODFOR_OUTBOUND_HOSTS or (is_loopback(name) and bool(settings.GOODFOR_LOOPBACK_CHANNELS))


def _addresses(host: str, port: int) -> list[str]:
    """Where the name leads now. Raises ConnectError when there is nothing, or something of ours."""
    try:
        found = [str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("no such host") from error
    if not all_public(found) and not may_be_here(host):
        raise httpcore.ConnectError("address not allowed")
    return found


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """The synchronous backend of httpcore with the thread's deadline on every operation."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """As httpcore; raises ConnectTimeout when the exchange's time is over, ConnectError for an address of ours."""
        problem: Exception = httpcore.ConnectError("no address")
        for address in _addresses(host, port):
            left = _left(timeout, httpcore.ConnectTimeout)
            try:
                return _Stream(self._backend.connect_tcp(address, port, left, local_address, socket_options))
            except httpcore.ConnectError as error:
                problem = error
        raise problem

    def sleep(self, seconds: float) -> None:
        """As httpcore."""
        self._backend.sleep(seconds)
