"""What the gateway may call: loopback addresses and nothing else, whatever a name resolves to."""

import ipaddress
import socket
from urllib.parse import urlsplit


class NotLoopback(Exception):
    """The address is not on this machine."""


def is_loopback_name(host: str) -> bool:
    """Whether the text itself says loopback: an address of 127/8 or ::1, `localhost`, or a name below it."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_loopback_url(url: str) -> bool:
    """Whether it is an http(s) URL whose host says loopback."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or port == 0 or parts.username or parts.password:
        return False
    return parts.hostname is not None and is_loopback_name(parts.hostname)


def loopback_address(host: str, port: int) -> str:
    """The address to connect to. Raises NotLoopback unless every address of the name is loopback.

    `*.localhost` is loopback by RFC 6761 and is not looked up, because many resolvers do not know it.
    """
    name = host.rstrip(".").lower()
    if not is_loopback_name(name):
        raise NotLoopback(host)
    if name.endswith(".localhost"):
        name = "localhost"
    found = [str(item[4][0]) for item in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    if not found or not all(ipaddress.ip_address(address.split("%")[0]).is_loopback for address in found):
        raise NotLoopback(host)
    # A shop that listens on IPv4 only is the usual case; ::1 is tried only when it is all there is.
    return next((address for address in found if "." in address), found[0])
