"""What of an order may be invoiced, by the books of finance."""

from datetime import datetime
from uuid import UUID

from goodfor.finance import queries as finance
from goodfor.invoices.amounts import Papers, Untaxed, left
from goodfor.invoices.errors import (
    NoTaxClass,
    NotDelivered,
    NothingToInvoice,
    NotInBooksYet,
    PaidByCompany,
    PaidByCredit,
)
from goodfor.orders import queries as orders
from goodfor.orders.types import OrderView
from goodfor.welfare import queries as welfare

_DELIVERED = "delivered"


def left_of(shop_id: UUID, order: OrderView) -> Papers:
    """What is left of a delivered order's price, by paper. Raises NotInBooksYet, NoTaxClass."""
    parts = finance.sold_of_order(shop_id, order.id)
    given_back = order.refunded.amount_minor if order.refunded else 0
    if not parts or sum(part.refunded_minor for part in parts) < given_back:
        raise NotInBooksYet
    at: datetime = parts[0].delivered_at
    taxes = {sku_id: finance.rates_of(shop_id, sku_id, at) for sku_id in {part.sku_id for part in parts}}
    try:
        return left(parts, taxes, {line.line_id: line.title[:200] for line in order.lines})
    except Untaxed:
        raise NoTaxClass from None


def invoiceable(shop_id: UUID, order_id: UUID) -> tuple[OrderView, Papers]:
    """The order and what of it may be invoiced now.

    Raises OrderNotFound, PaidByCompany, PaidByCredit, NotDelivered, NotInBooksYet, NoTaxClass, NothingToInvoice.
    """
    order = orders.order_view(shop_id, order_id)
    if welfare.used_for(shop_id, order_id) is not None:
        raise PaidByCompany
    # Whoever redeems a card has no invoice from the seller of the goods (announcement 2016 no. 53).
    if orders.paid_by_credit(shop_id, order):
        raise PaidByCredit
    if order.state != _DELIVERED:
        raise NotDelivered
    papers = left_of(shop_id, order)
    if not papers.lines:
        raise NothingToInvoice
    return order, papers
