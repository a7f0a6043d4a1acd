"""A signed-in buyer's own balance in the shop: what it holds, and paying with it."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money
from goodfor.orders import queries as orders
from goodfor.orders.operations.pay_from_wallet import pay_from_wallet
from goodfor.storefront.account import current
from goodfor.storefront.client import device_of
from goodfor.storefront.errors import OrderNotFound
from goodfor.storefront.payers import may_ask
from goodfor.storefront.points import points_way

#: The code of the way to pay.
BALANCE = "balance"


def held_by(shop: ShopView, buyer: SignedInBuyer) -> Money:
    """What the balance holds now."""
    return orders.buyer_balance(shop.id, buyer.buyer_id, shop.currency)


def methods_for(request: HttpRequest, shop: ShopView, amount: Money) -> list[tuple[str, str]]:
    """The ways to pay this amount from here as (code, label); the buyer's balance first, where it is enough."""
    offered = orders.payment_methods(shop.id, amount, device=device_of(request), may_ask=may_ask(request))
    points = points_way(request, shop, amount, utc_now())
    ways = [*((method.code, method.label) for method in offered), *points]
    buyer = current(request, shop)
    held = held_by(shop, buyer) if buyer else None
    if held is None or held.currency != amount.currency or held < amount or not held.amount_minor:
        return ways
    if not orders.takes_balance(shop.id, amount.currency):
        return ways
    return [(BALANCE, _("余额（%(held)s）") % {"held": plain_money(held)}), *ways]


def pay_with_balance(request: HttpRequest, shop: ShopView, number: str, now: datetime) -> None:
    """Pay an order of the buyer who is signed in. Raises OrderNotFound for anybody else's, and as pay_from_wallet."""
    buyer = current(request, shop)
    if buyer is None:
        raise OrderNotFound
    order = orders.order_of_buyer(shop.id, buyer.ref, number)
    pay_from_wallet(shop_id=shop.id, order_id=order.id, buyer_id=buyer.buyer_id, now=now)
