"""From a bundle and a wish to lines, and back; what a set costs; how many sets there are. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from goodfor.promotions.bundle_errors import InvalidPicks
from goodfor.promotions.bundle_types import BY_SETS, BundleSpec
from goodfor.promotions.spec_types import BundlePrice


def explode(spec: BundleSpec, sets: int, picks: Mapping[UUID, int]) -> tuple[tuple[UUID, int], ...]:
    """(SKU, pieces) of so many sets, in the order of parts. `picks`: how often each chosen part is in a set.

    Raises InvalidPicks.
    """
    check_picks(spec, sets, picks)
    lines = []
    for part in spec.parts:
        times = 1 if part in spec.required else picks.get(part.sku_id, 0)
        if times:
            lines.append((part.sku_id, part.pieces * times * sets))
    return tuple(lines)


def check_picks(spec: BundleSpec, sets: int, picks: Mapping[UUID, int]) -> None:
    """Raise InvalidPicks unless these picks make whole sets."""
    if not 1 <= sets <= spec.most_sets:
        raise InvalidPicks(field="sets", least=1, most=spec.most_sets)
    open_parts = {part.sku_id: part for part in spec.parts if part.group or part.optional}
    for sku_id, times in picks.items():
        if times and (sku_id not in open_parts or times < 0):
            raise InvalidPicks(field="picks", sku_id=str(sku_id))
        if times > 1 and not open_parts[sku_id].group:
            raise InvalidPicks(field="picks", sku_id=str(sku_id), most=1)
    for group in spec.groups:
        chosen = [picks.get(part.sku_id, 0) for part in spec.of_group(group.name)]
        if not group.least <= sum(chosen) <= group.most or (not group.again and any(times > 1 for times in chosen)):
            raise InvalidPicks(field="picks", group=group.name, least=group.least, most=group.most)
    if not any(picks.values()) and not spec.required:
        raise InvalidPicks(field="picks")


def gather(spec: BundleSpec, pieces: Mapping[UUID, int]) -> tuple[int, dict[UUID, int]]:
    """The sets and picks that these lines are, the reverse of `explode`. There is one answer at most: a group that
    takes a part again takes as many in each set (`checked`), so that the pieces tell how many sets there are.

    Raises InvalidPicks where they are no whole sets of the bundle.
    """
    if not pieces or any(spec.part(sku_id) is None for sku_id in pieces):
        raise InvalidPicks(field="lines")
    for sets in _possible(spec, pieces):
        picks: dict[UUID, int] = {}
        for part in spec.parts:
            quantity = pieces.get(part.sku_id, 0)
            times, rest = divmod(quantity, part.pieces * sets)
            if rest or (part in spec.required and times != 1):
                break
            if times and part not in spec.required:
                picks[part.sku_id] = times
        else:
            try:
                check_picks(spec, sets, picks)
            except InvalidPicks:
                continue
            return sets, picks
    raise InvalidPicks(field="lines")


def _possible(spec: BundleSpec, pieces: Mapping[UUID, int]) -> Sequence[int]:
    for part in spec.required:
        sets, rest = divmod(pieces.get(part.sku_id, 0), part.pieces)
        return [sets] if sets and not rest else []
    return range(min(spec.most_sets, max(pieces.values())), 0, -1)


def price_of(spec: BundleSpec, sets: int, picks: Mapping[UUID, int], base: BundlePrice | None = None) -> BundlePrice:
    """What one set costs with these picks. `base` takes the place of the bundle's own price and its tiers."""
    price = base or spec.price
    count = sets if spec.tiers_by == BY_SETS else sum(picks.values())
    if base is None:
        for tier in spec.tiers:
            if tier.count <= count:
                price = tier.price
    if price.minor is None:
        return price
    return replace(price, minor=price.minor + extras(spec, picks))


def extras(spec: BundleSpec, picks: Mapping[UUID, int]) -> int:
    """What these picks add to a price of its own, a set."""
    return sum(part.extra * picks.get(part.sku_id, 0) for part in spec.parts)


def set_minor(price: BundlePrice, total: int) -> int:
    """What one set of that list price costs, in fen: never more than the sum."""
    if price.minor is not None:
        return min(price.minor, total)
    return (total * (10_000 - (price.off_bp or 0)) * 2 + 10_000) // 20_000


def sets_in_stock(spec: BundleSpec, stock: Mapping[UUID, int]) -> int:
    """How many equal sets can be made, at most `most_sets`. What is absent from `stock` is not there at all."""
    caps = {part.sku_id: max(stock.get(part.sku_id, 0), 0) // part.pieces for part in spec.parts}
    sets = min([spec.most_sets, *(caps[part.sku_id] for part in spec.required)])
    for group in spec.groups:
        offered = sorted((caps[part.sku_id] for part in spec.of_group(group.name)), reverse=True)
        if group.least == 0:
            continue
        if group.again:
            while sets and sum(cap // sets for cap in offered) < group.least:
                sets -= 1
        else:
            sets = min(sets, offered[group.least - 1] if len(offered) >= group.least else 0)
    if not spec.required and all(group.least == 0 for group in spec.groups):
        sets = min(sets, max(caps.values(), default=0))
    return sets
