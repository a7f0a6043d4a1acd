"""What goes into a simulation and comes out. Money in minor units. Reached through `types`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from goodfor.promotions.bundle_types import BundleInCart
from goodfor.promotions.cart_types import BuyerNames, Cart


@dataclass(frozen=True, slots=True)
class Replay:
    """An order of the past: its number, who bought, and its cart at list prices when it was placed.

    `bundles`: those whose lines are in it, as they are sold now; `codes`: no line is a top-up; `paid_at` None: at once.
    """

    number: str
    names: BuyerNames
    cart: Cart
    bundles: tuple[BundleInCart, ...] = ()
    codes: bool = True
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a revision would have done. `margin_*`: of lines of known cost in the orders that it
    touched, without it and with it; `gifts`: pieces, which are in `given` at their list price and in `loss` at cost.

    `outcomes`: orders by what became of it; `beside`: campaign -> orders that both touched, and what the other gave.
    `samples`: orders that it gave most to, with what it gave and what they cost then. `stopped`: why it would have
    stopped by itself, before the order `stopped_at`; empty: it would not.
    """

    orders: int
    touched: int
    given: int
    loss: int
    listed: int
    nets: int
    margin_before: int
    margin_after: int
    below: int
    outcomes: Mapping[str, int] = field(default_factory=dict)
    beside: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)
    samples: tuple[tuple[str, int, int], ...] = ()
    gifts: int = 0
    stopped: str = ""
    stopped_at: str = ""
    #: Money that earns points beyond the usual, as often as it does; and points beside.
    more_minor: int = 0
    more_plus: int = 0
