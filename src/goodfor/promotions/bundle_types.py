"""What a bundle (权益组合) is made of. Money in fen of the shop's currency. Reached through `types`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.promotions.cart_types import CartBundle, Live
from goodfor.promotions.spec_types import BundlePrice

#: fixed: what is in it is in it; choose: k of n in each group; tiered: the more sets or picks, the better the price.
FIXED, CHOOSE, TIERED = "fixed", "choose", "tiered"
BUNDLE_KINDS: Final = (FIXED, CHOOSE, TIERED)
#: What a tier counts.
BY_SETS, BY_PICKS = "sets", "picks"
#: Where a part cannot be delivered: all goes back, or what there is is delivered and the rest goes back by its share.
WHOLE_OR_NOTHING, WHAT_THERE_IS = "all", "part"
MAX_PARTS: Final = 20
MAX_SETS: Final = 100
MAX_PIECES: Final = 100


@dataclass(frozen=True, slots=True)
class BundlePart:
    """A SKU in it: `pieces` a set. Without a group it is always in, or, where `optional`, added if the buyer wants it.

    `extra`: what it adds to a price of its own, a set and a pick. `weight`: its share of what a set costs in comparison
    with the other parts; None: by list price.
    """

    sku_id: UUID
    pieces: int = 1
    group: str = ""
    optional: bool = False
    extra: int = 0
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class PickGroup:
    """Parts of which the buyer takes `least` to `most`; `again`: one of them may be taken more than once."""

    name: str
    least: int
    most: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class BundleTier:
    """From `count` sets or picks on, a set costs this."""

    count: int
    price: BundlePrice


@dataclass(frozen=True, slots=True)
class BundleSpec:
    """All that a revision of a bundle says. `floor`: what a piece keeps over its cost; None: the shop's."""

    title: str
    kind: str
    parts: tuple[BundlePart, ...]
    price: BundlePrice
    groups: tuple[PickGroup, ...] = ()
    tiers: tuple[BundleTier, ...] = ()
    tiers_by: str = BY_SETS
    delivery: str = WHOLE_OR_NOTHING
    summary: str = ""
    most_sets: int = 10
    floor: int | None = None

    @property
    def required(self) -> tuple[BundlePart, ...]:
        """What each set holds, whatever is picked."""
        return tuple(part for part in self.parts if not part.group and not part.optional)

    def of_group(self, name: str) -> tuple[BundlePart, ...]:
        """The parts of a group, in order."""
        return tuple(part for part in self.parts if part.group == name)

    def part(self, sku_id: UUID) -> BundlePart | None:
        """The part that is this SKU."""
        return next((part for part in self.parts if part.sku_id == sku_id), None)


@dataclass(frozen=True, slots=True)
class BundleView:
    """A bundle with the revision that counts: the one on sale, else the newest."""

    id: UUID
    slug: str
    state: str
    revision_id: UUID
    number: int
    spec: BundleSpec
    position: int
    changed_at: datetime
    #: Set while a newer revision than the one on sale waits to be put on sale.
    newer: bool = False


@dataclass(frozen=True, slots=True)
class Exploded:
    """A wish as lines: SKU and pieces, in the order of parts; `bundle_id` goes with each into the order's lines."""

    bundle_id: UUID
    sets: int
    #: SKU -> how often it is in one set, for those that the buyer chose.
    picks: Mapping[UUID, int]
    lines: tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, slots=True)
class BundleInCart:
    """A bundle whose lines are in a cart: what the evaluator needs of it, and what the order keeps.

    The instance is the bundle's own id: an order holds a bundle once, in as many sets as are wanted.
    """

    cart: CartBundle
    live: Live
    #: The bundle's own revision, also where a campaign's prices it: it says how parts are delivered.
    revision_id: UUID
    title: str
    delivery: str
    #: By SKU; a SKU that is absent counts by its list price.
    weights: Mapping[UUID, int]
    spec: BundleSpec
    #: How often each chosen part is in a set.
    picks: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Wished:
    """A line that is said to be part of a bundle."""

    bundle_id: UUID
    sku_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Costed:
    """A set at what it costs and brings: `cost` None where a part's is not known."""

    list_minor: int
    price_minor: int
    cost: int | None
    picks: Mapping[UUID, int]

    @property
    def margin(self) -> int | None:
        """What is left of the price."""
        return None if self.cost is None else self.price_minor - self.cost


@dataclass(frozen=True, slots=True)
class MarginBox:
    """What the worst and the best choice of one set leave; `below_floor`: the worst is not given at its price.

    `unknown`: SKUs without a known cost; nothing is taken off those.
    """

    worst: Costed
    best: Costed
    below_floor: bool
    unknown: Sequence[UUID]
