"""What a revision can cost before anybody buys: what each piece leaves, and the most that can be given away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.catalog.types import SkuLabel
from goodfor.kernel.money import Money
from goodfor.promotions import queries as promotions
from goodfor.promotions.types import FullReduce, Gift, Scope, Spec, UnitPercent, UnitPrice
from goodfor.supply import queries as supply
from goodfor.vault import queries as vault

#: SKUs in the box; what is beyond is counted.
MOST_ROWS: Final = 50
USES: Final = ("campaign", "uses", "all")


@dataclass(frozen=True, slots=True)
class CostRow:
    """A piece of a SKU: what it is sold at now and then, what it costs and leaves. None: not known."""

    label: SkuLabel
    price: Money
    cost: Money | None
    left: Money | None
    below: bool
    useless: bool


@dataclass(frozen=True, slots=True)
class CostBox:
    """The box beside a campaign. `worst` None: nothing bounds it. Money in the shop's currency."""

    rows: tuple[CostRow, ...]
    more: int
    unknown: int
    below: int
    worst: Money | None
    loss: Money | None
    #: Of order discounts: the most that a tier takes off, in ten thousandths of its threshold.
    tiers: tuple[tuple[Money, Money, int], ...] = ()


def box_of(
    shop_id: UUID, spec: Spec, labels: Mapping[UUID, SkuLabel], in_scope: list[UUID], currency: str, now: datetime
) -> CostBox:
    """What it can cost. `in_scope`: the SKUs that it is about."""
    costs, floor = costs_of(shop_id, in_scope, currency, now), promotions.floor_of(shop_id)
    rows = [
        _row(labels[sku], spec, costs.get(sku), currency, floor)
        for sku in sorted(in_scope, key=lambda one: (labels[one].product_name, labels[one].name))
    ]
    loss = next((limit.most for limit in spec.limits if limit.counts == "loss"), None)
    worst = worst_of(spec, {sku: labels[sku].price.amount_minor for sku in in_scope})
    rows.sort(key=lambda row: (not row.below, row.cost is not None))
    return CostBox(
        tuple(rows[:MOST_ROWS]), max(len(rows) - MOST_ROWS, 0), sum(row.cost is None for row in rows),
        sum(row.below for row in rows), None if worst is None else Money(worst, currency),
        None if loss is None else Money(loss, currency), _tiers(spec, currency),
    )  # fmt: skip


def costs_of(shop_id: UUID, sku_ids: list[UUID], currency: str, now: datetime) -> dict[UUID, int]:
    """The most that a piece may cost: from the shelf, else as suppliers offer it. Absent where nobody knows."""
    costs = {sku: cost for sku, (cost, of) in vault.top_costs(shop_id, sku_ids).items() if of == currency}
    rest = [sku for sku in sku_ids if sku not in costs]
    return costs | supply.dearest(shop_id, rest, now, currency=currency)


def worst_of(spec: Spec, prices: Mapping[UUID, int]) -> int | None:
    """The most that all of it can take off, by whatever bounds it; None: nothing does. Pure."""
    bounds = [limit.most for limit in spec.limits if (limit.entity, limit.counts) == ("campaign", "minor")]
    own = spec.play_settings.get("units_by_sku")
    if isinstance(own, Mapping):
        off = {sku: price - price_then(spec, sku, price) for sku, price in prices.items()}
        bounds.append(sum(most * int(own.get(str(sku), 0)) for sku, most in off.items()))
    uses = [limit.most for limit in spec.limits if (limit.entity, limit.counts, limit.period) == USES]
    most = _most_an_order(spec)
    if uses and most is not None:
        bounds.append(min(uses) * most)
    return min(bounds) if bounds else None


def in_scope(scope: Scope, goods: Mapping[UUID, tuple[UUID, UUID]]) -> list[UUID]:
    """SKUs of a scope. `goods`: SKU -> product, category. Pure."""
    return [
        sku
        for sku, (product, category) in goods.items()
        if (
            scope.everything or sku in scope.skus or product in scope.products or category in scope.categories
        )
        and not (
            sku in scope.without_skus or product in scope.without_products or category in scope.without_categories
        )
    ]  # fmt: skip


def price_then(spec: Spec, sku_id: UUID, price: int) -> int:
    """A piece's price with an effect on pieces; else what it is. Pure."""
    effect = spec.effect
    if isinstance(effect, UnitPrice):
        return min(effect.by_sku.get(sku_id, effect.minor), price)
    if isinstance(effect, UnitPercent):
        return max((price * effect.bp + 5_000) // 10_000, 1)
    return price


def _most_an_order(spec: Spec) -> int | None:
    effect = spec.effect
    if isinstance(effect, FullReduce):
        if effect.most is not None or effect.every:
            return effect.most
        return effect.tiers[-1].value * spec.per_order
    most = getattr(effect, "most", None)
    return None if isinstance(effect, Gift) or most is None else int(most) * spec.per_order


def _row(label: SkuLabel, spec: Spec, cost: int | None, currency: str, floor: int) -> CostRow:
    listed = label.price.amount_minor
    then = price_then(spec, label.id, listed)
    left, keep = None if cost is None else then - cost, floor if spec.floor is None else spec.floor
    useless = isinstance(spec.effect, UnitPrice) and then >= listed
    return CostRow(
        label, Money(then, currency), None if cost is None else Money(cost, currency),
        None if left is None else Money(left, currency), left is not None and left < keep, useless,
    )  # fmt: skip


def _tiers(spec: Spec, currency: str) -> tuple[tuple[Money, Money, int], ...]:
    effect = spec.effect
    if not isinstance(effect, FullReduce) or effect.pieces:
        return ()
    return tuple(
        (Money(tier.threshold, currency), Money(tier.value, currency), tier.value * 10_000 // tier.threshold)
        for tier in effect.tiers
        if tier.threshold > 1
    )
