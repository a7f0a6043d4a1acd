"""How large and how small the results of arithmetic can be, as powers of two: a proof that doubles suffice. Pure.

Every number of an expression is 0 or of a magnitude from 2^least to 2^most, and a multiple of 2^grain. The grain tells
how small a difference can be that is not 0. All three are bounds: true of every snapshot, not reached by most.
"""

import math
from typing import Final, NamedTuple

from goodfor.risk.language import limits
from goodfor.risk.language.nodes import Arithmetic, Call, Minus, Node, Number

#: Bits of a double behind its leading one.
_BITS: Final = 52


class Range(NamedTuple):
    """Exponents of two, each inclusive."""

    most: int
    least: int
    grain: int

    @property
    def safe(self) -> bool:
        """Far from where doubles end."""
        return self.most <= limits.MOST_EXPONENT and self.least >= limits.LEAST_EXPONENT


_FEATURE: Final = Range(limits.HUGE_EXPONENT, limits.TINY_EXPONENT, limits.TINY_EXPONENT - _BITS)
#: PostgreSQL keeps texts below 2^30 characters.
_LENGTH: Final = Range(30, 0, 0)
_ZERO: Final = Range(0, 0, 0)


def range_of(node: Node) -> Range:
    """Of a node that is a number."""
    match node:
        case Number():
            return _literal(node.value)
        case Minus():
            return range_of(node.part)
        case Arithmetic():
            return _step(node.sign, range_of(node.left), range_of(node.right))
        case Call(function="length"):
            return _LENGTH
        case Call():
            ranges = [range_of(part) for part in node.arguments]
            return Range(max(r.most for r in ranges), min(r.least for r in ranges), min(r.grain for r in ranges))
        case _:
            return _FEATURE


def _literal(value: float) -> Range:
    if value == 0:
        return _ZERO
    exponent = math.frexp(value)[1]
    return Range(exponent, exponent - 1, 1 - value.as_integer_ratio()[1].bit_length())


def _step(sign: str, left: Range, right: Range) -> Range:
    if sign in "+-":
        grain = min(left.grain, right.grain)
        return Range(max(left.most, right.most) + 1, grain, grain)
    if sign == "*":
        least = left.least + right.least
        return Range(left.most + right.most, least, max(left.grain + right.grain, least - _BITS))
    least = left.least - right.most
    return Range(left.most - right.least, least, least - _BITS)
