"""Orders and payments under risk control: what is told of them, and the holds that come of it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations.hold_delivery import hold_delivery
from goodfor.orders.types import Payer
from goodfor.risk.types import Scene
from goodfor.storefront.balance import BALANCE
from goodfor.storefront.judging import Judged, act_of, judge
from goodfor.storefront.queries import Offer


def judged_order(
    request: HttpRequest, shop: ShopView, *, order_id: UUID, ref: str, contact: str, offer: Offer, quantity: int,
    category: str,
) -> Judged:  # fmt: skip
    """Before an order is placed that will be called `order_id`. Raises Refused."""
    sku = offer.sku
    total: Money = sku.price * quantity
    facts = {
        **orders.buyer_facts(shop.id, ref, utc_now()).facts,
        "quantity": quantity,
        "sku": str(sku.id),
        "category": category,
        "sku_liquidity": orders.liquidity(sku.delivery_kind, sku.face_value_label or sku.name),
    }
    act = act_of(
        request, shop, Scene.ORDER, buyer=ref, contact=contact, subject=("order", order_id), amount=total, facts=facts
    )
    return judge(request, shop, act)


def judged_pay(request: HttpRequest, shop: ShopView, order_id: UUID, method: str, payer: Payer) -> HttpResponse | None:
    """Before a buyer sets out to pay; an answer to give instead. What looks bad waits once it is paid.

    Raises Refused, WrongState.
    """
    order = orders.order_view(shop.id, order_id)
    ref = orders.buyer_of(shop.id, order_id)
    now = utc_now()
    known = orders.buyer_facts(shop.id, ref, now)
    instruments = sorted(f"{app}:{channel_id}" for app, channel_id in payer.known.items() if channel_id)
    act = act_of(
        request, shop, Scene.PAY, buyer=ref, subject=("order", order_id), amount=order.total,
        instrument=f"{BALANCE}:{ref}" if method == BALANCE else next(iter(instruments), ""),
        facts={
            **known.facts,
            "quantity": order.quantity,
            "sku": str(order.lines[0].sku_id) if len(order.lines) == 1 else None,
            "sku_liquidity": orders.liquidity_of(shop.id, [line.sku_id for line in order.lines]),
            # A balance was paid for before, by whatever it was.
            "first_purchase_with_instrument": False if method == BALANCE else orders.first_with(shop.id, known, method),
            "seconds_to_expiry": max((order.pay_by - now).total_seconds(), 0.0),
        },
    )  # fmt: skip
    judged = judge(request, shop, act)
    if judged.answer is None and judged.hold is not None:
        hold_delivery(shop_id=shop.id, order_id=order_id, hold=judged.hold, actor="system", now=now)
    return judged.answer
