"""What a price gives, by campaign, and what that takes of which limits: of orders, and of orders tried. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from goodfor.promotions.limit_keys import SHARED, UNITS, Names, key_of, most_of
from goodfor.promotions.types import Cart, Limit, Priced, Spec


@dataclass(slots=True)
class Given:
    """What one revision gives an order."""

    campaign_id: UUID
    revision_id: UUID
    wanted: int = 0
    minor: int = 0
    loss: int = 0
    units: dict[UUID, int] = field(default_factory=dict)
    coupons: set[UUID] = field(default_factory=set)

    @property
    def promised(self) -> int:
        """What was wanted, in minor units; never less than what was given."""
        return max(self.wanted, self.minor)

    def amounts(self, counts: str) -> Mapping[UUID | None, int]:
        """How much of what is counted; units by SKU."""
        if counts == UNITS:
            return {sku: many for sku, many in self.units.items() if many}
        uses = max(1, len(self.coupons))
        return {None: {"uses": uses, "minor": self.minor, "loss": self.loss}[counts]}


@dataclass(frozen=True, slots=True)
class Taken:
    """So much of one limit under one key. `shared`: kept as what is left, else as what was had."""

    limit: Limit
    key: str
    bucket: str
    most: int
    amount: int

    @property
    def shared(self) -> bool:
        """Whether many take it at once."""
        return self.limit.entity in SHARED


def given_of(cart: Cart, priced: Priced) -> list[Given]:
    """By campaign, in the order of campaigns."""
    found: dict[UUID, Given] = {}
    for share in priced.shares:
        one = found.setdefault(share.campaign_id, Given(share.campaign_id, share.revision_id))
        one.minor += share.minor
        one.loss += share.loss
        if share.units:
            sku = cart.lines[share.line].sku_id
            one.units[sku] = one.units.get(sku, 0) + share.units
        if share.coupon_id is not None:
            one.coupons.add(share.coupon_id)
    for gift in priced.gifts:
        one = found.setdefault(gift.campaign_id, Given(gift.campaign_id, gift.revision_id))
        one.minor += gift.price * gift.pieces
        one.loss += gift.loss
    for traced in priced.trace:
        if traced.given and traced.campaign_id in found:
            found[traced.campaign_id].wanted += traced.wanted
    return [found[campaign] for campaign in sorted(found)]


def takings_of(one: Given, spec: Spec, keys: Names, buckets: Mapping[str, str]) -> Iterator[Taken]:
    """What one revision's giving takes of its limits."""
    for limit in spec.limits:
        for name in keys.of(limit.entity):
            for sku, amount in one.amounts(limit.counts).items():
                if amount > 0:
                    key = key_of(name, limit.counts, sku)
                    yield Taken(limit, key, buckets[limit.period], most_of(spec, limit, sku), amount)
