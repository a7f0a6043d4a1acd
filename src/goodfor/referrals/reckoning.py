"""What an order earns, line by line, and what of it goes back with the order. Whole minor units. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from goodfor.referrals.states import FIRST, FRIEND, SECOND_LEVEL
from goodfor.referrals.types import Level, Terms

#: In which order the margin of a line is given away.
TURNS: Final = (FIRST, FRIEND, SECOND_LEVEL)


@dataclass(frozen=True, slots=True)
class Sold:
    """A line as the books know it: the money it brought (net of discounts, units and what went back), and its cost."""

    line_id: UUID
    sku_id: UUID
    quantity: int
    net: int
    cost: int
    campaigns: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one level gets for one line."""

    line_id: UUID
    sku_id: UUID
    level: int
    base: int
    bp: int
    minor: int


def wanted(terms: Terms, lines: Sequence[Sold], levels: Iterable[int]) -> list[Wanted]:
    """For each line and level what is promised, as far as the margin above the floor reaches. Nothing: no row."""
    lines = [line for line in lines if line.net > 0]
    if not lines or sum(line.net for line in lines) < terms.least_minor:
        return []
    asked = set(levels)
    room = {line.line_id: max(line.net - line.cost - terms.floor_minor * line.quantity, 0) for line in lines}
    found: list[Wanted] = []
    for level in (one for one in TURNS if one in asked):
        promised = _level(terms, level)
        fixed = shares(promised.minor, [line.net for line in lines])
        for line, extra in zip(lines, fixed, strict=True):
            bp = _bp(terms, line, promised.bp) if level == FIRST else promised.bp
            minor = min(line.net * bp // 10_000 + extra, room[line.line_id])
            if minor > 0:
                room[line.line_id] -= minor
                found.append(Wanted(line.line_id, line.sku_id, level, line.net, bp, minor))
    return found


def _level(terms: Terms, level: int) -> Level:
    return {FRIEND: terms.friend, FIRST: terms.first, SECOND_LEVEL: terms.second}[level]


def _bp(terms: Terms, line: Sold, usual: int) -> int:
    special = [terms.campaign_bp[one] for one in line.campaigns if one in terms.campaign_bp]
    return min(special) if special else terms.sku_bp.get(line.sku_id, usual)


def shares(minor: int, weights: Sequence[int]) -> list[int]:
    """An amount by weights, by largest remainder, ties to the earlier; their sum is the amount."""
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    parts = [minor * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(minor * weights[i] % whole), i))
    for i in order[: minor - sum(parts)]:
        parts[i] += 1
    return parts


def gone(amount: int, base: int, left: int) -> int:
    """How much of a reward goes back when of the `base` it was reckoned from only `left` is still there.

    It depends on what is left alone, not on the steps: partial refunds in any order end the same.
    """
    return amount - amount * min(max(left, 0), base) // base if base > 0 else 0
