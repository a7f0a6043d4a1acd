"""Whole numbers only. Pure."""

from collections.abc import Sequence
from typing import Final

WHOLE_BP: Final = 10_000


def percent(minor: int, bp: int) -> int:
    """`bp` of 10,000 of a non-negative amount, rounded half up."""
    return (2 * minor * bp + WHOLE_BP) // (2 * WHOLE_BP)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Shares by largest remainder, ties to the earlier one; they add up to `amount`. Weights not all zero."""
    if len(weights) == 1:
        return [amount]
    total = sum(weights)
    parts = [amount * weight // total for weight in weights]
    rest = amount - sum(parts)
    if rest:
        remainders = [amount * weight % total for weight in weights]
        for index in sorted(range(len(weights)), key=lambda i: -remainders[i])[:rest]:
            parts[index] += 1
    return parts
