"""Take all that an order is given: a step in its caller's transaction."""

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.promotions import plan_cache
from goodfor.promotions.errors import LimitGone
from goodfor.promotions.givings import Given, Taken, given_of, takings_of
from goodfor.promotions.limit_keys import buckets_of, names_of
from goodfor.promotions.types import BuyerNames, Cart, Priced

_RESERVE: Final = Statement("goodfor.promotions", "sql/reserve.sql")


def reserve(
    *, shop_id: UUID, order_id: UUID, names: BuyerNames, cart: Cart, priced: Priced, now: datetime
) -> None:  # fmt: skip
    """Take the limits and coupons of what was given, all or nothing; an order that was given nothing costs nothing.

    One statement, in the transaction of the order, after which the caller should soon commit. Idempotent by order.
    Raises LimitGone(campaign_id, why) where something is gone since `plan`: nothing is taken then, the transaction goes
    on, and the cart is to be priced anew.
    """
    given = given_of(cart, priced)
    if not given:
        return
    specs = plan_cache.specs_of(shop_id, [one.revision_id for one in given])
    zone = (plan_cache.known(shop_id) or plan_cache.load(shop_id)).zone
    keys, buckets = names_of(shop_id, names), buckets_of(now, zone)
    takings = [
        _taking(one.campaign_id, taken)
        for one in given
        if (spec := specs.get(one.revision_id)) is not None
        for taken in takings_of(one, spec, keys, buckets)
    ]
    row = _RESERVE.row(
        {
            "shop_id": shop_id,
            "order_id": order_id,
            "now": now,
            "buyer": names.buyer_ref,
            "held": json.dumps([_held(one, live=one.revision_id in specs) for one in given]),
            "takings": json.dumps(_sorted(takings)),
        }
    )
    if row is not None and row[0]:
        campaign, _, why = str(row[0]).partition(" ")
        raise LimitGone(UUID(campaign), why)


def _held(one: Given, *, live: bool) -> dict[str, Any]:
    return {
        "c": str(one.campaign_id), "r": str(one.revision_id), "live": live, "u": max(1, len(one.coupons)),
        "w": one.promised, "m": one.minor, "l": one.loss, "q": sorted(map(str, one.coupons)),
    }  # fmt: skip


def _taking(campaign_id: UUID, taken: Taken) -> dict[str, Any]:
    limit = taken.limit
    return {
        "c": str(campaign_id), "e": limit.entity, "n": limit.counts, "k": taken.key, "b": taken.bucket,
        "m": taken.most, "a": taken.amount, "s": taken.shared, "p": limit.back,
    }  # fmt: skip


def _sorted(takings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Counters before quotas, for which many wait, and all in one order: no two orders wait in a ring."""
    return sorted(takings, key=lambda taken: (taken["s"], taken["c"], taken["e"], taken["n"], taken["k"], taken["b"]))
