"""What the effects of layers 3 and 4 would take off, before floors and budgets. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from goodfor.promotions.cart_types import CartLine
from goodfor.promotions.evaluating.arithmetic import allocate, percent
from goodfor.promotions.spec_types import Effect, FullPercent, FullReduce, Gift, Nth


@dataclass(frozen=True, slots=True)
class Wish:
    """What each line would give, or `pieces` of a gift, or `why` it is nothing; `missing` to the next threshold."""

    wanted: Sequence[int] = ()
    why: str = ""
    pieces: int = 0
    missing: int = 0


def wish(effect: Effect, lines: Sequence[CartLine], amounts: Sequence[int]) -> Wish:
    """Of the lines that may be touched, at what they cost by now; at least one."""
    if isinstance(effect, FullReduce):
        return _reduce(effect, lines, amounts)
    if isinstance(effect, FullPercent):
        return _percent(effect, lines, amounts)
    if isinstance(effect, Nth):
        return _nth(effect, lines, amounts)
    assert isinstance(effect, Gift)
    return _gift(effect, lines, amounts)


def _measure(pieces: bool, lines: Sequence[CartLine], amounts: Sequence[int]) -> int:
    return sum(line.quantity for line in lines) if pieces else sum(amounts)


def _at_most(value: int, *most: int | None) -> int:
    return min([value, *(one for one in most if one is not None)])


def _spread(wanted: int, amounts: Sequence[int], missing: int) -> Wish:
    if wanted < 1:
        return Wish(why="nothing", missing=missing)
    return Wish(allocate(wanted, amounts), missing=missing)


def _reached(effect: FullReduce | FullPercent, reached: int) -> tuple[int | None, int]:
    """The value of the highest tier that is reached, and what is missing to the next."""
    value, missing = None, 0
    for tier in effect.tiers:
        if tier.threshold > reached:
            missing = tier.threshold - reached
            break
        value = tier.value
    return value, missing


def _reduce(effect: FullReduce, lines: Sequence[CartLine], amounts: Sequence[int]) -> Wish:
    whole, reached = sum(amounts), _measure(effect.pieces, lines, amounts)
    value, missing = _reached(effect, reached)
    if value is None:
        return Wish(why="threshold", missing=missing)
    if effect.every:
        threshold = effect.tiers[0].threshold
        value *= reached // threshold
        missing = threshold - reached % threshold
    return _spread(_at_most(value, effect.most, whole), amounts, missing)


def _percent(effect: FullPercent, lines: Sequence[CartLine], amounts: Sequence[int]) -> Wish:
    whole = sum(amounts)
    value, missing = _reached(effect, _measure(effect.pieces, lines, amounts))
    if value is None:
        return Wish(why="threshold", missing=missing)
    return _spread(_at_most(whole - percent(whole, value), effect.most), amounts, missing)


def _nth(effect: Nth, lines: Sequence[CartLine], amounts: Sequence[int]) -> Wish:
    prices = [amount // line.quantity for line, amount in zip(lines, amounts, strict=True)]
    wanted = [0] * len(lines)
    if effect.across:
        pieces = sum(line.quantity for line in lines)
        left, missing = pieces // effect.n, effect.n - pieces % effect.n
        for index in sorted(range(len(lines)), key=prices.__getitem__):
            reduced = min(left, lines[index].quantity)
            wanted[index] = reduced * (prices[index] - percent(prices[index], effect.bp))
            left -= reduced
        reached = pieces >= effect.n
    else:
        missing = min(effect.n - line.quantity % effect.n for line in lines)
        for index, line in enumerate(lines):
            wanted[index] = line.quantity // effect.n * (prices[index] - percent(prices[index], effect.bp))
        reached = any(line.quantity >= effect.n for line in lines)
    if not reached:
        return Wish(why="threshold", missing=missing)
    return Wish(wanted, missing=missing) if sum(wanted) > 0 else Wish(why="nothing", missing=missing)


def _gift(effect: Gift, lines: Sequence[CartLine], amounts: Sequence[int]) -> Wish:
    reached = _measure(effect.by_pieces, lines, amounts)
    if reached < effect.threshold:
        return Wish(why="threshold", missing=effect.threshold - reached)
    times = reached // effect.threshold if effect.every else 1
    missing = effect.threshold - reached % effect.threshold if effect.every else 0
    return Wish(pieces=_at_most(effect.pieces * times, effect.most), missing=missing)
