"""Where provinces and cities are, and how far and how fast somebody went. Pure."""

from collections.abc import Mapping
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import Final

from goodfor.risk.enrichment.names import PROVINCES, SEATS
from goodfor.risk.enrichment.types import LastSeen

_EARTH_KM: Final = 6371.0088
#: Faster than this over more than that, and it was not one person: an airliner does 900 km/h, without the ways to it.
FAST_KMH: Final = 900.0
FAR_KM: Final = 300.0
#: Two sign-ins within the same minute count as a minute apart.
_SHORTEST_HOURS: Final = 1 / 60


def _middles() -> dict[str, tuple[float, float]]:
    """Of each province the mean of its cities' seats: nearer to where its people live than its middle on the map."""
    found = {}
    for province in PROVINCES:
        seats = [seat for (of, _), seat in SEATS.items() if of == province]
        found[province] = (sum(seat[0] for seat in seats) / len(seats), sum(seat[1] for seat in seats) / len(seats))
    return found


MIDDLES: Final[Mapping[str, tuple[float, float]]] = _middles()
#: In radians, with the cosine of the latitude, since this is asked of every sign-in.
_POINTS: Final[Mapping[tuple[str, str | None], tuple[float, float, float]]] = {
    where: (radians(latitude), radians(longitude), cos(radians(latitude)))
    for where, (latitude, longitude) in (
        *(((province, None), middle) for province, middle in MIDDLES.items()),
        *SEATS.items(),
    )
}


def distance_km(
    province: str | None, city: str | None, other_province: str | None, other_city: str | None
) -> float | None:
    """As the crow flies between two cities (great circle); where a city is not known, from the middle of its province.

    None when a province is not known, or within one province where a city is not known.
    """
    if province is None or other_province is None:
        return None
    here = _POINTS.get((province, city))
    there = _POINTS.get((other_province, other_city))
    if province == other_province and (here is None or there is None or city is None or other_city is None):
        return None
    here = here or _POINTS.get((province, None))
    there = there or _POINTS.get((other_province, None))
    if here is None or there is None:
        return None
    half = sin((here[0] - there[0]) / 2) ** 2 + here[2] * there[2] * sin((here[1] - there[1]) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, half)))


def speed_kmh(distance: float, since: datetime, at: datetime) -> float:
    """How fast somebody must have gone."""
    return distance / max(abs((at - since).total_seconds()) / 3600, _SHORTEST_HOURS)


def is_odd(place: str | None, seen: LastSeen, distance: float | None, speed: float | None) -> bool | None:
    """Whether a sign-in comes from an unlikely place (异地登录): too fast for a journey, or where they never were.

    `place`: the province, or the country from overseas. None: nothing is known to judge by.
    """
    if distance is not None and speed is not None and distance > FAR_KM and speed > FAST_KMH:
        return True
    if place is None:
        return None
    if seen.provinces_90d:
        return place not in seen.provinces_90d
    if seen.province is None:
        return None
    return False if seen.province == place or distance is not None else None
