"""What goes into a simulation and comes out. Money in minor units. Reached through `types`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from goodfor.promotions.cart_types import Cart


@dataclass(frozen=True, slots=True)
class Replay:
    """An order of the past: its number, who bought, and its cart at list prices when it was placed."""

    number: str
    buyer: str
    cart: Cart


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a revision would have done. `margin_*`: of lines of known cost in the orders that it
    touched, without it and with it.

    `outcomes`: orders by what became of it; `beside`: campaign -> orders that both touched, and what the other gave.
    `samples`: orders that it gave most to, with what it gave and what they cost then.
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
