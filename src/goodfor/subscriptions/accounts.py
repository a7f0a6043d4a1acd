"""Which ledger accounts subscriptions move. Pure.

Source: entry 22 of the finance reference. Paid: the channel, against what is owed in time. Each day of a period takes
its part of the price from there to income. What is picked is an order that is paid from the same account; its price is
taken off its sales by a contra entry that puts it back, so that picks leave what is owed alone.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.ledger.types import Entry, Line
from goodfor.orders.types import LineView
from goodfor.payments.types import OVERPAID, REFUND_PAYABLE

DEFERRED: Final = "2203:subscription"
INCOME: Final = "5001:sub"
PICKED: Final = "5002:coupon:subscriptions"
#: Kinds of transactions by which periods, not picks, move `DEFERRED`.
DAY, CLOSE, BACK = "sub_day", "sub_close", "refund"


def day_entry(*, run_id: UUID, day: date, currency: str, minor: int, at: datetime) -> Entry | None:
    """A day of all periods of a shop."""
    if not minor:
        return None
    lines = (Line(DEFERRED, minor), Line(INCOME, -minor))
    return Entry(f"subday:{day.isoformat()}:{currency}", DAY, lines, at, ("subscriptions.day", run_id))


def close_entry(*, period_id: UUID, minor: int, now: datetime) -> Entry | None:
    """A period is over before its time: what is left of it and was neither credited nor given back is income."""
    if not minor:
        return None
    lines = (Line(DEFERRED, minor), Line(INCOME, -minor))
    return Entry(f"subclose:{period_id}", CLOSE, lines, now, ("subscriptions.period", period_id))


def refund_entry(*, refund_id: UUID, deferred_minor: int, recognised_minor: int, now: datetime) -> Entry:
    """A refund is decided: first what is still owed in time, then what was income."""
    lines = [
        Line(account, minor) for account, minor in ((DEFERRED, deferred_minor), (INCOME, recognised_minor)) if minor
    ]
    lines.append(Line(REFUND_PAYABLE, -deferred_minor - recognised_minor))
    return Entry(f"refund:{refund_id}", BACK, tuple(lines), now, ("payments.refund", refund_id))


def giving_back_entry(*, refund_id: UUID, minor: int, now: datetime) -> Entry:
    """Money that nobody wanted goes back."""
    lines = (Line(OVERPAID, minor), Line(REFUND_PAYABLE, -minor))
    return Entry(f"refund:{refund_id}", BACK, lines, now, ("payments.refund", refund_id))


def pick_entry(
    *, pick_id: UUID, order_id: UUID, lines: Sequence[LineView], minor: int, channel: str, now: datetime
) -> Entry:
    """An order was paid from what is owed: its price is taken off the sales and owed again."""
    return _contra(f"subpick:{pick_id}", "sub_pick", pick_id, order_id, lines, minor, channel, now)


def pick_back_entry(
    *, refund_id: UUID, pick_id: UUID, order_id: UUID, lines: Sequence[LineView], minor: int, channel: str,
    now: datetime,
) -> Entry:  # fmt: skip
    """Something of a pick's price came back to what is owed: so much less is taken off the sales."""
    return _contra(f"subpickback:{refund_id}", "sub_pick_back", pick_id, order_id, lines, -minor, channel, now)


def _contra(
    reference: str, kind: str, pick_id: UUID, order_id: UUID, lines: Sequence[LineView], minor: int, channel: str,
    now: datetime,
) -> Entry:  # fmt: skip
    weights = [line.net.amount_minor for line in lines]
    parts = Money(minor, lines[0].unit_price.currency).allocate(weights)
    spread = [
        Line(PICKED, part.amount_minor, order_id, line.line_id, line.sku_id, channel=channel)
        for line, part in zip(lines, parts, strict=True)
        if part.amount_minor
    ]
    spread.append(Line(DEFERRED, -minor, order_id=order_id))
    return Entry(reference, kind, tuple(spread), now, ("subscriptions.pick", pick_id))
