"""The way out to a provider of sign-ins: where its name leads is looked at, and the connection goes nowhere else.

A shop names its own OpenID Connect provider, and that one names further addresses. So each name is looked up here, each
address must be one out in the world, and the connection goes to the addresses that were looked at. Plain http, and this
very machine, are only for stand-ins (GOODFOR_LOOPBACK_CHANNELS); an operator may name hosts of his own network
(GOODFOR_OUTBOUND_HOSTS).
"""

import ipaddress
import socket
import time
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.db import connection
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError

from goodfor.kernel.addresses import all_public, is_public

TIMEOUT: Final = (3.0, 8.0)
TOTAL_SECONDS: Final = 12.0
MAX_REPLY_BYTES: Final = 512 * 1024


def is_allowed(url: str) -> bool:
    """True for https out into the world; for this machine only where stand-ins are allowed."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if not host or port == 0 or parts.username or parts.password or not url.isprintable():
        return False
    if _is_loopback(host):
        return parts.scheme in ("http", "https") and bool(settings.GOODFOR_LOOPBACK_CHANNELS)
    return parts.scheme == "https" and (_is_ours(host) or not _is_literal(host) or is_public(host))


def session() -> requests.Session:
    """Without proxies from the environment, without redirects, with limits, never in a transaction."""
    made = _Session()
    made.trust_env = False
    made.headers["Accept-Encoding"] = "identity"
    for scheme in ("https://", "http://"):
        made.mount(scheme, _Adapter())
    return made


class _Session(requests.Session):
    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        blocks = getattr(connection, "atomic_blocks", [])
        if connection.in_atomic_block and not all(getattr(block, "_from_testcase", False) for block in blocks):
            raise RuntimeError("an outside call inside a transaction")
        return super().request(*args, **{**kwargs, "timeout": TIMEOUT, "allow_redirects": False})

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if not is_allowed(str(request.url)):
            raise requests.ConnectionError("address not allowed")
        until = time.monotonic() + TOTAL_SECONDS
        answer = super().send(request, **{**kwargs, "stream": True})
        received = bytearray()
        try:
            for chunk in answer.iter_content(16 * 1024):
                received += chunk
                if len(received) > MAX_REPLY_BYTES:
                    raise requests.ConnectionError("the reply is too large")
                if time.monotonic() > until:
                    raise requests.Timeout("the reply took too long")
        finally:
            answer.close()
        answer._content = bytes(received)
        return answer


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


class _Looked:
    _dns_host: str
    port: int

    def _new_conn(self) -> socket.socket:
        name, problem = self._dns_host, None
        for address in _addresses(self, name, self.port):
            try:
                # The name stays the one that the certificate must be for.
                self._dns_host = address
                return super()._new_conn()  # type: ignore[misc,no-any-return]
            except NewConnectionError as error:
                problem = error
            finally:
                self._dns_host = name
        raise problem or NewConnectionError(self, "no address")  # type: ignore[arg-type]


class _Http(_Looked, HTTPConnection):
    pass


class _Https(_Looked, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


def _addresses(asking: Any, name: str, port: int) -> list[str]:
    try:
        found = [str(item[4][0]) for item in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    except UnicodeError:
        raise NewConnectionError(asking, "no such host") from None
    except OSError as error:
        raise NameResolutionError(name, asking, error) from error  # type: ignore[arg-type]
    host = name.rstrip(".").lower()
    if not (all_public(found) or _is_ours(host) or (_is_loopback(host) and settings.GOODFOR_LOOPBACK_CHANNELS)):
        raise NewConnectionError(asking, "address not allowed")
    return found


def _is_ours(host: str) -> bool:
    return host.lower() in settings.GOODFOR_OUTBOUND_HOSTS


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_literal(host) and ipaddress.ip_address(host).is_loopback)
