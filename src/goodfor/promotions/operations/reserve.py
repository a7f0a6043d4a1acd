"""Take all that an order is given: a step in its caller's transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.promotions import plan_cache
from goodfor.promotions.errors import LimitGone
from goodfor.promotions.limit_keys import SHARED, UNITS, Names, buckets_of, key_of, most_of, names_of
from goodfor.promotions.types import BuyerNames, Cart, Limit, Priced, Spec

_RESERVE: Final = Statement("goodfor.promotions", "sql/reserve.sql")


@dataclass(slots=True)
class _Given:
    """What one revision gives an order."""

    campaign_id: UUID
    revision_id: UUID
    wanted: int = 0
    minor: int = 0
    loss: int = 0
    units: dict[UUID, int] = field(default_factory=dict)
    coupons: set[UUID] = field(default_factory=set)

    def amounts(self, counts: str) -> Mapping[UUID | None, int]:
        """How much of what is counted; units by SKU."""
        if counts == UNITS:
            return {sku: many for sku, many in self.units.items() if many}
        uses = max(1, len(self.coupons))
        return {None: {"uses": uses, "minor": self.minor, "loss": self.loss}[counts]}


def reserve(
    *, shop_id: UUID, order_id: UUID, names: BuyerNames, cart: Cart, priced: Priced, now: datetime
) -> None:  # fmt: skip
    """Take the limits and coupons of what was given, all or nothing; an order that was given nothing costs nothing.

    One statement, in the transaction of the order, after which the caller should soon commit. Idempotent by order.
    Raises LimitGone(campaign_id, why) where something is gone since `plan`: nothing is taken then, the transaction goes
    on, and the cart is to be priced anew.
    """
    given = _given(cart, priced)
    if not given:
        return
    specs = plan_cache.specs_of(shop_id, [one.revision_id for one in given])
    zone = (plan_cache.known(shop_id) or plan_cache.load(shop_id)).zone
    keys, buckets = names_of(shop_id, names), buckets_of(now, zone)
    takings = [
        taking
        for one in given
        if (spec := specs.get(one.revision_id)) is not None
        for limit in spec.limits
        for taking in _takings(one, spec, limit, keys, buckets)
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


def _given(cart: Cart, priced: Priced) -> list[_Given]:
    """By campaign, in the order of campaigns."""
    found: dict[UUID, _Given] = {}
    for share in priced.shares:
        one = found.setdefault(share.campaign_id, _Given(share.campaign_id, share.revision_id))
        one.minor += share.minor
        one.loss += share.loss
        if share.units:
            sku = cart.lines[share.line].sku_id
            one.units[sku] = one.units.get(sku, 0) + share.units
        if share.coupon_id is not None:
            one.coupons.add(share.coupon_id)
    for gift in priced.gifts:
        one = found.setdefault(gift.campaign_id, _Given(gift.campaign_id, gift.revision_id))
        one.minor += gift.price * gift.pieces
        one.loss += gift.loss
    for traced in priced.trace:
        if traced.given and traced.campaign_id in found:
            found[traced.campaign_id].wanted += traced.wanted
    return [found[campaign] for campaign in sorted(found)]


def _held(one: _Given, *, live: bool) -> dict[str, Any]:
    return {
        "c": str(one.campaign_id), "r": str(one.revision_id), "live": live, "u": max(1, len(one.coupons)),
        "w": max(one.wanted, one.minor), "m": one.minor, "l": one.loss, "q": sorted(map(str, one.coupons)),
    }  # fmt: skip


def _takings(
    one: _Given, spec: Spec, limit: Limit, keys: Names, buckets: Mapping[str, str]
) -> list[dict[str, Any]]:  # fmt: skip
    return [
        {
            "c": str(one.campaign_id), "e": limit.entity, "n": limit.counts, "k": key_of(name, limit.counts, sku),
            "b": buckets[limit.period], "m": most_of(spec, limit, sku), "a": amount, "s": limit.entity in SHARED,
            "p": limit.back,
        }
        for name in keys.of(limit.entity)
        for sku, amount in one.amounts(limit.counts).items()
        if amount > 0
    ]  # fmt: skip


def _sorted(takings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Counters before quotas, for which many wait, and all in one order: no two orders wait in a ring."""
    return sorted(takings, key=lambda taken: (taken["s"], taken["c"], taken["e"], taken["n"], taken["k"], taken["b"]))
