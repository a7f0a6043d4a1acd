"""How limits are named in the database: keys of names, buckets of periods. Pure.

A name (account, browser, address, phone) is kept as a digest. Units are counted for each SKU by itself, whatever their
entity: the key then ends with the SKU. Buckets are days, weeks (ISO) and months of the shop's zone.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.promotions.types import BuyerNames, Limit, Spec

#: Taken by many at once: kept in shards. What others count is kept for each name.
SHARED: Final = frozenset({"campaign", "sku"})
UNITS: Final = "units"
#: Which names count for an entity: a buyer is known by any of his.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "buyer": ("buyer", "device", "phone"),
    "device": ("device",),
    "address": ("address",),
    "phone": ("phone",),
}


@dataclass(frozen=True, slots=True)
class Names:
    """Digests of a buyer's names by kind; what is not known is not there."""

    by_kind: Mapping[str, str]

    def of(self, entity: str) -> tuple[str, ...]:
        """Keys that an entity's limit is counted under; of a shared one the empty key."""
        if entity in SHARED:
            return ("",)
        return tuple(self.by_kind[kind] for kind in _NAMES[entity] if kind in self.by_kind)

    def all(self) -> tuple[str, ...]:
        """Each of them."""
        return tuple(self.by_kind.values())


def names_of(shop_id: UUID, names: BuyerNames) -> Names:
    """A buyer's names as keys."""
    said = {"buyer": names.buyer_ref, "device": names.device, "address": names.address, "phone": names.phone}
    return Names({kind: _digest(shop_id, kind, value) for kind, value in said.items() if value})


def _digest(shop_id: UUID, kind: str, value: str) -> str:
    return hashlib.blake2b(value.encode(), digest_size=16, key=shop_id.bytes, person=kind.encode()).hexdigest()


def bucket_of(period: str, now: datetime, zone: ZoneInfo) -> str:
    """The bucket of an instant: '' for all time."""
    if period == "all":
        return ""
    day = now.astimezone(zone).date()
    if period == "day":
        return day.isoformat()
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return f"{day:%Y-%m}"


def buckets_of(now: datetime, zone: ZoneInfo) -> dict[str, str]:
    """All buckets of an instant by period."""
    return {period: bucket_of(period, now, zone) for period in ("all", "day", "week", "month")}


def key_of(name: str, counts: str, sku_id: UUID | None = None) -> str:
    """A limit's key: of a name, and of a SKU where units are counted."""
    if counts != UNITS:
        return name
    return f"{name}/{sku_id}" if name else str(sku_id)


def most_of(spec: Spec, limit: Limit, sku_id: UUID | None) -> int:
    """How much: of a SKU its own stock, where the play names some."""
    own = spec.play_settings.get("units_by_sku") if limit.entity == "sku" and sku_id is not None else None
    if isinstance(own, Mapping) and str(sku_id) in own:
        return int(own[str(sku_id)])
    return limit.most


def shared_limits(spec: Spec) -> Iterator[Limit]:
    """Limits that are kept in shards."""
    return (limit for limit in spec.limits if limit.entity in SHARED)
