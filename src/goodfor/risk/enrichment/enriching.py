"""What is known of an act beyond what was counted: some forty features in some thirty microseconds, none by a query."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from goodfor.risk.enrichment import agents, device, mail, phone
from goodfor.risk.enrichment.addresses import (
    ORIGINS, OWN_ORIGINS, PLACES, PLACES_6, Address, is_cloud, is_placeless, look_up, states,
)  # fmt: skip
from goodfor.risk.enrichment.features import ADDRESS, CLOCK, DEVICE, JOURNEY, MAIL, PHONE
from goodfor.risk.enrichment.names import MAINLAND
from goodfor.risk.enrichment.origins import BOT, TOR, VPN
from goodfor.risk.enrichment.places import distance_km, is_odd, speed_kmh
from goodfor.risk.enrichment.types import READY, LastSeen
from goodfor.risk.features import Feature
from goodfor.risk.types import Act, Value

#: Beijing time all the year, everywhere in the country.
_LOCAL_SECONDS: Final = 8 * 3600
_DAY: Final = 86400
#: 1 January 1970 was a Thursday; weeks begin on Monday.
_THURSDAY: Final = 3
_NIGHT_ENDS: Final = 6
_SAY_EVERY: Final = 60.0
log = structlog.get_logger(__name__)
_said: dict[str, float] = {}


def _address(act: Act, address: Address | None, found: dict[str, Value]) -> None:
    if address is None:
        found["ip_known"] = False if act.ip else None
        return
    place, origin = address.place, address.origin
    found["ip_local"], found["ip_v6"], found["ip_shared"] = address.local, address.version == 6, address.shared
    if address.local:
        found["ip_known"] = True
        found["ip_overseas"] = found["ip_cloud"] = found["ip_vpn"] = found["ip_tor"] = found["ip_bot"] = False
        return
    if place is not None:
        found["ip_country"], found["ip_province"], found["ip_city"], found["ip_carrier"] = place
        found["ip_overseas"] = place.country != MAINLAND
    if place is not None or origin is not None:
        found["ip_known"] = True
    elif address.places_asked and address.origins_asked:
        found["ip_known"] = False
    found["ip_cloud"] = is_cloud(address)
    if origin is not None:
        found["ip_origin"], found["ip_provider"] = origin.kind, origin.provider or None
    if address.origins_asked:
        kind = origin.kind if origin is not None else ""
        found["ip_vpn"], found["ip_tor"], found["ip_bot"] = kind == VPN, kind == TOR, kind == BOT


def _journey(act: Act, address: Address | None, found: dict[str, Value], seen: LastSeen | None) -> None:
    if seen is None:
        return
    found["hours_since_seen"] = round(max(0.0, (act.at - seen.at).total_seconds() / 3600), 3)
    if address is None or address.place is None or is_placeless(address):
        return
    place = address.place
    distance = distance_km(place.province, place.city, seen.province, seen.city)
    speed = speed_kmh(distance, seen.at, act.at) if distance is not None else None
    found["distance_km"] = round(distance, 1) if distance is not None else None
    found["speed_kmh"] = round(speed, 1) if speed is not None else None
    # Of an address in the mainland without a province nothing is known: it is not a place called CN.
    where = place.province or (place.country if place.country != MAINLAND else None)
    found["odd_place"] = is_odd(where, seen, distance, speed)


def _mail(act: Act, found: dict[str, Value]) -> None:
    taken = mail.take_apart(act.mail) if act.mail else None
    if taken is None:
        return
    found["mail_domain"] = taken.domain
    found["mail_common"] = taken.domain in mail.COMMON
    found["mail_disposable"] = mail.is_disposable(taken.domain)
    found["mail_random"] = mail.looks_random(taken.local)
    found["mail_tagged"] = taken.tagged
    found["mail_digits"] = round(mail.digit_share(taken.local), 3)


def _phone(act: Act, found: dict[str, Value]) -> None:
    taken = phone.take_apart(act.phone) if act.phone else None
    if taken is None:
        return
    found["phone_country"] = taken.country
    found["phone_overseas"] = taken.country != MAINLAND if taken.country else None
    found["phone_carrier"], found["phone_virtual"], found["phone_things"] = taken.carrier, taken.virtual, taken.things


def _device(act: Act, found: dict[str, Value], first_seen: datetime | None) -> None:
    given = device.given_at(act.device) if act.device else None
    found["device_known"] = given is not None
    if given is not None:
        found["device_age_days"] = _days(given, act.at)
    if act.agent:
        found["agent"], found["agent_script"] = agents.label(act.agent) or None, agents.is_script(act.agent)
    if first_seen is not None:
        found["account_age_days"] = _days(first_seen, act.at)


def _days(since: datetime, at: datetime) -> float:
    return round(max(0.0, (at - since).total_seconds() / _DAY), 3)


def _clock(act: Act, found: dict[str, Value]) -> None:
    seconds = int(act.at.timestamp()) + _LOCAL_SECONDS
    hour = seconds % _DAY // 3600
    found["hour_local"] = hour
    found["weekend"] = (seconds // _DAY + _THURSDAY) % 7 >= 5
    found["night"] = hour < _NIGHT_ENDS


_EMPTY: Final[dict[str, Value]] = {
    feature.name: None for group in (ADDRESS, MAIL, PHONE, DEVICE, JOURNEY, CLOCK) for feature in group
}


def enrich(act: Act, last_seen: LastSeen | None, first_seen: datetime | None = None) -> dict[str, Value]:
    """Every feature of `FEATURES`, None where it is not known. Never raises, asks neither database nor network.

    `last_seen`: the last good sign-in before this act; `first_seen`: when the account was made. A group that fails
    leaves its features None, is told in the log once a minute, and is named by `trouble` for as long.
    """
    found = dict(_EMPTY)
    address = None
    try:
        address = look_up(act.ip)
        _address(act, address, found)
    except Exception as error:
        _fail("address", ADDRESS, found, error)
    try:
        _mail(act, found)
    except Exception as error:
        _fail("mail", MAIL, found, error)
    try:
        _phone(act, found)
    except Exception as error:
        _fail("phone", PHONE, found, error)
    try:
        _device(act, found, first_seen)
    except Exception as error:
        _fail("device", DEVICE, found, error)
    try:
        _journey(act, address, found, last_seen)
    except Exception as error:
        _fail("journey", JOURNEY, found, error)
    try:
        _clock(act, found)
    except Exception as error:
        _fail("clock", CLOCK, found, error)
    return found


def _fail(group: str, features: tuple[Feature, ...], found: dict[str, Value], error: Exception) -> None:
    for feature in features:
        found[feature.name] = None
    now = time.monotonic()
    if now - _said.get(group, -_SAY_EVERY) >= _SAY_EVERY:
        log.error("enrichment_failed", group=group, error=type(error).__name__)
        _said[group] = now


def trouble() -> tuple[str, ...]:
    """Parts that do not answer now, for `Decision.failed`: `enrichment.places` without a table of places, and so on.

    Tables that only an operator brings may lack.
    """
    now = time.monotonic()
    tables = [f"enrichment.{kept.name}" for kept in (PLACES, ORIGINS) if kept.get() is None]
    groups = [f"enrichment.{group}" for group, at in _said.items() if now - at < _SAY_EVERY]
    return tuple(sorted({*tables, *groups}))


def warm() -> None:
    """Read the tables now (a third of a second), so that nobody's order waits for it. For the start of a process."""
    tables: tuple[Callable[[], object], ...] = (PLACES.get, PLACES_6.get, ORIGINS.get, OWN_ORIGINS.get)
    for table in tables:
        table()
    for state in states():
        if state.state != READY and state.name in (PLACES.name, ORIGINS.name):
            log.error("risk_table_missing", table=state.name, state=state.state)
