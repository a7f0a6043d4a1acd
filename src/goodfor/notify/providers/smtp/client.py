"""SMTP to an address that was looked at before the connection: not into our own network.

The host is a shop's own setting, so it is looked up here, each address must be a public one, and the connection goes to
the address that was looked at, not to what the name says a moment later.
"""

import smtplib
import socket
import ssl
import time
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from goodfor.kernel.addresses import all_public
from goodfor.notify.providers.http import is_loopback

PORTS = frozenset({25, 465, 587, 2525})


#: What a server may say in one connection, and for how long.
MAX_REPLY_BYTES = 64 * 1024
TOTAL_SECONDS = 60.0


class NotAllowed(OSError):
    """The host is not one that mail may be sent to."""


def public_address(host: str, port: int) -> str:
    """The address to connect to. Raises NotAllowed for a host in a network of ours, OSError when there is none."""
    name = host.rstrip(".").lower()
    local_ok = (is_loopback(name) and settings.GOODFOR_LOOPBACK_CHANNELS) or name in settings.GOODFOR_OUTBOUND_HOSTS
    if not local_ok and port not in PORTS:
        raise NotAllowed("port")
    found = [str(item[4][0]) for item in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    if not local_ok and not all_public(found):
        raise NotAllowed("address")
    return found[0]


class _Limited:
    """Lines of a server, up to a size and a time."""

    def __init__(self, file: Any) -> None:
        self._file, self._left, self._until = file, MAX_REPLY_BYTES, time.monotonic() + TOTAL_SECONDS

    def readline(self, size: int) -> bytes:
        """The next one. Raises OSError when there was too much of it."""
        line: bytes = self._file.readline(size)
        self._left -= len(line)
        if self._left < 0 or time.monotonic() > self._until:
            raise OSError("the server says too much")
        return line

    def close(self) -> None:
        """As the file."""
        self._file.close()


class _Watched:
    """Remembers whether the message itself went out: what fails before is certainly not sent."""

    handed_over = False
    host_name = ""
    file: Any
    sock: Any

    def getreply(self) -> tuple[int, bytes]:
        """One reply, within limits: a server that never ends it is one that hung up."""
        if self.file is None and self.sock is not None:
            self.file = _Limited(self.sock.makefile("rb"))
        return super().getreply()  # type: ignore[misc,no-any-return]

    def data(self, msg: Any) -> tuple[int, bytes]:
        """The DATA command."""
        self.handed_over = True
        return super().data(msg)  # type: ignore[misc,no-any-return]


class _Smtp(_Watched, smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((public_address(host, port), port), timeout)


class _SmtpSsl(_Watched, smtplib.SMTP_SSL):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((public_address(host, port), port), timeout)
        return self.context.wrap_socket(plain, server_hostname=host)


class Backend(EmailBackend):
    """Django's SMTP backend over the connections above; certificates are verified."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """What `open` makes."""
        return _SmtpSsl if self.use_ssl else _Smtp

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """One that verifies."""
        return ssl.create_default_context()

    @property
    def handed_over(self) -> bool:
        """Whether the server was given a message over the present connection."""
        return bool(getattr(self.connection, "handed_over", False))
