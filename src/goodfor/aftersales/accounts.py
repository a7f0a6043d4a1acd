"""Which ledger accounts compensation moves. Pure.

Source: chart of accounts and entries 2b, 9, 9b and 9c of the finance reference, 3.1 and 3.2. Every line of a grant or
a recovery bears its order, so that what an order earned is the sum of its postings; what is set aside bears none.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from goodfor.ledger.types import Cause, Entry, Line

BANK: Final = "1002:bank:manual"
PAYABLE: Final = "2205:compensation"
EXPENSE: Final = "6711:compensation"
RECOVERED: Final = "6711:recovery"
SALES: Final = "5001:sales:"
DISCOUNTS: Final = "5002:"
#: Who caused an entry on a supplier's claim, so that this room's part of it can be told from others'.
RECOVERY: Final = "aftersales.recovery"


def reserve(pool: str) -> str:
    """What is set aside for compensation. A guarded account: it cannot fall below zero."""
    return f"2801:reserve:{pool}"


def supplier_claim(code: str) -> str:
    """What a supplier is asked to make good."""
    return f"1221:supplier:{code}:claim"


def accrual_entry(*, shop_id: UUID, day: date, pool: str, amount_minor: int, now: datetime) -> Entry:
    """Set aside for a day's sales."""
    lines = (Line(EXPENSE, amount_minor), Line(reserve(pool), -amount_minor))
    return Entry(f"reserve:{shop_id}:{day.isoformat()}", "reserve_accrual", lines, now, ("aftersales.reserve", None))


def approved_entry(
    *, grant_id: UUID, amount_minor: int, reserve_minor: int, pool: str, order_id: UUID, line_id: UUID | None,
    sku_id: UUID | None, now: datetime,
) -> Entry:  # fmt: skip
    """A buyer is owed: what the reserve holds bears it, the rest is expense."""
    lines = []
    if reserve_minor:
        lines.append(Line(reserve(pool), reserve_minor, order_id, line_id, sku_id))
    if amount_minor > reserve_minor:
        lines.append(Line(EXPENSE, amount_minor - reserve_minor, order_id, line_id, sku_id))
    lines.append(Line(PAYABLE, -amount_minor, order_id, line_id, sku_id))
    return Entry(f"comp:{grant_id}", "compensation", tuple(lines), now, ("aftersales.grant", grant_id))


def paid_entry(
    *, grant_id: UUID, amount_minor: int, account: str, order_id: UUID, line_id: UUID | None, sku_id: UUID | None,
    now: datetime,
) -> Entry:  # fmt: skip
    """It is with the buyer: in a wallet, or left the bank."""
    lines = (
        Line(PAYABLE, amount_minor, order_id, line_id, sku_id),
        Line(account, -amount_minor, order_id, line_id, sku_id),
    )
    return Entry(f"comppaid:{grant_id}", "compensation_paid", lines, now, ("aftersales.grant", grant_id))


def recourse_entry(
    *, recovery_id: UUID, account: str, amount_minor: int, order_id: UUID, line_id: UUID, sku_id: UUID, now: datetime
) -> Entry:
    """A supplier is asked to make good."""
    lines = (
        Line(account, amount_minor, order_id, line_id, sku_id),
        Line(RECOVERED, -amount_minor, order_id, line_id, sku_id),
    )
    return Entry(f"comprec:{recovery_id}", "recourse", lines, now, _cause(recovery_id))


def settled_entry(
    *, recovery_id: UUID, key: UUID, account: str, into: str, amount_minor: int, order_id: UUID, line_id: UUID,
    sku_id: UUID, now: datetime,
) -> Entry:  # fmt: skip
    """They made good: `into` the bank, or where the purchase's own money back was booked already."""
    bears = (order_id, line_id, sku_id)
    there = RECOVERED if into == "returned" else BANK
    # What moves a bank bears no order; what an order got back does.
    first = Line(there, amount_minor, *bears) if into == "returned" else Line(there, amount_minor)
    lines = (first, Line(account, -amount_minor, *bears))
    return Entry(f"recovered:{recovery_id}:{key}", "recourse_settled", lines, now, _cause(recovery_id))


def written_off_entry(
    *, recovery_id: UUID, account: str, amount_minor: int, order_id: UUID, line_id: UUID, sku_id: UUID, now: datetime
) -> Entry:
    """They will not: what was counted as recovered is lost after all."""
    lines = (
        Line(RECOVERED, amount_minor, order_id, line_id, sku_id),
        Line(account, -amount_minor, order_id, line_id, sku_id),
    )
    return Entry(f"unrecovered:{recovery_id}", "recourse_written_off", lines, now, _cause(recovery_id))


def _cause(recovery_id: UUID) -> Cause:
    return (RECOVERY, recovery_id)
