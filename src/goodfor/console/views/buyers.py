"""Finding a buyer: by the exact contact, or by one of their orders."""

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from goodfor.console import gift_words, risk_links
from goodfor.console.frame import console_page, show
from goodfor.console.types import Visitor
from goodfor.console.views.points.member import buyer_of_ref, held
from goodfor.gifts import queries as gifts
from goodfor.identity.types import Permission
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.orders.types import OrderSearch
from goodfor.risk.keys import key_of
from goodfor.risk.types import KeyKind

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
            "risk_href": _risk_page(visitor, contact, next((row.buyer_ref for row in rows if row.buyer_ref), ref)),
            "all_orders": f"{reverse('desk:orders')}?{urlencode({'contact': contact})}" if contact else "",
        }
    if buyer is not None and (member := buyer_of_ref(shop_id, ref, contact)):
        theirs = f"buyer:{member.hex}"
        context["gifts"] = gift_words.rows(gifts.gifts_given(shop_id, theirs, limit=SHOWN))
        context["gifts_taken"] = gift_words.rows(gifts.gifts_taken(shop_id, theirs, limit=SHOWN))
    if visitor.may(Permission.POINTS_VIEW) and (member_id := buyer_of_ref(shop_id, ref, contact)):
        context["held"] = held(visitor, member_id)
    return show(request, visitor, "buyers", context, page=PAGE)


def _risk_page(visitor: Visitor, contact: str, ref: str | None) -> str:
    """Where the decisions about a buyer stand, by the name that their orders carry or by their contact."""
    if not visitor.may(Permission.RISK_VIEW):
        return ""
    kind = KeyKind.BUYER if ref else KeyKind.MAIL if "@" in contact else KeyKind.PHONE
    key = key_of(visitor.shop.id, kind, ref or contact)
    return risk_links.decisions_page(kind=kind, key=key) if key else ""


def _by_ref(shop_id: Any, ref: str | None) -> Any:
    found = orders.orders_of_buyer(shop_id, ref or "", limit=SHOWN)
    return orders.desk_orders(shop_id, [order.id for order in found])
