"""Which ledger accounts a sale moves (principal model: the shop owns its codes). Pure.

Source: chart of accounts, finance reference 3.1 and entries 3.2 (#1, #2 principal variant, #5a, #5b, #6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from goodfor.delivery.types import Delivered
from goodfor.ledger.types import Entry, Line
from goodfor.loyalty.types import REDEEMED as REDEEMED
from goodfor.orders.types import BANK as BANK
from goodfor.orders.types import LineRow

ORDER_LIABILITY: Final = "2203:order"
REFUND_PAYABLE: Final = "2205:refund"
OVERPAID: Final = "2205:overpay"
SALES: Final = "5001:sales:codes"
#: What campaigns took off; which one is a dimension of the posting.
DISCOUNTS: Final = "5002:coupon:campaigns"
#: Stands where a campaign stands in the shares of an order: what units met of its price. No campaign has it.
CREDIT_PART: Final = UUID("00000000-0000-0000-0000-00000000c0de")
COST_OF_SALES: Final = "5401:cogs:codes"
VOIDED: Final = "5401:cogs:void"
PURCHASES: Final = "2202:supplier:stock:accrued"


def buyer_wallet(buyer_id: UUID) -> str:
    """A buyer's own balance in a shop."""
    return f"2207:wallet:{buyer_id}"


def stock_account(sku_id: UUID) -> str:
    """Codes on the shelf, at what they cost."""
    return f"1405:codes:{sku_id}"


#: Line -> campaign -> minor units.
Discounts = Mapping[UUID, Mapping[UUID, int]]


@dataclass(frozen=True, slots=True)
class LineBack:
    """What of a line goes back: `minor` of what was paid, and the discounts in the same proportion, by campaign."""

    line: LineRow
    minor: int
    discounts: Mapping[UUID, int] = field(default_factory=dict)


def delivery_entry(
    *, order_id: UUID, total_minor: int, prices: Mapping[UUID, int], delivered: Sequence[Delivered], channel: str,
    discounts: Discounts = MappingProxyType({}), now: datetime,
) -> Entry:  # fmt: skip
    """Delivered: the debt to the buyer becomes revenue, line by line, and the codes leave the stock at cost.

    `prices`: what each line cost the buyer; with its `discounts`, which are booked beside, its list price is revenue.
    `channel`: where it was sold. ValueError where lines and total differ.
    """
    if sum(prices.values()) != total_minor:
        raise ValueError("the lines are not the total")
    lines = [Line(ORDER_LIABILITY, total_minor, order_id=order_id)]
    for line in delivered:
        off = discounts.get(line.line_id, {})
        if listed := prices[line.line_id] + sum(off.values()):
            lines.append(Line(SALES, -listed, order_id, line.line_id, line.sku_id, channel=channel))
        lines += _discounts(order_id, line.line_id, line.sku_id, off, channel)
    for line in delivered:
        cost = line.taken.cost_minor
        if cost:
            lines.append(Line(COST_OF_SALES, cost, order_id, line.line_id, line.sku_id, channel=channel))
            lines.append(Line(stock_account(line.sku_id), -cost, order_id, line.line_id, line.sku_id))
    return Entry(f"deliver:{order_id}", "delivery", tuple(lines), now, ("orders.order", order_id))


def _discounts(
    order_id: UUID, line_id: UUID, sku_id: UUID, off: Mapping[UUID, int], channel: str, sign: int = 1
) -> list[Line]:
    """What campaigns took off; what units met was owed, and is paid by that."""
    return [
        Line(REDEEMED, sign * minor, order_id, line_id, sku_id)
        if campaign_id == CREDIT_PART
        else Line(DISCOUNTS, sign * minor, order_id, line_id, sku_id, campaign_id=campaign_id, channel=channel)
        for campaign_id, minor in off.items()
        if minor
    ]


def refund_entry(*, refund_id: UUID, order_id: UUID, amount_minor: int, now: datetime) -> Entry:
    """The refund of what was not delivered is decided: it is owed to the buyer another way."""
    lines = (
        Line(ORDER_LIABILITY, amount_minor, order_id=order_id),
        Line(REFUND_PAYABLE, -amount_minor, order_id=order_id),
    )
    return Entry(f"refund:{refund_id}", "refund", lines, now, ("payments.refund", refund_id))


def refund_of_sales_entry(
    *, refund_id: UUID, order_id: UUID, amount_minor: int, parts: Sequence[LineBack], channel: str, now: datetime,
) -> Entry:  # fmt: skip
    """The refund of what was delivered is decided: it leaves the sales, and so do the discounts in proportion.

    `parts`: of which lines; none: nobody knows.
    """
    back: list[Line] = []
    for part in parts:
        line, listed = part.line, part.minor + sum(part.discounts.values())
        if listed:
            back.append(Line(SALES, listed, order_id, line.id, line.sku_id, channel=channel))
        back += _discounts(order_id, line.id, line.sku_id, part.discounts, channel, sign=-1)
    if not back:
        back = [Line(SALES, amount_minor, order_id=order_id, channel=channel)]
    lines = (*back, Line(REFUND_PAYABLE, -amount_minor, order_id=order_id))
    return Entry(f"refund:{refund_id}", "refund", lines, now, ("payments.refund", refund_id))


def giving_back_entry(*, refund_id: UUID, amount_minor: int, now: datetime) -> Entry:
    """A payment too many goes back: from what was overpaid to what is payable."""
    lines = (Line(OVERPAID, amount_minor), Line(REFUND_PAYABLE, -amount_minor))
    return Entry(f"refund:{refund_id}", "refund", lines, now, ("payments.refund", refund_id))


def take_back_entry(
    *, order_id: UUID, lines: Sequence[tuple[LineRow, int]], claim_id: UUID | None = None, channel: str, now: datetime
) -> Entry | None:
    """Unseen codes (of one claim) return to the stock at what they had cost; None when that is nothing."""
    postings = []
    for line, cost in lines:
        if cost:
            postings.append(Line(stock_account(line.sku_id), cost, order_id, line.id, line.sku_id))
            postings.append(Line(COST_OF_SALES, -cost, order_id, line.id, line.sku_id, channel=channel))
    if not postings:
        return None
    key = f"takeback:{order_id}:{claim_id}" if claim_id else f"takeback:{order_id}"
    return Entry(key, "take_back", tuple(postings), now, ("orders.order", order_id))


def replacement_entry(
    *, order_id: UUID, line: LineRow, claim_id: UUID, cost_minor: int, channel: str, now: datetime
) -> Entry | None:
    """Codes in the place of bad ones leave the stock at what they had cost; None when that is nothing.

    What the bad ones had cost stays a cost of sales.
    """
    if not cost_minor:
        return None
    postings = (
        Line(COST_OF_SALES, cost_minor, order_id, line.id, line.sku_id, channel=channel),
        Line(stock_account(line.sku_id), -cost_minor, order_id, line.id, line.sku_id),
    )
    return Entry(f"replace:{claim_id}", "replacement", postings, now, ("orders.claim", claim_id))


def purchase_entry(*, batch_id: UUID, sku_id: UUID, cost_minor: int, now: datetime) -> Entry:
    """A batch of codes came into stock, and is owed to whoever supplied it."""
    lines = (Line(stock_account(sku_id), cost_minor, sku_id=sku_id), Line(PURCHASES, -cost_minor, sku_id=sku_id))
    return Entry(f"import:{batch_id}", "purchase", lines, now, ("vault.batch", batch_id))


def void_entry(*, event_id: int, sku_id: UUID, cost_minor: int, now: datetime) -> Entry:
    """Codes that were never sold are written off: what they had cost is a loss."""
    lines = (Line(VOIDED, cost_minor, sku_id=sku_id), Line(stock_account(sku_id), -cost_minor, sku_id=sku_id))
    return Entry(f"void:{event_id}", "void", lines, now, ("catalog.sku", sku_id))


def top_up_entry(*, reference: str, wallet_account: str, amount_minor: int, client_id: UUID, now: datetime) -> Entry:
    """A client paid into its wallet by bank transfer, entered by the staff."""
    lines = (Line(BANK, amount_minor), Line(wallet_account, -amount_minor))
    return Entry(reference, "top_up", lines, now, ("identity.api_client", client_id))
