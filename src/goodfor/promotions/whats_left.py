"""What a revision has left for one buyer, by what was counted: of a plan that is read, and of one tried. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from goodfor.promotions.limit_keys import SHARED, UNITS, Names, most_of
from goodfor.promotions.types import ENTITIES, Cart, Left, Limit, Live

#: Of one campaign, (entity, counts, bucket) -> by key: what is left of a quota, or what a name has had.
Found = dict[tuple[str, str, str], dict[str, int]]
NOTHING: Final[Found] = {}


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that limits of this cart and buyer are found under, by entity; for units by SKU.

    `whole`: where there is no key there is no such name, so that the limit cannot be kept.
    """

    plain: Mapping[str, tuple[str, ...]]
    units: Mapping[str, Mapping[str, UUID]]
    whole: bool = False


def keys_of(cart: Cart, names: Names, *, whole: bool) -> Keys:
    """Of a cart and its buyer's names."""
    skus = {line.sku_id: str(line.sku_id) for line in cart.lines}
    plain = {entity: names.of(entity) for entity in ENTITIES}
    units = {
        entity: {f"{name}/{text}" if name else text: sku for name in found for sku, text in skus.items()}
        for entity, found in plain.items()
    }
    return Keys(plain, units, whole)


def with_left(live: Live, keys: Keys, found: Found, buckets: Mapping[str, str]) -> Live:
    """The least of all its limits, by what they count."""
    limits = live.spec.limits
    if keys.whole and not all(keys.plain[limit.entity] for limit in limits):
        # Else whoever leaves a name out, or comes without a browser's, is limited by nothing.
        return Live(live.campaign_id, live.revision_id, live.name, live.spec, Left(uses=0))
    least: dict[str, int] = {}
    for limit in limits:
        names = keys.plain[limit.entity]
        if limit.counts == UNITS or not names:
            continue
        here = found.get((limit.entity, limit.counts, buckets[limit.period]))
        rest = limit.most if here is None else min(_rest(limit, limit.most, here.get(name)) for name in names)
        least[limit.counts] = min(least.get(limit.counts, rest), rest)
    counted = [one for one in limits if one.counts == UNITS and keys.plain[one.entity]]
    units, each = _units(live, counted, keys, found, buckets)
    left = Left(least.get("uses"), least.get("minor"), least.get("loss"), units, each)
    return Live(live.campaign_id, live.revision_id, live.name, live.spec, left)


def _units(
    live: Live, limits: Sequence[Limit], keys: Keys, found: Found, buckets: Mapping[str, str]
) -> tuple[dict[UUID, int], int | None]:
    """Pieces left by SKU where something is known of it, and for all others."""
    if not limits:
        return {}, None
    here = [found.get((limit.entity, UNITS, buckets[limit.period]), {}) for limit in limits]
    known = {
        sku
        for limit, had in zip(limits, here, strict=True)
        if had
        for key, sku in keys.units[limit.entity].items()
        if key in had
    }
    own = "units_by_sku" in live.spec.play_settings
    if own:
        known = set(keys.units["sku"].values())
    units: dict[UUID, int] = {}
    for limit, had in zip(limits, here, strict=True):
        if not had and not (own and limit.entity == "sku"):
            rests = dict.fromkeys(known, limit.most)
        else:
            rests = {}
            for key, sku in keys.units[limit.entity].items():
                if sku in known:
                    rest = _rest(limit, most_of(live.spec, limit, sku), had.get(key))
                    rests[sku] = min(rests.get(sku, rest), rest)
        for sku, rest in rests.items():
            units[sku] = min(units.get(sku, rest), rest)
    return units, min(limit.most for limit in limits)


def _rest(limit: Limit, most: int, found: int | None) -> int:
    """What is left of a quota is what was found; of a counter what was not had."""
    if limit.entity in SHARED:
        return most if found is None else found
    return max(0, most - (found or 0))
