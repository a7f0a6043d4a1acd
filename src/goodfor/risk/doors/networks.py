"""What counts as one network, and which ones thousands of strangers share. Pure."""

from functools import lru_cache
from ipaddress import IPv4Network, ip_address, ip_network
from typing import Final

from goodfor.kernel.addresses import network

#: Behind these stand whole provinces of mobile phones (China Mobile's gateways), and RFC 6598: not a complete list.
#: A caller who knows better says so (`shared`).
_CARRIERS: Final = tuple(
    IPv4Network(one) for one in ("100.64.0.0/10", "117.136.0.0/16", "223.104.0.0/16", "39.144.0.0/16")
)


@lru_cache(maxsize=4096)
def place_of(ip: str) -> tuple[str, str, bool]:
    """What an address counts as, its network, and whether thousands share it.

    An IPv4 address and its /24; the /64 of an IPv6 one and its /48; what is neither is its own network.
    """
    text = ip.strip()
    try:
        address = ip_address(text)
    except ValueError:
        return text, text, False
    if address.version == 6 and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.version == 4:
        shared = any(address in one for one in _CARRIERS)
        return str(address), str(ip_network((address, 24), strict=False)), shared
    return network(text), str(ip_network((address, 48), strict=False)), False
