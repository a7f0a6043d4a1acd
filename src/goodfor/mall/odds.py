"""Odds of a draw: a table of prizes, a roll, and what the roll gives. Pure.

Each prize has a stretch of the numbers from 0 to the sum of all weights, in the order of the table. A roll is in one of
them. What is gone keeps its stretch, and gives the consolation prize instead: nobody's odds of anything else change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Chance:
    """A prize in the table as it is at a moment. `left`: it can be won."""

    prize_id: UUID
    weight: int
    left: bool
    consolation: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """In whose stretch a roll is, and what it gives."""

    drawn: UUID
    given: UUID


def total(table: Sequence[Chance]) -> int:
    """The sum of all weights: rolls are below it."""
    return sum(one.weight for one in table)


def hit(table: Sequence[Chance], roll: int) -> Hit:
    """What a roll gives. ValueError for a roll that is none, or a table without a consolation prize."""
    consolation = [one.prize_id for one in table if one.consolation]
    if len(consolation) != 1 or not 0 <= roll < total(table):
        raise ValueError("no such roll")
    end = 0
    for one in table:
        end += one.weight
        if roll < end:
            return Hit(one.prize_id, one.prize_id if one.left else consolation[0])
    raise AssertionError("a roll is below the sum")


def shares(table: Sequence[Chance]) -> dict[UUID, Fraction]:
    """What each prize's odds are now; they come to 1. What is gone has none, the consolation prize has them too."""
    whole = total(table)
    gone = sum(one.weight for one in table if not one.left)
    return {
        one.prize_id: Fraction((one.weight if one.left else 0) + (gone if one.consolation else 0), whole)
        for one in table
    }


def to_json(table: Sequence[Chance]) -> list[dict[str, Any]]:
    """As a play keeps it."""
    return [
        {"prize": str(one.prize_id), "weight": one.weight, "left": one.left, "consolation": one.consolation}
        for one in table
    ]


def from_json(stored: Sequence[dict[str, Any]]) -> tuple[Chance, ...]:
    """As it was when somebody played."""
    return tuple(Chance(UUID(one["prize"]), one["weight"], one["left"], one["consolation"]) for one in stored)
