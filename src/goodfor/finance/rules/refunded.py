"""A part of the price goes back: each line, each of its parts and all that was made of the price give back their share.

By the rule of `ledger.shares`: cumulative targets, never negative, never more than there was, exact after all of it.
Pure. Below, a refund takes its amount from the sales; of an agent most of that was never sales.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from goodfor.finance import accounts
from goodfor.finance.rules import booking
from goodfor.finance.rules.facts import LineFacts, Moved, Part
from goodfor.finance.states import AGENT
from goodfor.ledger.shares import refund_steps
from goodfor.ledger.types import Entry, Line

NAME: Final = "refunded"
VERSION: Final = 1


def by_line(lines: Sequence[LineFacts], amount: int, line_id: UUID | None) -> dict[UUID, int]:
    """How much of a refund each line gives back. A claim's own line first; the rest, or all of it, by what they cost.

    Raises ValueError when more goes back than is left.
    """
    steps: dict[UUID, int] = {}
    own = next((one for one in lines if one.line_id == line_id), None)
    taken = min(own.left, amount) if own is not None else 0
    if own is not None and taken:
        steps[own.line_id] = taken
    rest = amount - taken
    if rest:
        after = [one.refunded + steps.get(one.line_id, 0) for one in lines]
        more = refund_steps([one.gross for one in lines], after, rest)
        for one, step in zip(lines, more, strict=True):
            if step:
                steps[one.line_id] = steps.get(one.line_id, 0) + step
    return steps


def give_back(line: LineFacts, amount: int) -> LineFacts:
    """The line after it gave back so much of its price."""
    steps = refund_steps([part.gross for part in line.parts], [part.refunded for part in line.parts], amount)
    return replace(line, parts=tuple(_part_back(part, step) for part, step in zip(line.parts, steps, strict=True)))


def _part_back(part: Part, amount: int) -> Part:
    if not amount:
        return part
    if part.terms.model == AGENT:
        passed, fee, vat = refund_steps(
            [part.passed, part.fee, part.vat], [part.passed_back, part.fee_back, part.vat_back], amount
        )
    else:
        vat, _net = refund_steps(
            [part.vat, part.gross - part.vat], [part.vat_back, part.refunded - part.vat_back], amount
        )
        passed = fee = 0
    return replace(
        part, refunded=part.refunded + amount, passed_back=part.passed_back + passed, fee_back=part.fee_back + fee,
        vat_back=part.vat_back + vat,
    )  # fmt: skip


def entry_of(
    *, order_id: UUID, moved: Moved, before: Mapping[UUID, LineFacts], after: Sequence[LineFacts]
) -> Entry | None:
    """What is booked besides the refund itself, from what each part had given back before and has now."""
    postings: list[Line] = []
    for line in after:
        for was, now in zip(before[line.line_id].parts, line.parts, strict=True):
            postings += _part_lines(order_id, line, was, now)
    return booking.entry(
        rule=NAME, version=VERSION, reference=f"fin:{moved.reference}", lines=postings, at=moved.effective_at,
        cause=(booking.FOLLOWING, order_id),
    )  # fmt: skip


def _part_lines(order_id: UUID, line: LineFacts, was: Part, now: Part) -> list[Line]:
    def at(account: str, amount: int) -> Line:
        return booking.line(account, amount, order_id=order_id, line_id=line.line_id, sku_id=line.sku_id)

    vat = now.vat_back - was.vat_back
    if now.terms.model != AGENT:
        return [at(accounts.VAT_OUTPUT, vat), at(accounts.SALES, -vat)]
    return [
        at(accounts.SALES, -(now.refunded - was.refunded)),
        at(accounts.COST_OF_SALES, now.passed_back - was.passed_back),
        at(accounts.AGENCY_FEE, now.fee_back - was.fee_back),
        at(accounts.VAT_OUTPUT, vat),
    ]
