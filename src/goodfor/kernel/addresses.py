"""What counts as one address."""

from ipaddress import ip_address, ip_network


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
