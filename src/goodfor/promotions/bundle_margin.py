"""What a bundle costs and brings, over all choices of a set: the box beside its form. Pure."""

from collections.abc import Mapping
from itertools import combinations, combinations_with_replacement, product
from uuid import UUID

from goodfor.promotions.bundle_types import BY_SETS, BundlePart, BundleSpec, Costed, MarginBox
from goodfor.promotions.bundling import price_of, set_minor
from goodfor.promotions.spec_types import BundlePrice

#: Choices that are looked at one by one; beyond them the dearest and cheapest of each group are taken.
MOST_CHOICES = 20_000


def cost_a_set(
    spec: BundleSpec,
    picks: Mapping[UUID, int],
    prices: Mapping[UUID, int],
    costs: Mapping[UUID, int],
    sets: int = 1,
    base: BundlePrice | None = None,
) -> Costed:
    """A set with these picks at list prices and unit costs."""
    total, cost, known = 0, 0, True
    for part in spec.parts:
        times = 1 if part in spec.required else picks.get(part.sku_id, 0)
        total += prices[part.sku_id] * part.pieces * times
        known = known and (not times or part.sku_id in costs)
        cost += costs.get(part.sku_id, 0) * part.pieces * times
    return Costed(total, set_minor(price_of(spec, sets, picks, base), total), cost if known else None, dict(picks))


def margin_box(spec: BundleSpec, prices: Mapping[UUID, int], costs: Mapping[UUID, int], floor: int = 0) -> MarginBox:
    """The choice that leaves least and the one that leaves most, over all choices and tiers of one set.

    Parts without a known cost count as if they cost their price: nothing is ever taken off them.
    """
    known = {part.sku_id: costs.get(part.sku_id, prices[part.sku_id]) for part in spec.parts}
    counts = [1, *(tier.count for tier in spec.tiers)] if spec.tiers_by == BY_SETS else [1]
    tried = [cost_a_set(spec, picks, prices, known, sets) for picks in choices(spec, prices, known) for sets in counts]
    worst = min(tried, key=lambda one: (one.margin or 0, -one.list_minor))
    best = max(tried, key=lambda one: (one.margin or 0, one.list_minor))
    keep = floor if spec.floor is None else spec.floor
    pieces = sum(part.pieces * (1 if part in spec.required else worst.picks.get(part.sku_id, 0)) for part in spec.parts)
    unknown = tuple(part.sku_id for part in spec.parts if part.sku_id not in costs)
    return MarginBox(worst, best, (worst.margin or 0) < keep * pieces, unknown)


def choices(spec: BundleSpec, prices: Mapping[UUID, int], costs: Mapping[UUID, int]) -> list[dict[UUID, int]]:
    """All choices of one set, or, where they are too many, those of the dearest and of the cheapest parts."""
    groups: list[list[tuple[UUID, ...]]] = []
    number = 1
    for group in spec.groups:
        parts = spec.of_group(group.name)
        number *= _ways(len(parts), group.least, group.most, group.again)
    optional = [part.sku_id for part in spec.parts if part.optional and not part.group]
    number *= 2 ** len(optional)
    if number > MOST_CHOICES:
        return _ends(spec, prices, costs)
    for group in spec.groups:
        ids = [part.sku_id for part in spec.of_group(group.name)]
        draw = combinations_with_replacement if group.again else combinations
        groups.append([way for k in range(group.least, group.most + 1) for way in draw(ids, k)])
    groups += [[(), (sku_id,)] for sku_id in optional]
    found = []
    for ways in product(*groups):
        picks: dict[UUID, int] = {}
        for sku_id in (one for way in ways for one in way):
            picks[sku_id] = picks.get(sku_id, 0) + 1
        if picks or spec.required:
            found.append(picks)
    return found


def _ways(n: int, least: int, most: int, again: bool) -> int:
    """How many choices there are of `n`; stops counting where they are too many anyway."""
    total = 0
    for k in range(least, most + 1):
        top = n + k - 1 if again else n
        ways = 1
        for i in range(min(k, max(top - k, 0))):
            ways = ways * (top - i) // (i + 1)
        total += ways if top >= k else 0
        if total > MOST_CHOICES:
            break
    return total


def _ends(spec: BundleSpec, prices: Mapping[UUID, int], costs: Mapping[UUID, int]) -> list[dict[UUID, int]]:
    """For each measure of a part (its cost over what it adds, its own margin) the first and the last of each group."""
    measures = (
        lambda part: costs[part.sku_id] * part.pieces - part.extra,
        lambda part: (costs[part.sku_id] - prices[part.sku_id]) * part.pieces,
    )
    found = []
    for measure in measures:
        for down in (True, False):
            for full in (True, False):
                picks: dict[UUID, int] = {}
                for group in spec.groups:
                    parts: list[BundlePart] = sorted(spec.of_group(group.name), key=measure, reverse=down)
                    wanted = group.most if full else max(group.least, 0 if spec.required else 1)
                    if group.again:
                        picks[parts[0].sku_id] = wanted
                    else:
                        picks |= {part.sku_id: 1 for part in parts[:wanted]}
                found.append({sku_id: times for sku_id, times in picks.items() if times})
                if full and down:
                    found.append(found[-1] | {part.sku_id: 1 for part in spec.parts if part.optional})
    return [picks for picks in found if picks or spec.required]
