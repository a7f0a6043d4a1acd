"""Delivered: what of the price is whose. Pure.

Below, a delivery books the price as sales and the goods as cost, as a principal does. For a principal what is added is
the VAT in the price, and the input VAT in the cost. For an agent sales and cost leave the books again, and what is
left between them is the fee, with its VAT. Source: finance reference 3.2 (#2 and its principal variant), 3.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.finance import accounts
from goodfor.finance.rules import booking
from goodfor.finance.rules.facts import LineFacts, Part, Terms
from goodfor.finance.rules.vat import included
from goodfor.finance.states import AGENT
from goodfor.ledger.shares import allocate
from goodfor.ledger.types import Entry, Line

NAME: Final = "delivered"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """Units of a line that came under one contract, and what they had cost: a weight, the books say how much it was."""

    terms: Terms
    units: int
    cost: int = 0


def parts_of(*, quantity: int, gross: int, cost: int, discount: int, origins: Sequence[Origin]) -> tuple[Part, ...]:
    """The parts of a line, each as its contract counts it: price by the units found, cost by what these had cost."""
    found = allocate(quantity, [one.units for one in origins])
    kept = [(one, units) for one, units in zip(origins, found, strict=True) if units]
    weights = [units for _one, units in kept]
    costs = [one.cost for one, _units in kept]
    shared = zip(
        kept, allocate(gross, weights), allocate(cost, costs if sum(costs) else weights), allocate(discount, weights),
        strict=True,
    )  # fmt: skip
    return tuple(
        counted(Part(number, one.terms, units, price, spent, less))
        for number, ((one, units), price, spent, less) in enumerate(shared)
    )


def counted(part: Part) -> Part:
    """What of the price is VAT, fee, passed on; of an agent they add up to the price.

    An agent who sold below cost passes on the price; what the goods cost beyond stays a cost.
    """
    if part.terms.model == AGENT:
        passed = min(part.cost, part.gross)
        vat = included(part.gross - passed, part.terms.rate_bp)
        return replace(part, passed=passed, vat=vat, fee=part.gross - passed - vat)
    vat = included(part.gross, part.terms.rate_bp)
    return replace(part, vat=vat, input=included(part.cost, part.terms.input_bp))


def entry_of(*, order_id: UUID, lines: Sequence[LineFacts], at: datetime) -> Entry | None:
    """What is booked besides the delivery itself; None where there is nothing to tell apart."""
    postings: list[Line] = []
    for one in lines:
        for part in one.parts:
            postings += _part_lines(order_id, one, part)
    return booking.entry(
        rule=NAME, version=VERSION, reference=f"fin:deliver:{order_id}", lines=postings, at=at,
        cause=(booking.FOLLOWING, order_id),
    )  # fmt: skip


def _part_lines(order_id: UUID, line: LineFacts, part: Part) -> list[Line]:
    def at(account: str, amount: int) -> Line:
        return booking.line(account, amount, order_id=order_id, line_id=line.line_id, sku_id=line.sku_id)

    if part.terms.model == AGENT:
        return [
            at(accounts.SALES, part.gross),
            at(accounts.COST_OF_SALES, -part.passed),
            at(accounts.AGENCY_FEE, -part.fee),
            at(accounts.VAT_OUTPUT, -part.vat),
        ]
    return [
        at(accounts.SALES, part.vat),
        at(accounts.VAT_OUTPUT, -part.vat),
        at(accounts.VAT_INPUT, part.input),
        at(accounts.COST_OF_SALES, -part.input),
    ]
