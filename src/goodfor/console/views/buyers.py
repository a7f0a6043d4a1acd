"""Finding a buyer: by the exact contact, or by one of their orders."""

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from goodfor.console.frame import console_page, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.orders.types import OrderSearch

PAGE: Final = "desk:buyers"
SHOWN: Final = 20


@console_page(Permission.BUYERS_VIEW)
def buyers(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One buyer with what they bought; nobody can be listed who was not asked for."""
    contact = request.GET.get("contact", "").replace("\x00", "").strip()[:200]
    number = request.GET.get("order", "").replace("\x00", "").strip()[:40]
    context: dict[str, Any] = {"contact": contact, "number": number, "asked": bool(contact or number)}
    shop_id = visitor.shop.id
    ref = None
    if number and not contact:
        try:
            found = orders.desk_order(shop_id, number)
            contact, ref = found.contact, found.buyer_ref
        except OrderNotFound:
            pass
    buyer = orders.buyer_of_shop(shop_id, contact=contact, buyer_ref=ref) if contact or ref else None
    if buyer is not None:
        search = OrderSearch(contact=contact) if contact else None
        rows = orders.search_orders(shop_id, search, limit=SHOWN) if search else _by_ref(shop_id, ref)
        context |= {
            "buyer": buyer,
            "paid": Money(buyer.paid_minor, buyer.currency),
            "refunded": Money(buyer.refunded_minor, buyer.currency),
            "orders": rows,
            "all_orders": f"{reverse('desk:orders')}?{urlencode({'contact': contact})}" if contact else "",
        }
    return show(request, visitor, "buyers", context, page=PAGE)


def _by_ref(shop_id: Any, ref: str | None) -> Any:
    found = orders.orders_of_buyer(shop_id, ref or "", limit=SHOWN)
    return orders.desk_orders(shop_id, [order.id for order in found])
