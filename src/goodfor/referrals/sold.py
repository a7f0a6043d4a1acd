"""What the lines of an order brought and cost, by the books."""

from collections import defaultdict
from typing import Final
from uuid import UUID

from goodfor.ledger import queries as ledger
from goodfor.loyalty.types import REDEEMED
from goodfor.orders.types import OrderView
from goodfor.referrals.reckoning import Sold, shares

#: Kinds of entries that are a sale or its end; VAT and shares of parties move the same accounts later.
_SALE: Final = frozenset({"delivery", "refund"})
_COSTS: Final = "5401:"
#: Sales less what campaigns took off and what units met: what is left is money.
_NET: Final = ("5001:sales:", "5002:", REDEEMED)


def sold_lines(shop_id: UUID, order: OrderView) -> list[Sold]:
    """Line by line: money that it brought, less what was refunded of it, cost, and campaigns that took something off.

    What was refunded without saying of which line is taken off all by what each had brought.
    """
    net: dict[UUID, int] = defaultdict(int)
    cost: dict[UUID, int] = defaultdict(int)
    campaigns: dict[UUID, set[UUID]] = defaultdict(set)
    loose = 0
    for one in ledger.postings_of_order(shop_id, order.id):
        if one.layer:
            continue
        if one.account.startswith(_COSTS) and one.order_line_id:
            cost[one.order_line_id] += one.amount_minor
        if one.kind not in _SALE or not one.account.startswith(_NET):
            continue
        if one.order_line_id is None:
            loose += one.amount_minor
            continue
        net[one.order_line_id] -= one.amount_minor
        if one.campaign_id is not None:
            campaigns[one.order_line_id].add(one.campaign_id)
    lines = order.lines
    off = shares(max(loose, 0), [max(net[line.line_id], 0) for line in lines])
    return [
        Sold(
            line.line_id, line.sku_id, line.quantity, max(net[line.line_id] - less, 0), cost[line.line_id],
            frozenset(campaigns[line.line_id]),
        )
        for line, less in zip(lines, off, strict=True)
    ]  # fmt: skip
