"""What counts as one network, and which ones thousands of strangers share. Pure."""

from ipaddress import IPv4Network, ip_address, ip_network
from typing import Final

from goodfor.kernel.addresses import network

#: Behind these stand whole provinces of mobile phones (China Mobile's gateways), and RFC 6598: not a complete list.
#: A caller who knows better says so (`shared`).
_CARRIERS: Final = tuple(
    IPv4Network(one) for one in ("100.64.0.0/10", "117.136.0.0/16", "223.104.0.0/16", "39.144.0.0/16")
)


def address_of(ip: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one; what is neither stays as it is."""
    return network(ip.strip())


def network_of(ip: str) -> str:
    """The /24 of an IPv4 address or the /48 of an IPv6 one; what is neither stays as it is."""
    try:
        address = ip_address(ip.strip())
    except ValueError:
        return ip.strip()
    if address.version == 6 and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def is_shared(ip: str) -> bool:
    """Whether so many people come from this address that it says nothing about one of them."""
    try:
        address = ip_address(ip.strip())
    except ValueError:
        return False
    if address.version == 6:
        if address.ipv4_mapped is None:
            return False
        address = address.ipv4_mapped
    return any(address in one for one in _CARRIERS)
