"""Who is asking: the one place that decides a visitor's address."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_ip(request: HttpRequest) -> str:
    """The visitor's address as text.

    REMOTE_ADDR, unless that is a proxy listed in GOODFOR_TRUSTED_PROXIES (addresses or CIDR): then the rightmost
    address of X-Forwarded-For that is not such a proxy. Anything unreadable falls back to REMOTE_ADDR.
    """
    remote = str(request.META.get("REMOTE_ADDR", ""))
    trusted = _networks(tuple(getattr(settings, "GOODFOR_TRUSTED_PROXIES", ())))
    if not trusted or not _within(remote, trusted):
        return remote
    for hop in reversed(str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
        address = hop.strip()
        try:
            ipaddress.ip_address(address)
        except ValueError:
            return remote
        if not _within(address, trusted):
            return address
    return remote


def _networks(listed: Sequence[str]) -> list[_Network]:
    return [ipaddress.ip_network(entry.strip(), strict=False) for entry in listed]


def _within(address: str, networks: Sequence[_Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def device_of(request: HttpRequest) -> str:
    """`mobile` or `pc`, as payment channels ask for it."""
    agent = str(request.META.get("HTTP_USER_AGENT", ""))
    return "mobile" if any(word in agent for word in ("Mobile", "Android", "iPhone", "MicroMessenger")) else "pc"


def scheme_and_host(request: HttpRequest) -> str:
    """The origin that the buyer sees, for addresses that leave the page (payment returns, saved links).

    GOODFOR_PUBLIC_URL gives the scheme when a proxy ends TLS in front of us; the host is the one asked for.
    """
    public = urlsplit(str(getattr(settings, "GOODFOR_PUBLIC_URL", "")))
    scheme = "https" if request.is_secure() or public.scheme == "https" else "http"
    return f"{scheme}://{request.get_host()}"
