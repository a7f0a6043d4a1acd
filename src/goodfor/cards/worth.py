"""What of a card's price is still owed. Pure.

A card stands in the books at what was paid for it, not at its face: as its face is used up, the same part of the price
is. Each step is the difference of two states, so that nothing is lost to rounding.
"""

from typing import Final

from goodfor.cards.states import ACTIVE, EXPIRED

#: States in which something is owed for a card.
OWED: Final = (ACTIVE, EXPIRED)
#: Most minor units of a price or a face: their product fits into 63 bits.
MOST: Final = 1_000_000_000


def worth(price_minor: int, basis_minor: int, remaining_minor: int) -> int:
    """Minor units of the price that are still owed for a card that is good.

    `basis_minor`: what all of it is good for; 0: goods that nobody has fetched yet, for which all of the price is owed.
    """
    return price_minor * remaining_minor // basis_minor if basis_minor else price_minor


def after_use(price_minor: int, basis_minor: int, remaining_minor: int, minor: int) -> tuple[int, int, int]:
    """An order of `minor` was paid: the new basis and rest, and how much of the price that used up.

    Goods have no face before they are fetched: then it is what they cost. Raises ValueError where there is not so much.
    """
    before = worth(price_minor, basis_minor, remaining_minor)
    if not basis_minor:
        return minor, 0, before
    if not 0 < minor <= remaining_minor:
        raise ValueError("there is not so much on the card")
    rest = remaining_minor - minor
    return basis_minor, rest, before - worth(price_minor, basis_minor, rest)


def after_return(
    price_minor: int, basis_minor: int, remaining_minor: int, minor: int, *, goods: bool
) -> tuple[int, int, int]:  # fmt: skip
    """`minor` came back: the new basis and rest, and how much of the price is owed again.

    `goods`: once all is back, the card is good for them again, whatever they cost by then; a part of their price is
    money to be spent in the shop. Raises ValueError for more than was used.
    """
    rest = remaining_minor + minor
    if minor <= 0 or rest > basis_minor:
        raise ValueError("more than was used")
    before = worth(price_minor, basis_minor, remaining_minor)
    if goods and rest == basis_minor:
        return 0, 0, price_minor - before
    return basis_minor, rest, worth(price_minor, basis_minor, rest) - before
