"""What happened to a buyer's orders, for the message page: read from the orders, so it is true whatever was sent."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.kit.writing import plain_money
from goodfor.orders import queries as orders
from goodfor.orders.types import ClaimView, OrderView
from goodfor.storefront.notices import Worded

#: So many of the latest orders are looked at.
ORDERS = 30


def order_news(shop_id: UUID, buyer_ref: str) -> list[Worded]:
    """Delivered, refunded, claims that were answered; latest first."""
    found = orders.orders_of_buyer(shop_id, buyer_ref, limit=ORDERS)
    news = [line for order in found for line in _of_order(order)]
    by_id = {order.id: order for order in found}
    closed = [claim for claim in orders.claims_of_orders(shop_id, list(by_id)) if claim.closed_at is not None]
    news += [_of_claim(claim, by_id[claim.order_id]) for claim in closed]
    return sorted(news, key=lambda line: line.at, reverse=True)


def _of_order(order: OrderView) -> list[Worded]:
    href, title = reverse("storefront:order", args=[order.number]), order.lines[0].title if order.lines else ""
    lines = []
    if order.delivered_at is not None:
        lines.append(Worded(_("已发货：%(title)s") % {"title": title}, order.delivered_at, False, href))
    if order.refunded_at is not None:
        values = {"title": title, "amount": plain_money(order.total)}
        lines.append(Worded(_("已退款 %(amount)s：%(title)s") % values, order.refunded_at, False, href))
    return lines


def _of_claim(claim: ClaimView, order: OrderView) -> Worded:
    assert claim.closed_at is not None
    words = {
        "refunded": _("售后已同意退款：%(number)s"),
        "replaced": _("售后已换新码：%(number)s"),
        "rejected": _("售后没有通过，可以看原因或申诉：%(number)s"),
        "withdrawn": _("售后已撤回：%(number)s"),
    }
    text = words.get(claim.state, _("售后有结果：%(number)s")) % {"number": order.number}
    href = reverse("storefront:claim_progress", args=[order.number, claim.id])
    return Worded(text, claim.closed_at, False, href)
