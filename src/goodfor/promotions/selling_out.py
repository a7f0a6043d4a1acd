"""Whether a campaign has nothing left of a SKU: for whoever comes late to a sale, at the price of one read."""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.promotions import plan_cache
from goodfor.promotions.limit_keys import SHARED, buckets_of
from goodfor.promotions.types import Limit, Live

_FREE: Final = Statement(__package__, "sql/free.sql")
#: Without the least of these nothing is given; a loss that is used up only raises the price to the floor.
_ENDS: Final = frozenset({"uses", "minor", "units"})


def sold_out(shop_id: UUID, campaign_id: UUID, sku_id: UUID, now: datetime) -> bool:
    """Whether a limit that all buyers share is used up, of a campaign that counts and names this SKU.

    Waits for nobody and locks nothing. False promises nothing; true may be over a moment later, when an order is given
    up. Of any other campaign, one that has ended too: false, its price is for the cart to say.
    """
    known = plan_cache.known(shop_id) or plan_cache.load(shop_id)
    while True:
        live = next((one for one in known.lives if one.campaign_id == campaign_id), None)
        limits = _shared(live, sku_id)
        buckets = buckets_of(now, known.zone)
        rows = list(
            _FREE.rows(
                {
                    "shop_id": shop_id, "campaign_id": campaign_id, "buckets": list(buckets.values()),
                    "keys": ["", str(sku_id)],
                }
            )
        )  # fmt: skip
        left = {(entity, counts, bucket): many for entity, counts, _, bucket, many in rows}
        if left.pop(("", "", "")) == known.version:
            return any(left.get((one.entity, one.counts, buckets[one.period]), 1) < 1 for one in limits)
        known = plan_cache.load(shop_id)


def _shared(live: Live | None, sku_id: UUID) -> list[Limit]:
    if live is None or sku_id not in live.spec.scope.skus:
        return []
    return [one for one in live.spec.limits if one.entity in SHARED and one.counts in _ENDS]
