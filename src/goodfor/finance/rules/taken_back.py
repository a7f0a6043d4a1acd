"""Goods went back on the shelf at their cost: the input VAT in it goes back, too. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from goodfor.finance import accounts
from goodfor.finance.rules import booking
from goodfor.finance.rules.facts import LineFacts, Moved, Part
from goodfor.ledger.shares import refund_steps
from goodfor.ledger.types import Entry, Line

NAME: Final = "taken_back"
VERSION: Final = 1


def give_back(line: LineFacts, cost: int) -> LineFacts:
    """The line after goods of that cost went back; what is beyond the cost of its parts (replacements) is left out."""
    costs, back = [part.cost for part in line.parts], [part.cost_back for part in line.parts]
    cost = min(cost, sum(costs) - sum(back))
    if cost <= 0:
        return line
    steps = refund_steps(costs, back, cost)
    return replace(line, parts=tuple(_part_back(part, step) for part, step in zip(line.parts, steps, strict=True)))


def _part_back(part: Part, cost: int) -> Part:
    back = part.cost_back + cost
    target = part.input * back // part.cost if part.cost else 0
    return replace(part, cost_back=back, input_back=max(part.input_back, target))


def entry_of(
    *, order_id: UUID, moved: Moved, before: Mapping[UUID, LineFacts], after: Sequence[LineFacts]
) -> Entry | None:
    """What is booked besides; None where no input VAT was."""
    postings: list[Line] = []
    for line in after:
        back = sum(part.input_back for part in line.parts) - sum(p.input_back for p in before[line.line_id].parts)
        for account, amount in ((accounts.COST_OF_SALES, back), (accounts.VAT_INPUT, -back)):
            postings.append(booking.line(account, amount, order_id=order_id, line_id=line.line_id, sku_id=line.sku_id))
    return booking.entry(
        rule=NAME, version=VERSION, reference=f"fin:{moved.reference}", lines=postings, at=moved.effective_at,
        cause=(booking.FOLLOWING, order_id),
    )  # fmt: skip
