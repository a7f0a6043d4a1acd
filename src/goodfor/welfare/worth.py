"""What goods cost in units, and what units buy. A unit is a minor unit. Pure."""

from typing import Final

#: Half on top is the most that a shop may ask for its work.
MOST_MARKUP_BP: Final = 5_000
#: Of one prepayment, one grant's line or one rule: ten million yuan.
MOST_MINOR: Final = 10**9
_WHOLE: Final = 10_000


def priced(minor: int, markup_bp: int) -> int:
    """Units that a price of `minor` costs: with the markup, rounded half up to the minor unit."""
    return (minor * (_WHOLE + markup_bp) * 2 + _WHOLE) // (2 * _WHOLE)


def buys(units: int, markup_bp: int) -> int:
    """The most of a price that so many units pay: `priced` of it is at most `units`."""
    minor = units * _WHOLE // (_WHOLE + markup_bp)
    return minor + 1 if priced(minor + 1, markup_bp) <= units else minor


def back(units: int, minor: int, back_minor: int) -> int:
    """Of `units` that paid `minor`, those that return once `back_minor` of it has: all with all, else rounded down."""
    return units if back_minor >= minor else units * back_minor // minor
