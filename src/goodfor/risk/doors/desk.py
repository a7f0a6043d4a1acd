"""What people see of doors: those under attack, keys that are locked, what was planted."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from goodfor.kernel.sql import Statement
from goodfor.risk.door_models import Canary, DoorBreaker, DoorKey, Honeypot
from goodfor.risk.doors.keys import scope_of
from goodfor.risk.doors.table import DOORS
from goodfor.risk.doors.types import By, Knock

_ASKS = Statement("goodfor.risk", "sql/door_asks.sql")
_NAMES = {door.number: door.name for door in DOORS.values()}


@dataclass(frozen=True, slots=True)
class Attack:
    """A door that asks everybody for a challenge until then. `batch` is empty for the whole shop."""

    door: str
    batch: str
    why: str
    cost: int
    times: int
    opened_at: datetime
    open_until: datetime
    misses: int


@dataclass(frozen=True, slots=True)
class PlantedView:
    """A honeypot (`name`: its ending) or canary (`name`: where it was seen last). Both are told by their id."""

    id: UUID
    name: str
    batch: str
    sku_id: UUID | None
    why: str
    planted_by: str
    planted_at: datetime
    retired_at: datetime | None
    met: int
    met_at: datetime | None


def asks_for_batch(knock: Knock, *, batch: str, now: datetime) -> int:
    """The cost of the challenge that this batch's breaker asks for, once the code told the batch; 0: none.

    For a knock that did not know the batch yet. Nobody who is known is asked.
    """
    if knock.known:
        return 0
    scope = scope_of(knock.shop_id, batch)
    row = _ASKS.row({"shop_id": knock.shop_id, "door": knock.door.number, "scope": scope, "now": now})
    assert row is not None
    return int(row[0])


def attacks(*, shop_id: UUID, now: datetime) -> list[Attack]:
    """Doors under attack now, the latest first."""
    rows = DoorBreaker.objects.filter(shop_id=shop_id, open_until__gt=now).order_by("-opened_at")
    return [Attack(_NAMES[r.door], r.batch, r.why, r.cost, r.times, r.opened_at, r.open_until, r.misses) for r in rows]


def locked_out(*, shop_id: UUID, now: datetime) -> dict[tuple[str, str], int]:
    """How many keys are locked now, by door and what they are (`address`, `network`, `device`, ...)."""
    rows = (
        DoorKey.objects.filter(shop_id=shop_id, open_at__gt=now).values_list("door", "kind").annotate(many=Count("key"))
    )
    return {(_NAMES[door], By(kind).name.lower()): many for door, kind, many in rows}


def honeypots(*, shop_id: UUID, retired: bool = False, limit: int = 500) -> list[PlantedView]:
    """Planted codes of the shop, the newest first; with `retired` those too."""
    rows = Honeypot.objects.filter(shop_id=shop_id).order_by("-planted_at", "-id")
    rows = rows if retired else rows.filter(retired_at__isnull=True)
    return [
        PlantedView(r.id, r.ending, r.batch, None, r.why, r.planted_by, r.planted_at, r.retired_at, r.met, r.met_at)
        for r in rows[:limit]
    ]


def canaries(*, shop_id: UUID, retired: bool = False, limit: int = 500) -> list[PlantedView]:
    """Planted codes of the shop, the newest first; with `retired` those too."""
    rows = Canary.objects.filter(shop_id=shop_id).order_by("-planted_at", "-id")
    rows = rows if retired else rows.filter(retired_at__isnull=True)
    return [
        PlantedView(r.id, r.place, "", r.sku_id, r.why, r.planted_by, r.planted_at, r.retired_at, r.met, r.met_at)
        for r in rows[:limit]
    ]
