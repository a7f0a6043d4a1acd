"""The one way out to a channel: no redirects, no proxies or keys from the environment, hard limits, nothing logged.

httpx gives the request, its own pool of connections (httpcore) the transport: the client of httpx logs every URL, and
some protocols put a key there; and only the pool takes a backend that holds a whole exchange to its time.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpcore
import httpx
from django.db import connection

from goodfor.kernel.addresses import is_public
from goodfor.kernel.outbound.deadline import DeadlineBackend, is_loopback, may_be_here, within

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
TOTAL_SECONDS = 12.0
MAX_REPLY_BYTES = 256 * 1024
#: Files of a channel: bills of a day.
FILE_SECONDS = 600.0
MAX_FILE_BYTES = 1024 * 1024 * 1024
_OK = 200


class NotSent(Exception):
    """The request certainly did not reach the other side."""


class NoAnswer(Exception):
    """The request may have been acted upon, but there is no usable reply. `reason` is stable and safe to store."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply within the limits."""

    status: int
    body: bytes = field(repr=False)
    #: Names in lower case; a name that came twice keeps its last value.
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@lru_cache(maxsize=1)
def _pool() -> httpcore.ConnectionPool:
    return httpcore.ConnectionPool(
        ssl_context=httpx.create_ssl_context(trust_env=False),
        max_connections=64,
        max_keepalive_connections=16,
        keepalive_expiry=15.0,
        retries=0,
        network_backend=DeadlineBackend(),
    )


def is_safe_url(url: str) -> bool:
    """True for https, and for plain http to this very machine only (secrets must not cross a network in clear).

    This machine itself is only for the stand-ins, where the installation allows it. Where a name leads is looked at
    when the connection is made (`deadline.py`).
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port_ok = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        return False
    if not host or not port_ok or parts.username or parts.password or parts.fragment:
        return False
    if is_loopback(host):
        return parts.scheme in ("http", "https") and may_be_here(host)
    if parts.scheme != "https":
        return False
    return may_be_here(host) or not _is_literal(host) or is_public(host)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def post_form(url: str, fields: dict[str, str]) -> Reply:
    """POST `application/x-www-form-urlencoded`. Raises NotSent or NoAnswer."""
    body = urlencode(fields).encode("ascii")
    return send("POST", url, body, {"content-type": "application/x-www-form-urlencoded"})


def get(url: str, fields: dict[str, str]) -> Reply:
    """GET with a query string. Raises NotSent or NoAnswer."""
    return send("GET", f"{url}?{urlencode(fields)}")


def post_json(url: str, body: bytes) -> Reply:
    """POST `application/json`. Raises NotSent or NoAnswer."""
    return send("POST", url, body, {"content-type": "application/json"})


def send(
    method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None, *,
    seconds: float | None = None, most: int = MAX_REPLY_BYTES,
) -> Reply:  # fmt: skip
    """One exchange, exactly these bytes; redirects are answers, not followed. Raises NotSent or NoAnswer.

    `seconds`: for all of it, where the other side takes its time over an answer. `most`: bytes of the reply's body.
    """
    total = TOTAL_SECONDS if seconds is None else seconds
    with (
        within(total),
        _response(method, url, body, headers or {}, READ_SECONDS if seconds is None else seconds) as response,
    ):
        return Reply(response.status, _limited(response, most), _headers(response))


def download(url: str, target: Path, headers: Mapping[str, str] | None = None) -> Reply:
    """GET a file of at most MAX_FILE_BYTES into `target`; the reply's body is empty unless the status is not 200.

    Raises NotSent or NoAnswer, and then `target` is not to be used.
    """
    with within(FILE_SECONDS), _response("GET", url, b"", headers or {}, READ_SECONDS) as response:
        if response.status != _OK:
            return Reply(response.status, _limited(response), _headers(response))
        written = 0
        with target.open("wb") as file:
            for chunk in _chunks(response):
                written += len(chunk)
                if written > MAX_FILE_BYTES:
                    raise NoAnswer("reply_too_large")
                file.write(chunk)
        return Reply(response.status, b"", _headers(response))


@contextmanager
def _response(method: str, url: str, body: bytes, extra: Mapping[str, str], read: float) -> Iterator[httpcore.Response]:
    require_no_transaction()
    headers = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "goodfor", **extra}
    timeout = {"connect": CONNECT_SECONDS, "read": read, "write": READ_SECONDS, "pool": CONNECT_SECONDS}
    made = httpx.Request(method, url, content=body, headers=headers)
    target = httpcore.URL(
        scheme=made.url.raw_scheme, host=made.url.raw_host, port=made.url.port, target=made.url.raw_path
    )
    request = httpcore.Request(method, target, headers=made.headers.raw, content=body, extensions={"timeout": timeout})
    try:
        response = _pool().handle_request(request)
    except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout, httpcore.UnsupportedProtocol):
        raise NotSent from None
    except httpcore.TimeoutException:
        raise NoAnswer("timeout") from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise NoAnswer("connection_lost") from None
    try:
        yield response
    finally:
        response.close()


def _limited(response: httpcore.Response, most: int = MAX_REPLY_BYTES) -> bytes:
    received = bytearray()
    for chunk in _chunks(response):
        received += chunk
        if len(received) > most:
            raise NoAnswer("reply_too_large")
    return bytes(received)


def _chunks(response: httpcore.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_stream()
    except httpcore.TimeoutException:
        raise NoAnswer("timeout") from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise NoAnswer("connection_lost") from None


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def require_no_transaction() -> None:
    """Raise RuntimeError inside a transaction: a slow channel must never hold our locks. (A test's own is let be.)"""
    if not connection.in_atomic_block:
        return
    blocks = getattr(connection, "atomic_blocks", [])
    if not all(getattr(block, "_from_testcase", False) for block in blocks):
        raise RuntimeError("an outside call inside a transaction")
