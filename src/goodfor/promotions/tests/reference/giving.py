"""Section 5: shares, floors, losses and budgets."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from uuid import UUID

from goodfor.promotions.cart_types import Live
from goodfor.promotions.tests.reference.story import Attempt, Story, Took


def half_up(exact: Fraction) -> int:
    """Halves go up."""
    return floor(exact + Fraction(1, 2))


def percent(amount: int, bp: int) -> int:
    return half_up(amount * Fraction(bp, 10_000))


def allocated(total: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder: whole parts first, then a fen each to who lacks most (the earlier one of equals)."""
    exact = [Fraction(total) * weight / sum(weights) for weight in weights]
    shares = [floor(part) for part in exact]
    while sum(shares) < total:
        lacks = [part - share for part, share in zip(exact, shares, strict=True)]
        shares[lacks.index(max(lacks))] += 1
    return shares


def least(story: Story, live: Live, i: int) -> int | None:
    """What a line must keep above cost and floor, in fen; None: its cost is not known."""
    line = story.line(i)
    over = story.shop_floor if live.spec.floor is None else live.spec.floor
    return None if line.cost is None else max(line.quantity * (line.cost + over), line.quantity)


def loss_of(story: Story, live: Live, i: int, share: int) -> int:
    """The part of a share that lies below the floor."""
    keeps = least(story, live, i)
    if keeps is None:
        return share
    above = max(0, story.amount(i) - keeps)
    return max(0, share - above)


def cut_to_floor(story: Story, live: Live, i: int, share: int, may_lose: int | None) -> int:
    """The largest part of a share that the line can bear. `may_lose`: what is left of losses (None: all)."""
    keeps, still = least(story, live, i), story.amount(i)
    above = 0 if keeps is None else max(0, still - keeps)
    if not live.spec.loss_leader:
        return min(share, above)
    bearable = [share, still - story.line(i).quantity]
    if may_lose is not None:
        bearable.append(above + may_lose)
    return max(0, min(bearable))


def held(
    story: Story, live: Live, coupon: UUID | None, wanted: Mapping[int, int], units: Mapping[int, int] | None = None
) -> Attempt:
    """Hold wanted shares (by line) against floors and budget. `wanted` in fen; some of them more than 0."""
    whole = sum(wanted.values())
    shares: dict[int, int] = {}
    lost = 0
    for i in sorted(wanted):
        losses = story.loss_left(live)
        shares[i] = cut_to_floor(story, live, i, wanted[i], None if losses is None else max(0, losses - lost))
        if live.spec.loss_leader:
            lost += loss_of(story, live, i, shares[i])
    if sum(shares.values()) == 0:
        first = min(i for i in wanted if wanted[i] > 0)
        return Attempt("cost_unknown" if story.line(first).cost is None else "floor", whole)
    budget = story.minor_left(live)
    if budget is not None and sum(shares.values()) > budget:
        if not live.spec.cut or budget <= 0:
            return Attempt("budget", whole)
        shares = dict(zip(shares, allocated(budget, list(shares.values())), strict=True))
    took = [
        Took(
            live, coupon, i, share, (units or {}).get(i, 0),
            loss_of(story, live, i, share) if live.spec.loss_leader else 0,
        )
        for i, share in shares.items() if share > 0
    ]  # fmt: skip
    return Attempt("", whole, tuple(took))
