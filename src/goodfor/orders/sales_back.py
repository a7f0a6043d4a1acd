"""Of which lines a refund of a delivered order is, and which discounts go back with it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.ledger import queries as ledger
from goodfor.ledger.shares import refund_steps
from goodfor.ledger.types import Entry
from goodfor.orders import accounts, store
from goodfor.orders.accounts import Discounts, LineBack
from goodfor.orders.types import LineRow
from goodfor.payments.types import RefundView


def sales_back(
    shop_id: UUID, order_id: UUID, amount_minor: int, line_id: UUID | None = None, whole: Sequence[UUID] = ()
) -> list[LineBack]:
    """Parts of lines that add up to the amount: a claim's own line first, the rest, or all of it, by what lines cost.

    `whole`: lines all of which is in it.

    By the rule of `ledger.shares` over all refunds so far, which the books tell: at the end each line has given back
    its price. Nothing for orders whose delivery was booked without lines. Raises ValueError when more goes back than
    is left. The caller holds the order's row.
    """
    lines = store.lines_of(shop_id, order_id)
    discounted = any(line.discount_minor for line in lines)
    if len(lines) == 1 and not discounted:
        return [LineBack(lines[0], amount_minor)]
    told = _booked(shop_id, order_id, lines)
    if told is None:
        return []
    sold, back = told
    steps = dict.fromkeys(sold, 0)
    if line_id is not None:
        steps[line_id] = min(sold[line_id] - back[line_id], amount_minor)
    steps |= {one: sold[one] - back[one] for one in whole}
    rest = amount_minor - sum(steps.values())
    if rest:
        after = [back[line.id] + steps[line.id] for line in lines]
        for line, step in zip(lines, refund_steps([sold[one.id] for one in lines], after, rest), strict=True):
            steps[line.id] += step
    if not discounted:
        return [LineBack(line, steps[line.id]) for line in lines if steps[line.id]]
    off = store.discounts_of(shop_id, order_id)
    return _with_discounts(lines, off, sold, back, steps)


def _booked(shop_id: UUID, order_id: UUID, lines: Sequence[LineRow]) -> tuple[dict[UUID, int], dict[UUID, int]] | None:
    """What each line was sold for, less its discounts, and what of that was given back; None where nobody knows."""
    sold, back = dict.fromkeys([line.id for line in lines], 0), dict.fromkeys([line.id for line in lines], 0)
    for one in ledger.postings_of_order(shop_id, order_id):
        if one.account not in (accounts.SALES, accounts.DISCOUNTS, accounts.REDEEMED) or one.kind not in (
            "delivery",
            "refund",
        ):
            continue
        if one.order_line_id not in sold:
            return None
        if one.kind == "delivery":
            sold[one.order_line_id] -= one.amount_minor
        else:
            back[one.order_line_id] += one.amount_minor
    return sold, back


def _with_discounts(
    lines: Sequence[LineRow], off: Discounts, sold: dict[UUID, int], back: dict[UUID, int], steps: dict[UUID, int]
) -> list[LineBack]:
    """With what of each discount goes back: as much of it, rounded down, as of the price so far, less what did before.

    So a discount is back whole exactly when the price is. A gift has no price: it goes with the whole order.
    """
    whole, before, now = sum(sold.values()), sum(back.values()), sum(back.values()) + sum(steps.values())
    parts = []
    for line in lines:
        of, then, since = sold[line.id], back[line.id], back[line.id] + steps[line.id]
        if not of:
            of, then, since = whole, before, now
        told = off.get(line.id, {}).items()
        discounts = {campaign_id: minor * since // of - minor * then // of for campaign_id, minor in told}
        if steps[line.id] or any(discounts.values()):
            parts.append(LineBack(line, steps[line.id], discounts))
    return parts


def sales_back_entry(
    shop_id: UUID, order: store.LockedOrder, refund: RefundView, line_id: UUID | None, now: datetime,
    whole: Sequence[UUID] = (),
) -> Entry:  # fmt: skip
    """What a refund of a delivered order books, line by line; `line_id`, `whole`: whose price it is first of all."""
    amount = refund.amount.amount_minor
    return accounts.refund_of_sales_entry(
        refund_id=refund.id, order_id=order.id, amount_minor=amount, channel=order.channel, now=now,
        parts=sales_back(shop_id, order.id, amount, line_id, whole),
    )  # fmt: skip
