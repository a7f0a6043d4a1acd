"""The one way out to a vendor: fixed hosts, no redirects, nothing from the environment, hard limits, nothing logged.

Where a message goes is partly said by people (a push subscription, a robot's address): so every call names the hosts
it may go to, and everything else is refused before a name is looked up. An operator of the installation may add hosts
(GOODFOR_OUTBOUND_HOSTS). Loopback is for the stand-ins, where the installation allows it (GOODFOR_LOOPBACK_CHANNELS).
"""

import ipaddress
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db import connection

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 8.0
TOTAL_SECONDS: Final = 12.0
MAX_REPLY_BYTES: Final = 64 * 1024


class NotSent(Exception):
    """The request certainly did not reach the other side. `reason` is stable and safe to store."""

    def __init__(self, reason: str = "not_sent") -> None:
        self.reason = reason
        super().__init__(reason)


class NoAnswer(Exception):
    """The request may have been acted upon, but there is no usable reply. `reason` is stable and safe to store."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply within the limits; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def is_allowed(url: str, hosts: Iterable[str]) -> bool:
    """True for https to one of the hosts (`.example.com` means any name below it) or to one the operator allowed;
    for loopback only where stand-ins are allowed."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
        port = parts.port
    except ValueError:
        return False
    if not host or port == 0 or parts.username or parts.password or parts.fragment or not url.isprintable():
        return False
    if parts.scheme in ("http", "https") and is_loopback(host):
        return bool(settings.GOODFOR_LOOPBACK_CHANNELS)
    if parts.scheme != "https":
        return False
    if host in settings.GOODFOR_OUTBOUND_HOSTS:
        return True
    return port in (None, 443) and any(host == name or (name[0] == "." and host.endswith(name)) for name in hosts)


def is_loopback(host: str) -> bool:
    """Whether the text says this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=1)
def _transport() -> httpx.HTTPTransport:
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=15.0)
    return httpx.HTTPTransport(trust_env=False, retries=0, limits=limits)


def call(
    method: str, url: str, *, hosts: Iterable[str], body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Reply:
    """One exchange. Raises NotSent (also where we may not go) or NoAnswer; RuntimeError in a transaction.

    The transport of httpx is used without its client: that one logs every URL, and some vendors put a key there.
    """
    require_no_transaction()
    if not is_allowed(url, hosts):
        raise NotSent("address_not_allowed")
    sent = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "goodfor", **(headers or {})}
    timeout = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": CONNECT_SECONDS}
    request = httpx.Request(method, url, content=body, headers=sent, extensions={"timeout": timeout})
    deadline = time.monotonic() + TOTAL_SECONDS
    try:
        response = _transport().handle_request(request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
        raise NotSent("unreachable") from None
    except httpx.TimeoutException:
        raise NoAnswer("timeout") from None
    except httpx.TransportError:
        raise NoAnswer("connection_lost") from None
    names = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, names, _limited(response, deadline))


def _limited(response: httpx.Response, deadline: float) -> bytes:
    received = bytearray()
    try:
        for chunk in response.iter_raw():
            received += chunk
            if len(received) > MAX_REPLY_BYTES:
                raise NoAnswer("reply_too_large")
            if time.monotonic() > deadline:
                raise NoAnswer("timeout")
    except httpx.TimeoutException:
        raise NoAnswer("timeout") from None
    except httpx.TransportError:
        raise NoAnswer("connection_lost") from None
    finally:
        response.close()
    return bytes(received)


def require_no_transaction() -> None:
    """Raise RuntimeError inside a transaction: a slow channel must never hold our locks. (A test's own is let be.)"""
    if not connection.in_atomic_block:
        return
    blocks = getattr(connection, "atomic_blocks", [])
    if not all(getattr(block, "_from_testcase", False) for block in blocks):
        raise RuntimeError("an outside call inside a transaction")
