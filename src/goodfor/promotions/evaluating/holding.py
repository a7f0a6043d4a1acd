"""Section 5: shares held against floors, budgets of losses, and budgets. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from goodfor.promotions.cart_types import CartLine
from goodfor.promotions.evaluating.arithmetic import allocate
from goodfor.promotions.evaluating.work import Entry, Work


@dataclass(frozen=True, slots=True)
class Held:
    """What is left of shares, line by line, their losses and their sum; `why` where the sum is nothing."""

    shares: Sequence[int]
    losses: Sequence[int]
    given: int
    why: str = ""


def room(line: CartLine, amount: int, floor: int) -> int:
    """What a line at `amount` can give before it comes to its floor; nothing where its cost is not known."""
    if line.cost is None:
        return 0
    keep = max(line.cost + floor, 1) * line.quantity
    return amount - keep if amount > keep else 0


def hold(work: Work, entry: Entry, lines: Sequence[int], wanted: Sequence[int]) -> Held:
    """`wanted`: of each of the lines, not all of it nothing."""
    spec, purse = entry.live.spec, entry.purse
    floor = work.floor if spec.floor is None else spec.floor
    rooms = [room(work.lines[index], work.amounts[index], floor) for index in lines]
    if spec.loss_leader:
        shares = _led(work, lines, wanted, rooms, purse.loss)
    else:
        shares = [want if want < most else most for want, most in zip(wanted, rooms, strict=True)]
    given = sum(shares)
    if given < 1:
        first = next(index for index, want in zip(lines, wanted, strict=True) if want > 0)
        return Held(shares, shares, 0, "cost_unknown" if work.lines[first].cost is None else "floor")
    if purse.minor is not None and given > purse.minor:
        if not spec.cut or purse.minor < 1:
            return Held((), (), 0, "budget")
        given = purse.minor
        shares = allocate(given, shares)
    losses = [max(0, share - most) for share, most in zip(shares, rooms, strict=True)]
    return Held(shares, losses, given)


def _led(work: Work, lines: Sequence[int], wanted: Sequence[int], rooms: Sequence[int], left: int | None) -> list[int]:
    """A loss leader's: down to a fen a piece, below the floor for as long as losses may be made."""
    shares = []
    for index, want, most in zip(lines, wanted, rooms, strict=True):
        share = max(0, min(want, work.amounts[index] - work.lines[index].quantity))
        loss = max(0, share - most)
        if left is not None:
            if loss > left:
                share -= loss - left
                loss = left
            left -= loss
        shares.append(share)
    return shares
