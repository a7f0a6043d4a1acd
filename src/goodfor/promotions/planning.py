"""The plan for one cart: the live revisions that have a line in it, with what each has left for this buyer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.promotions import plan_cache
from goodfor.promotions.limit_keys import SHARED, buckets_of, names_of
from goodfor.promotions.types import ENTITIES, BuyerNames, Cart, Live
from goodfor.promotions.whats_left import NOTHING, Found, Keys, keys_of, with_left

_LEFT: Final = Statement(__package__, "sql/left.sql")


def plan(shop_id: UUID, cart: Cart, names: BuyerNames, now: datetime) -> tuple[Live, ...]:
    """One statement where this process knows the plan; a shop without campaigns is asked for its version alone."""
    known = plan_cache.known(shop_id)
    if known is None or not known.lives:
        if known is None or known.version != plan_cache.version_of(shop_id):
            known = plan_cache.load(shop_id)
        if not known.lives:
            return ()
    keys = keys_of(cart, names_of(shop_id, names), whole=names.whole)
    while True:
        lives, buckets = known.for_cart(cart), buckets_of(now, known.zone)
        version, found = _read(shop_id, lives, keys, buckets)
        if version == known.version:
            return tuple(
                with_left(live, keys, found.get(str(live.campaign_id), NOTHING), buckets) if live.spec.limits else live
                for live in lives
            )
        known = plan_cache.load(shop_id)


def _read(
    shop_id: UUID, lives: Sequence[Live], keys: Keys, buckets: Mapping[str, str]
) -> tuple[int, Mapping[str, Found]]:  # fmt: skip
    named = {key for entity in ENTITIES if entity not in SHARED for key in (*keys.plain[entity], *keys.units[entity])}
    rows = _LEFT.rows(
        {
            "shop_id": shop_id,
            "quotas": plan_cache.limited(lives, shared=True),
            "counters": plan_cache.limited(lives, shared=False),
            "buckets": list(buckets.values()),
            "skus": ["", *keys.units["sku"]],
            "keys": list(named),
        }
    )
    # Ids as texts: hundreds of rows come, and making ids of them costs more than all else.
    found: dict[str, Found] = {}
    for campaign, entity, counts, key, bucket, many in rows:
        found.setdefault(campaign, {}).setdefault((entity, counts, bucket), {})[key] = many
    return found.pop("")["", "", ""][""], found
