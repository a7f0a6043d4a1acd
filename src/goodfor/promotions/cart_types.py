"""What goes into the evaluator and comes out. Money in minor units of one currency. Reached through `types`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.promotions.spec_types import Spec

APPLIED, CUT = "applied", "cut"
#: Why a revision gave nothing, as in docs/promotions.md.
REASONS: Final = (
    "window", "channel", "coupon", "choice", "audience", "used_up", "exclusive", "category", "threshold", "nothing",
    "better", "activity", "bundle", "node_first", "node_best", "node_least", "per_order", "floor", "cost_unknown",
    "budget", "gift_gone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CartLine:
    """Some of a SKU. `cost` a piece, None where it is not known; `bundle` is the instance that it is part of."""

    sku_id: UUID
    product_id: UUID
    category_id: UUID
    quantity: int
    price: int
    cost: int | None
    bundle: UUID | None = None
    #: Of a bundle: its share of the set's price in comparison with the other parts; None: by price.
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class CartBundle:
    """An instance in the cart: which revision prices it, and how many sets."""

    instance: UUID
    revision_id: UUID
    sets: int


@dataclass(frozen=True, slots=True)
class Presented:
    """A coupon that the buyer wants to use, in his order; `campaign_id` is whose it is."""

    coupon_id: UUID
    campaign_id: UUID


@dataclass(frozen=True, slots=True)
class Choice:
    """A group or a bargain that the cart is for: its SKU and its price a piece."""

    campaign_id: UUID
    sku_id: UUID
    price: int


@dataclass(frozen=True, slots=True)
class BuyerNames:
    """Who buys, by all names that limits know; opaque references and hashes. Empty: not known.

    `cluster`: the group of linked accounts that he is of; groups and bargains count it as one person. `whole`: this is
    all that there is of him, as when he orders; a limit of a name that he has not gives him nothing.
    """

    buyer_ref: str
    device: str = ""
    address: str = ""
    phone: str = ""
    cluster: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Cart:
    """All that a price depends on, but the plan. `facts`: of the buyer, by name; what is missing is not known."""

    lines: tuple[CartLine, ...]
    channel: str
    now: datetime
    facts: Mapping[str, int | bool | frozenset[str]] = field(default_factory=dict)
    coupons: tuple[Presented, ...] = ()
    choices: tuple[Choice, ...] = ()
    bundles: tuple[CartBundle, ...] = ()


@dataclass(frozen=True, slots=True)
class GiftOffer:
    """A gift that can be had: its list price and cost a piece, and what is in stock. Absent: gift_gone."""

    sku_id: UUID
    price: int
    cost: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Left:
    """What a revision may still give to this buyer: the least of all its limits. None: no limit."""

    uses: int | None = None
    minor: int | None = None
    loss: int | None = None
    units: Mapping[UUID, int] = field(default_factory=dict)
    #: For SKUs that `units` does not name.
    units_each: int | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """A live revision with what it has left."""

    campaign_id: UUID
    revision_id: UUID
    name: str
    spec: Spec
    left: Left = Left()


@dataclass(frozen=True, slots=True)
class Share:
    """What one revision took off one line; `coupon_id` by which coupon. `units`: pieces at an activity price."""

    line: int
    campaign_id: UUID
    revision_id: UUID
    minor: int
    units: int = 0
    coupon_id: UUID | None = None
    #: The part of it that lies below the floor.
    loss: int = 0


@dataclass(frozen=True, slots=True)
class GiftLine:
    """What is given on top: a line at its list price, less all of it."""

    campaign_id: UUID
    revision_id: UUID
    sku_id: UUID
    pieces: int
    price: int
    #: Indices of the lines that earned it.
    earned_by: tuple[int, ...]
    #: Its pieces at cost: what is counted against the campaign's budget of losses.
    loss: int = 0


@dataclass(frozen=True, slots=True)
class Extra:
    """A line that earns more points: `times_bp` of 10,000 of the usual, and `plus` for the order, told once."""

    line: int
    campaign_id: UUID
    revision_id: UUID
    times_bp: int
    plus: int


@dataclass(frozen=True, slots=True)
class Traced:
    """One revision (and coupon) that was looked at: `outcome` is applied, cut, or one of REASONS."""

    campaign_id: UUID
    revision_id: UUID
    outcome: str
    wanted: int = 0
    given: int = 0
    coupon_id: UUID | None = None
    #: To the next tier (or the next time): fen, or pieces where the effect counts pieces. 0: nothing to say.
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Priced:
    """The price of a cart: `nets` a line in its order, shares, gifts, the trace in the order things were done."""

    nets: tuple[int, ...]
    shares: tuple[Share, ...]
    gifts: tuple[GiftLine, ...]
    trace: tuple[Traced, ...]
    extras: tuple[Extra, ...] = ()

    @property
    def total(self) -> int:
        """What the buyer pays, in minor units."""
        return sum(self.nets)
