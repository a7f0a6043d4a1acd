"""The mall on pages: a draw with its stretches of numbers, and a play told again."""

from collections.abc import Sequence
from dataclasses import dataclass

from goodfor.mall import odds
from goodfor.mall.types import DrawView, PlayView, PrizeView


@dataclass(frozen=True, slots=True)
class OddsRow:
    """A prize of a draw, and the numbers that are its own: `first` to `last`, counted from 1."""

    prize: PrizeView
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Told:
    """A play told again: its number of how many, whose that is, and whether that prize was gone."""

    play: PlayView
    number: int
    whole: int
    drawn: str
    gone: bool


def rows_of(draw: DrawView) -> list[OddsRow]:
    """In the order of the odds."""
    found, upto = [], 0
    for one in draw.prizes:
        found.append(OddsRow(one, upto + 1, upto + one.wish.weight))
        upto += one.wish.weight
    return found


def tell(draw: DrawView, plays: Sequence[PlayView]) -> list[Told]:
    """By the table that each play keeps."""
    names = {one.id: one.wish.name for one in draw.prizes}
    return [
        Told(one, one.roll + 1, odds.total(one.table), names[one.drawn_id], one.drawn_id != one.prize_id)
        for one in plays
    ]  # fmt: skip
