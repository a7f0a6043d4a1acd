"""What of an order is invoiced: what was delivered less what was given back, as the books tell it apart. Pure.

A principal invoices the price. An agent invoices its own fee: the goods are the supplier's to invoice. A card that is
taxed when it is redeemed goes on a paper of its own, without tax (announcement 2016 no. 53). The tax on the lines is
the tax that finance booked, so that the register and the books say the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from goodfor.finance.types import SoldView, TaxOf
from goodfor.invoices import states
from goodfor.invoices.types import LineOf

#: The class on the line of an agent's fee.
AGENCY: Final = "agency"
_AGENT: Final = "agent"
Key = tuple[UUID, int]


class Untaxed(Exception):
    """Goods without a tax class are among it."""


@dataclass(frozen=True, slots=True)
class Papers:
    """The lines of each class of paper; those with nothing left are not there."""

    lines: Mapping[str, tuple[LineOf, ...]]

    @property
    def total(self) -> int:
        """Of all."""
        return sum(line.amount_minor for lines in self.lines.values() for line in lines)


def left(parts: Sequence[SoldView], taxes: Mapping[UUID, TaxOf], names: Mapping[UUID, str]) -> Papers:
    """What may be invoiced, by class and (order line, rate). `names` by order line. Raises Untaxed."""
    found: dict[str, dict[Key, LineOf]] = {paper: {} for paper in states.CLASSES}
    for part in parts:
        amount = part.gross_minor - part.refunded_minor - (part.passed_minor - part.passed_back_minor)
        if amount <= 0:
            continue
        tax = taxes[part.sku_id]
        agent = part.model == _AGENT
        if not agent and not tax.tax_class:
            raise Untaxed
        paper = states.CARD if tax.card_sale and not agent else states.VAT
        key = (part.order_line_id, part.rate_bp)
        before = found[paper].get(key)
        found[paper][key] = LineOf(
            order_line_id=part.order_line_id,
            sku_id=part.sku_id,
            name=names[part.order_line_id],
            quantity=part.quantity + (before.quantity if before else 0),
            tax_class=AGENCY if agent else tax.tax_class,
            rate_bp=part.rate_bp,
            amount_minor=amount + (before.amount_minor if before else 0),
            tax_minor=part.vat_minor - part.vat_back_minor + (before.tax_minor if before else 0),
        )
    return Papers({paper: tuple(lines.values()) for paper, lines in found.items() if lines})


def too_much(invoiced: Iterable[LineOf], now: Iterable[LineOf]) -> list[LineOf]:
    """What lines of an invoice say beyond what is left now: the lines of the red letter that is due."""
    rest = {(line.order_line_id, line.rate_bp): line for line in now}
    found = []
    for line in invoiced:
        kept = rest.get((line.order_line_id, line.rate_bp))
        amount = line.amount_minor - line.reversed_minor - (kept.amount_minor if kept else 0)
        tax = line.tax_minor - line.tax_reversed_minor - (kept.tax_minor if kept else 0)
        if amount > 0:
            found.append(taken(line, amount, max(0, min(tax, amount, line.tax_minor - line.tax_reversed_minor))))
    return found


def rest_of(invoiced: Iterable[LineOf]) -> list[LineOf]:
    """All that is not taken back yet."""
    return [
        taken(line, line.amount_minor - line.reversed_minor, line.tax_minor - line.tax_reversed_minor)
        for line in invoiced
        if line.amount_minor > line.reversed_minor
    ]


def taken(line: LineOf, amount: int, tax: int) -> LineOf:
    """A part of a line, as a line of a red letter."""
    return LineOf(line.order_line_id, line.sku_id, line.name, line.quantity, line.tax_class, line.rate_bp, amount, tax)
