"""The plan for one cart: the live revisions that have a line in it, with what each has left for this buyer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Row, Statement
from goodfor.promotions import plan_cache
from goodfor.promotions.limit_keys import SHARED, UNITS, Names, buckets_of, key_of, most_of, names_of
from goodfor.promotions.types import BuyerNames, Cart, Left, Limit, Live

_LEFT: Final = Statement(__package__, "sql/left.sql")
#: (campaign, entity, counts, key, bucket) -> what is left of a quota, or what a name has had.
_Found = Mapping[tuple[UUID, str, str, str, str], int]


def plan(shop_id: UUID, cart: Cart, names: BuyerNames, now: datetime) -> tuple[Live, ...]:
    """One statement where this process knows the plan; a shop without campaigns is asked for its version alone."""
    known = plan_cache.known(shop_id)
    if known is None or not known.lives:
        if known is None or known.version != plan_cache.version_of(shop_id):
            known = plan_cache.load(shop_id)
        if not known.lives:
            return ()
    keys = names_of(shop_id, names)
    while True:
        lives, buckets = known.for_cart(cart), buckets_of(now, known.zone)
        version, left, had = _read(shop_id, lives, cart, keys, buckets)
        if version == known.version:
            return tuple(_with_left(live, cart, keys, left, had, buckets) for live in lives)
        known = plan_cache.load(shop_id)


def _read(
    shop_id: UUID, lives: Sequence[Live], cart: Cart, keys: Names, buckets: Mapping[str, str]
) -> tuple[int, _Found, _Found]:
    skus = sorted({str(line.sku_id) for line in cart.lines})
    rows = _LEFT.rows(
        {
            "shop_id": shop_id,
            "quotas": plan_cache.limited(lives, shared=True),
            "counters": plan_cache.limited(lives, shared=False),
            "buckets": list(buckets.values()),
            "skus": ["", *skus],
            "keys": [name + rest for name in keys.all() for rest in ("", *(f"/{sku}" for sku in skus))],
        }
    )
    version = next(int(row[6]) for row in rows if row[0] == "v")
    return version, _of_kind(rows, "q"), _of_kind(rows, "c")


def _of_kind(rows: Sequence[Row], kind: str) -> _Found:
    return {(row[1], row[2], row[3], row[4], row[5]): int(row[6]) for row in rows if row[0] == kind}


def _with_left(
    live: Live, cart: Cart, keys: Names, left: _Found, had: _Found, buckets: Mapping[str, str]
) -> Live:  # fmt: skip
    """The least of all its limits, by what they count."""
    if not live.spec.limits:
        return live
    least: dict[str, int] = {}
    units: dict[UUID, int] = {}
    for limit in live.spec.limits:
        for name in keys.of(limit.entity):
            if limit.counts != UNITS:
                rest = _rest(live, limit, key_of(name, limit.counts), None, left, had, buckets)
                least[limit.counts] = min(least.get(limit.counts, rest), rest)
                continue
            for sku in {line.sku_id for line in cart.lines}:
                rest = _rest(live, limit, key_of(name, UNITS, sku), sku, left, had, buckets)
                units[sku] = min(units.get(sku, rest), rest)
    return Live(
        live.campaign_id, live.revision_id, live.name, live.spec,
        Left(least.get("uses"), least.get("minor"), least.get("loss"), units),
    )  # fmt: skip


def _rest(
    live: Live, limit: Limit, key: str, sku: UUID | None, left: _Found, had: _Found, buckets: Mapping[str, str]
) -> int:  # fmt: skip
    place = (live.campaign_id, limit.entity, limit.counts, key, buckets[limit.period])
    most = most_of(live.spec, limit, sku)
    if limit.entity in SHARED:
        return left.get(place, most)
    return max(0, most - had.get(place, 0))
