"""Of which lines a refund of a delivered order is."""

from uuid import UUID

from goodfor.ledger import queries as ledger
from goodfor.ledger.shares import refund_steps
from goodfor.orders import accounts, store
from goodfor.orders.types import LineRow


def sales_back(
    shop_id: UUID, order_id: UUID, amount_minor: int, line_id: UUID | None = None
) -> list[tuple[LineRow, int]]:
    """(line, part) that add up to the amount: a claim's own line first, the rest, or all of it, by what lines cost.

    By the rule of `ledger.shares` over all refunds so far, which the books tell: at the end each line has given back
    its price. Nothing for orders whose delivery was booked without lines. Raises ValueError when more goes back than
    is left. The caller holds the order's row.
    """
    lines = store.lines_of(shop_id, order_id)
    if len(lines) == 1:
        return [(lines[0], amount_minor)]
    sold, back = dict.fromkeys([line.id for line in lines], 0), dict.fromkeys([line.id for line in lines], 0)
    for one in ledger.postings_of_order(shop_id, order_id):
        if one.account != accounts.SALES or one.kind not in ("delivery", "refund"):
            continue
        if one.order_line_id not in sold:
            return []
        if one.kind == "delivery":
            sold[one.order_line_id] -= one.amount_minor
        else:
            back[one.order_line_id] += one.amount_minor
    steps = dict.fromkeys(sold, 0)
    if line_id is not None:
        steps[line_id] = min(sold[line_id] - back[line_id], amount_minor)
    rest = amount_minor - sum(steps.values())
    if rest:
        after = [back[line.id] + steps[line.id] for line in lines]
        for line, step in zip(lines, refund_steps([sold[one.id] for one in lines], after, rest), strict=True):
            steps[line.id] += step
    return [(line, steps[line.id]) for line in lines if steps[line.id]]
