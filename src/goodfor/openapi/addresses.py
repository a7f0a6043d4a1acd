"""Where a request comes from, for the audit trail."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """REMOTE_ADDR; behind a proxy listed in GOODFOR_TRUSTED_PROXIES (addresses or CIDR), the rightmost address of
    X-Forwarded-For that is not such a proxy."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    trusted = [ipaddress.ip_network(entry.strip(), strict=False) for entry in settings.GOODFOR_TRUSTED_PROXIES]
    if not trusted or not _within(remote, trusted):
        return remote
    for hop in reversed(str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
        address = hop.strip()
        if not _is_address(address):
            return remote
        if not _within(address, trusted):
            return address
    return remote


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _within(text: str, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return _is_address(text) and any(ipaddress.ip_address(text) in network for network in networks)
