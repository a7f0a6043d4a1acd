"""What a channel keeps of each payment. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Final
from uuid import UUID

from goodfor.finance import accounts
from goodfor.finance.rules import booking
from goodfor.ledger.shares import allocate
from goodfor.ledger.types import Entry

NAME: Final = "fee"
VERSION: Final = 1
MILLION: Final = 1_000_000


def estimated(amount: int, millionths: int) -> int:
    """What a channel will keep of an amount, rounded half up."""
    return (2 * amount * millionths + MILLION) // (2 * MILLION)


def rounded(exact: Sequence[Decimal], exponent: int) -> list[int]:
    """Exact amounts in minor units that add up to their rounded sum (half up), by largest remainder; ties: the earlier.

    `exact` in units of the currency, of any sign. The statement of room finance does the same in SQL.
    """
    scaled = [one.scaleb(exponent) for one in exact]
    floors = [int(one.to_integral_value(ROUND_FLOOR)) for one in scaled]
    whole = int((sum(scaled, Decimal(0)) + Decimal("0.5")).to_integral_value(ROUND_FLOOR))
    order = sorted(range(len(scaled)), key=lambda i: (-(scaled[i] - floors[i]), i))
    for index in order[: whole - sum(floors)]:
        floors[index] += 1
    return floors


def entry_of(
    *, bill_id: UUID, line: int, amount: int, provider: str, account_code: str, order_id: UUID | None, at: datetime,
    borne: Sequence[tuple[str, int]] = (), had: Mapping[str, int] | None = None, channel: str = "",
) -> Entry | None:  # fmt: skip
    """A payment channel kept `amount` (negative: gave it back). `borne`: (accrued account, price) of who bears it.

    The first of them with an empty account is the platform: shared by price, largest remainder. `had`: what each has
    borne of the order before. `channel`: where the order was sold.
    """
    postings = [
        booking.line(account, part, order_id=order_id, channel=channel)
        for account, part in _bearers(amount, accounts.channel_fee(provider), borne, had or {})
    ]
    postings.append(booking.line(accounts.channel_pending(provider, account_code), -amount, order_id=order_id))
    return booking.entry(
        rule=NAME, version=VERSION, reference=f"fee:{bill_id}:{line}", lines=postings, at=at,
        cause=("finance.fee", bill_id),
    )  # fmt: skip


def _bearers(
    amount: int, own: str, borne: Sequence[tuple[str, int]], had: Mapping[str, int]
) -> list[tuple[str, int]]:  # fmt: skip
    """Who bears how much. Nobody gets back more than it has borne, nor bears more than its goods were sold for.

    A bill can be handed in by one person: what no channel would keep or give back is the platform's to find out, and
    never makes a supplier richer.
    """
    if not borne:
        return [(own, amount)]
    sign = -1 if amount < 0 else 1
    parts = allocate(abs(amount), [price for _account, price in borne])
    return [
        (account if account and 0 <= had.get(account, 0) + sign * part <= price else own, sign * part)
        for (account, price), part in zip(borne, parts, strict=True)
    ]
