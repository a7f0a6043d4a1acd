"""What each decision would do to money, before it is made. Pure."""

from collections.abc import Sequence
from typing import Final

from goodfor.aftersales import states
from goodfor.aftersales.desk_types import Effect
from goodfor.aftersales.term_reads import owed
from goodfor.aftersales.types import Compensation
from goodfor.kernel.money import Money

#: Those that a person chooses between; asking costs nothing.
CHOICES: Final = (states.REFUND, states.REPLACE, states.VOID_REFUND, states.REJECT)


def promised_beyond(terms: Compensation, reason: str, price: Money, total: Money) -> Money:
    """What is promised beyond the refund for a proven claim, before the cap of the day; `price` of the bad units."""
    base = price if terms.base == "price" else total
    return Money(owed(terms, reason, base.amount_minor), price.currency)


def effects_of(
    *, amount: Money, left: Money, units: int, unit_cost: Money | None, extra: Money, supplier: bool
) -> Sequence[Effect]:
    """Of each choice. `left`: what may still be given back of the order; `supplier`: it can be asked to bear it."""
    none = Money.zero(amount.currency)
    back = min(amount, left, key=lambda one: one.amount_minor)
    bearer = "supplier" if supplier else "shop"
    cost = None if unit_cost is None else unit_cost * units
    return (
        Effect(states.REFUND, back, none, extra, bearer),
        Effect(states.REPLACE, none, cost, extra, bearer),
        # What the supplier takes back it gives back, too: there is nothing left to bear.
        Effect(states.VOID_REFUND, back, none, none, "supplier"),
        Effect(states.REJECT, none, none, none, ""),
    )
