"""Which ledger accounts a card moves. Pure.

Source: chart of accounts and entry 21 of the finance reference. Sold: the bank, against the debt to whoever holds it,
at the price. Used: the order takes its own price from that debt; where the price of the card was less than its face,
the difference is a discount, where it was more, income. Back: the same the other way round. Revoked: what was still
owed goes back by the bank, or is kept.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.ledger.types import Entry, Line
from goodfor.orders.types import BANK, LineView

DISCOUNT: Final = "5002:coupon:cards"
SURPLUS: Final = "5001:card"


def owed(program_id: UUID) -> str:
    """What is owed to the holders of a program's cards."""
    return f"2203:card:{program_id}"


def sold_entry(*, walk_id: UUID, program_id: UUID, from_serial: int, minor: int, now: datetime) -> Entry | None:
    """Cards became good, and what they cost was paid by the bank; None for those that were given away."""
    if not minor:
        return None
    lines = (Line(BANK, minor), Line(owed(program_id), -minor))
    return Entry(f"cardsale:{walk_id}:{from_serial}", "card_sale", lines, now, ("cards.walk", walk_id))


def used_entry(
    *, use_id: UUID, program_id: UUID, order_id: UUID, lines: Sequence[LineView], minor: int, worth_minor: int,
    channel: str, now: datetime,
) -> Entry | None:  # fmt: skip
    """An order of `minor` was paid by `worth_minor` of a card's price; None where they are the same."""
    return _difference(
        f"carduse:{use_id}", "card_use", use_id, program_id, order_id, lines, minor - worth_minor, channel, now
    )


def back_entry(
    *, refund_id: UUID, use_id: UUID, program_id: UUID, order_id: UUID, lines: Sequence[LineView], minor: int,
    worth_minor: int, channel: str, now: datetime,
) -> Entry | None:  # fmt: skip
    """`minor` of an order came back, and `worth_minor` of the card's price is owed again."""
    return _difference(
        f"cardback:{refund_id}", "card_back", use_id, program_id, order_id, lines, worth_minor - minor, channel, now
    )


def _difference(
    reference: str, kind: str, use_id: UUID, program_id: UUID, order_id: UUID, lines: Sequence[LineView], off: int,
    channel: str, now: datetime,
) -> Entry | None:  # fmt: skip
    """`off` minor units are a discount, below zero its end; at use below zero, and back above, it is income.

    Spread over the lines of the order by their prices.
    """
    if not off:
        return None
    # A surplus at its use is below zero, and its end above.
    account = DISCOUNT if (off > 0) == (kind == "card_use") else SURPLUS
    weights = [line.net.amount_minor for line in lines]
    parts = Money(off, lines[0].unit_price.currency).allocate(weights)
    spread = [
        Line(account, part.amount_minor, order_id, line.line_id, line.sku_id, channel=channel)
        for line, part in zip(lines, parts, strict=True)
        if part.amount_minor
    ]
    spread.append(Line(owed(program_id), -off, order_id=order_id))
    return Entry(reference, kind, tuple(spread), now, ("cards.use", use_id))


def revoked_entry(
    *, reference: str, program_id: UUID, cause: tuple[str, UUID], minor: int, kept: bool, now: datetime
) -> Entry | None:
    """Nothing is owed for revoked cards any more: it went back by the bank, or is kept."""
    if not minor:
        return None
    lines = (Line(owed(program_id), minor), Line(SURPLUS if kept else BANK, -minor))
    return Entry(f"cardrevoke:{reference}", "card_revoke", lines, now, cause)


def late_entry(
    *, refund_id: UUID, use_id: UUID, program_id: UUID, order_id: UUID, minor: int, worth_minor: int, now: datetime
) -> Entry:
    """Something of an order came back after its card was revoked: nobody is owed it, and it is kept."""
    lines = [Line(owed(program_id), minor, order_id=order_id)]
    if minor > worth_minor:
        lines.append(Line(DISCOUNT, worth_minor - minor, order_id=order_id))
    kept = min(minor, worth_minor)
    if kept:
        lines.append(Line(SURPLUS, -kept, order_id=order_id))
    return Entry(f"cardback:{refund_id}", "card_back", tuple(lines), now, ("cards.use", use_id))
