"""SMTP to an address that was looked at before the connection: not into our own network.

The host is a shop's own setting, so it is looked up here, each address must be a public one, and the connection goes to
the address that was looked at, not to what the name says a moment later.
"""

import ipaddress
import smtplib
import socket
import ssl
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from goodfor.notify.providers.http import is_loopback

PORTS = frozenset({25, 465, 587, 2525})


class NotAllowed(OSError):
    """The host is not one that mail may be sent to."""


def public_address(host: str, port: int) -> str:
    """The address to connect to. Raises NotAllowed for a host in a network of ours, OSError when there is none."""
    name = host.rstrip(".").lower()
    local_ok = (is_loopback(name) and settings.GOODFOR_LOOPBACK_CHANNELS) or name in settings.GOODFOR_OUTBOUND_HOSTS
    if not local_ok and port not in PORTS:
        raise NotAllowed("port")
    found = [str(item[4][0]) for item in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    if not local_ok and not all(ipaddress.ip_address(address.split("%")[0]).is_global for address in found):
        raise NotAllowed("address")
    return found[0]


class _Watched:
    """Remembers whether the message itself went out: what fails before is certainly not sent."""

    handed_over = False
    host_name = ""

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
