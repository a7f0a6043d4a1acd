"""The visitor behind a proxy: decided once, at the door, before Django sees the request.

A proxy listed in GOODFOR_TRUSTED_PROXIES (addresses or CIDR; this machine by default) may say who it speaks for:
`X-Forwarded-For` and `X-Forwarded-Proto`. From anybody else these headers are dropped. The proxy must append to
`X-Forwarded-For`, and must not let names with underscores through: WSGI cannot tell `X_Forwarded_For` from it.
"""

import ipaddress
from collections.abc import Callable, Sequence
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: Set in the environment of a request that came through a proxy.
PROXIED = "goodfor.proxied"
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def networks(listed: Sequence[str]) -> list[Network]:
    """The proxies listed. Raises ValueError for what is neither an address nor a CIDR."""
    return [ipaddress.ip_network(entry.strip(), strict=False) for entry in listed]


def door(trusted: Sequence[Network], *, https: bool) -> Callable[[dict[str, Any]], None]:
    """What settles REMOTE_ADDR and the scheme in a WSGI environment, in place.

    `https`: the shop's public address is one of https, so a proxy that says nothing about the scheme ends TLS.
    """

    def settle(environ: dict[str, Any]) -> None:
        chain, scheme = environ.get("HTTP_X_FORWARDED_FOR"), environ.get("HTTP_X_FORWARDED_PROTO", "")
        environ[PROXIED] = bool([environ.pop(name) for name in _FORWARDED if name in environ])
        remote = str(environ.get("REMOTE_ADDR", ""))
        if https:
            environ["wsgi.url_scheme"] = "https"
        if not _within(remote, trusted):
            return
        if scheme.strip().lower() in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme.strip().lower()
        if chain is not None:
            environ["REMOTE_ADDR"] = _visitor(remote, str(chain), trusted)

    return settle


def _visitor(remote: str, chain: str, trusted: Sequence[Network]) -> str:
    """The rightmost address of the chain that is not a proxy of ours; the proxy itself where that cannot be read."""
    for hop in reversed(chain.split(",")):
        address = _address(hop.strip())
        if address is None:
            return remote
        if not any(address in network for network in trusted):
            return str(address)
    return remote


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _within(text: str, trusted: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in trusted)
