"""A member's points in the shop: what they hold, what they buy, and paying with them."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.money import Money
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.types import GROWTH, Balance, Expiring, Holder
from goodfor.orders import queries as orders
from goodfor.orders.operations.pay_with_points import pay_with_points
from goodfor.storefront.account import current
from goodfor.storefront.errors import OrderNotFound

#: The code of the way to pay.
POINTS = "points"


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody holds, what it buys, what ends first, and how far he has grown."""

    points: Balance
    buys: Money
    ends: Expiring | None
    growth: int


def held_points(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> Held | None:
    """None: the shop gives no points, and the buyer holds none."""
    holder = Holder(buyer.buyer_id)
    points = loyalty.balance(shop.id, holder, now)
    if points == Balance() and not loyalty.gives_points(shop.id, now):
        return None
    ends = loyalty.expiring(shop.id, holder, now)
    growth = loyalty.balance(shop.id, Holder(buyer.buyer_id, GROWTH), now).available
    buys = Money(loyalty.worth_of(shop.id, points.available, now), shop.currency)
    return Held(points, buys, ends[0] if ends else None, growth)


def points_way(request: HttpRequest, shop: ShopView, amount: Money, now: datetime) -> list[tuple[str, str]]:
    """Points as a way to pay, where the member who is signed in holds enough of them."""
    buyer = current(request, shop)
    if buyer is None or amount.currency != shop.currency:
        return []
    units = loyalty.points_for(shop.id, amount.amount_minor, now)
    if not units or loyalty.balance(shop.id, Holder(buyer.buyer_id), now).available < units:
        return []
    if not orders.takes_balance(shop.id, amount.currency):
        return []
    return [(POINTS, _("积分（用 %(units)s 分）") % {"units": f"{units:,}"})]


def pay_by_points(request: HttpRequest, shop: ShopView, number: str, now: datetime) -> None:
    """Pay an order of the member who is signed in. Raises OrderNotFound for anybody else's, and as pay_with_points."""
    buyer = current(request, shop)
    if buyer is None:
        raise OrderNotFound
    order = orders.order_of_buyer(shop.id, buyer.ref, number)
    pay_with_points(shop_id=shop.id, order_id=order.id, buyer_id=buyer.buyer_id, now=now)
