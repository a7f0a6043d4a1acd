"""What pages show of doors: by the hour, breakers, who is locked out, who tries many accounts, who met bait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Max

from goodfor.kernel.sql import Statement
from goodfor.risk.door_hour_models import Meeting
from goodfor.risk.door_models import DoorBreaker, DoorKey
from goodfor.risk.doors.keys import door_key
from goodfor.risk.doors.networks import place_of
from goodfor.risk.doors.table import DOORS, SIGN_IN
from goodfor.risk.doors.types import By
from goodfor.risk.types import KeyKind

#: So many accounts within ten minutes, or one password at so many within an hour, are no slips.
ACCOUNTS: Final = 5
PASSWORDS: Final = 3
#: So many wrong answers are looked at.
MOST: Final = 5000
#: A breaker that is over is shown for so long.
OVER: Final = timedelta(days=7)
_HOURS: Final = Statement(__package__, "sql/door_hours.sql", planned_each_time=True)
_STUFFING: Final = Statement(__package__, "sql/door_stuffing.sql", planned_each_time=True)
_NAMES: Final = {door.number: door.name for door in DOORS.values()}


@dataclass(frozen=True, slots=True)
class DoorHourView:
    """What came to a door in an hour: let in and right or wrong; asked for a challenge, or refused, before that."""

    door: str
    hour: datetime
    right: int
    wrong: int
    refused: int
    asked: int


@dataclass(frozen=True, slots=True)
class BreakerView:
    """A door, or a batch at it, that asks everybody for a challenge, or did."""

    door: str
    scope: int
    batch: str
    why: str
    cost: int
    times: int
    opened_at: datetime
    open_until: datetime
    misses: int
    open: bool


@dataclass(frozen=True, slots=True)
class LockedView:
    """A key that is locked out, or has to bring challenges. `level`: lock-outs so far."""

    door: str
    by: By
    key: int
    level: int
    until: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Stuffing:
    """A key that tried many accounts; `by` None: a password that failed at many."""

    by: By | None
    key: int
    accounts: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class MeetingView:
    """Who met a planted code: keys whose names `queries.entities` has."""

    planted_id: UUID
    place: str
    keys: tuple[tuple[KeyKind, int], ...]
    count: int
    first_at: datetime
    last_at: datetime


def door_hours(shop_id: UUID, *, since: datetime, until: datetime) -> list[DoorHourView]:
    """By door and hour (UTC), with this moment. `since`: a full hour."""
    return [
        DoorHourView(_NAMES[door], *counts)
        for door, *counts in _HOURS.rows({"shop_id": shop_id, "since": since, "until": until})
    ]


def breakers(shop_id: UUID, *, now: datetime, limit: int = 50) -> list[BreakerView]:
    """Open ones first, then those of the last days; the latest first."""
    rows = DoorBreaker.objects.filter(shop_id=shop_id, open_until__gt=now - OVER).order_by("-open_until")[:limit]
    return [
        BreakerView(
            _NAMES[row.door], row.scope, row.batch, row.why, row.cost, row.times, row.opened_at, row.open_until,
            row.misses, row.open_until > now,
        )
        for row in rows
    ]  # fmt: skip


def locked_keys(
    shop_id: UUID, *, now: datetime, only: Iterable[tuple[By, int]] | None = None, limit: int = 100
) -> list[LockedView]:
    """The longest first. `only`: some of them, at every door."""
    rows = DoorKey.objects.filter(shop_id=shop_id, open_at__gt=now)
    if only is not None:
        wanted = set(only)
        rows = rows.filter(key__in=[key for _, key in wanted])
    found = [
        LockedView(_NAMES[row.door], By(row.kind), row.key, row.level, row.open_at, row.last_at)
        for row in rows.order_by("-open_at", "door", "kind", "key")[:limit]
        if row.open_at is not None
    ]
    return found if only is None else [one for one in found if (one.by, one.key) in wanted]


def locked_by_door(shop_id: UUID, *, now: datetime) -> dict[str, tuple[int, datetime]]:
    """How many keys are locked at each door, and until when the longest is; doors without any are missing."""
    rows = DoorKey.objects.filter(shop_id=shop_id, open_at__gt=now).values_list("door")
    return {_NAMES[door]: (many, until) for door, many, until in rows.annotate(many=Count("key"), until=Max("open_at"))}


def keys_of_text(shop_id: UUID, text: str) -> list[tuple[By, int]]:
    """All that a text can be at a door: an address with its network, a device, a buyer, an account. It is hashed."""
    place, network, _shared = place_of(text.strip())
    given = {
        By.ADDRESS: place, By.NETWORK: network, By.DEVICE: text.strip(), By.BUYER: text.strip(),
        By.SUBJECT: text.strip().lower(),
    }  # fmt: skip
    return [(by, door_key(shop_id, by.name, value)) for by, value in given.items() if value]


def stuffing(shop_id: UUID, *, now: datetime) -> list[Stuffing]:
    """Who tries many accounts at the sign-in now, the most first; of the newest `MOST` wrong answers of an hour."""
    told = {
        "shop_id": shop_id, "door": SIGN_IN.number, "hour": now - timedelta(hours=1),
        "minutes": now - timedelta(minutes=10), "most": MOST, "accounts": ACCOUNTS, "passwords": PASSWORDS,
    }  # fmt: skip
    return [Stuffing(By(kind) if kind else None, key, many, at) for kind, key, many, at in _STUFFING.rows(told)]


def meetings(shop_id: UUID, *, since: datetime, limit: int = 200) -> list[MeetingView]:
    """The latest first."""
    rows = Meeting.objects.filter(shop_id=shop_id, last_at__gte=since).order_by("-last_at", "-id")[:limit]
    return [
        MeetingView(
            row.planted_id, row.place,
            tuple(
                (kind, key)
                for kind, key in (
                    (KeyKind.BUYER, row.buyer), (KeyKind.DEVICE, row.device), (KeyKind.ADDRESS, row.address),
                )
                if key
            ),
            row.count, row.first_at, row.last_at,
        )
        for row in rows
    ]  # fmt: skip
