"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from goodfor.kernel.addresses import network


def address_of(request: HttpRequest) -> str:
    """The visitor's address: REMOTE_ADDR, or what a trusted proxy (GOODFOR_TRUSTED_PROXIES) says it was."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    trusted = [ipaddress.ip_network(entry.strip(), strict=False) for entry in settings.GOODFOR_TRUSTED_PROXIES]

    def is_proxy(text: str) -> bool:
        address = ipaddress.ip_address(text)
        return any(address in network for network in trusted)

    try:
        if not trusted or not is_proxy(remote):
            return remote
        for hop in reversed(str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
            if not is_proxy(hop.strip()):
                return hop.strip()
    except ValueError:
        return remote
    return remote


def network_of(request: HttpRequest) -> str:
    """What counts as one address where guesses are counted: IPv4 as it is, IPv6 by its /64."""
    return network(address_of(request))


def agent_of(request: HttpRequest) -> str:
    """What the browser calls itself."""
    return str(request.META.get("HTTP_USER_AGENT", ""))[:200]
