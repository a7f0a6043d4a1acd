"""What counts as one address, and which addresses are out in the world. Pure."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

#: Behind these prefixes stands an IPv4 address in the last 32 bits (RFC 6052, RFC 4291).
_WRAPPING = (ip_network("64:ff9b::/96"), ip_network("::/96"))
_LOCAL_NAT64 = ip_network("64:ff9b:1::/48")
#: IETF protocol assignments (RFC 6890); some clouds keep their metadata there.
_ASSIGNED = ip_network("192.0.0.0/24")


def network(ip: str) -> str:
    """What counts as one address for limits: an IPv4 address, or the /64 of an IPv6 one (one household has it all)."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip
    if address.version == 4:
        return str(address)
    # As a socket for both kinds names an IPv4 address: all of these lie in one /64.
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


def is_public(text: str) -> bool:
    """True for an address that anybody may be sent to: no network of ours, no link, no metadata service, no group.

    An IPv4 address in an IPv6 one (mapped, 6to4, NAT64) is judged as what it is.
    """
    try:
        address = _unwrapped(ip_address(text.split("%")[0]))
    except ValueError:
        return False
    # `is_global` knows 100.64.0.0/10 (where some clouds keep their metadata) only for bare IPv4, hence the unwrapping.
    if address in _ASSIGNED:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def all_public(found: Sequence[str]) -> bool:
    """Whether a name leads only out into the world: one address of ours among them is one too many."""
    return bool(found) and all(is_public(one) for one in found)


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address.teredo is not None:
        inner = address.teredo[1]
    if inner is None and any(address in prefix for prefix in _WRAPPING):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is None and address in _LOCAL_NAT64:
        return IPv4Address(0)
    return inner or address
