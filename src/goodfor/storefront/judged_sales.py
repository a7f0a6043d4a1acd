"""Orders and payments under risk control: what is told of them, and the holds that come of it."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations.hold_delivery import hold_delivery
from goodfor.orders.types import Payer
from goodfor.promotions.types import Exploded
from goodfor.risk.types import Scene, Value
from goodfor.storefront.balance import BALANCE
from goodfor.storefront.judging import Judged, act_of, judge
from goodfor.storefront.points import POINTS
from goodfor.storefront.queries import Offer


def judged_order(
    request: HttpRequest, shop: ShopView, *, order_id: UUID, ref: str, contact: str, offer: Offer, quantity: int,
    category: str, more: Mapping[str, Value] | None = None,
) -> Judged:  # fmt: skip
    """Before an order is placed that will be called `order_id`; `more` facts of a group buy. Raises Refused."""
    sku = offer.sku
    total: Money = sku.price * quantity
    facts = {
        **orders.buyer_facts(shop.id, ref, utc_now()).facts,
        "quantity": quantity,
        "sku": str(sku.id),
        "category": category,
        "sku_liquidity": orders.liquidity(sku.delivery_kind, sku.face_value_label or sku.name),
        **(more or {}),
    }
    act = act_of(
        request, shop, Scene.ORDER, buyer=ref, contact=contact, subject=("order", order_id), amount=total, facts=facts
    )
    return judge(request, shop, act)


def judged_bundle(
    request: HttpRequest, shop: ShopView, *, order_id: UUID, ref: str, contact: str, wish: Exploded, total: Money
) -> Judged:
    """Before an order of a bundle is placed; it is as easily sold on as the easiest of its parts. Raises Refused."""
    sku_ids = [sku_id for sku_id, _ in wish.lines]
    facts = {
        **orders.buyer_facts(shop.id, ref, utc_now()).facts,
        "quantity": sum(pieces for _, pieces in wish.lines),
        "sku": str(sku_ids[0]),
        "category": "bundle",
        "sku_liquidity": orders.liquidity_of(shop.id, sku_ids),
    }
    act = act_of(
        request, shop, Scene.ORDER, buyer=ref, contact=contact, subject=("order", order_id), amount=total, facts=facts
    )
    return judge(request, shop, act)


def judged_pay(request: HttpRequest, shop: ShopView, order_id: UUID, method: str, payer: Payer) -> HttpResponse | None:
    """Before a buyer sets out to pay; an answer to give instead. What looks bad waits once it is paid.

    Raises Refused, WrongState.
    """
    order, now = orders.order_view(shop.id, order_id), utc_now()
    buyer = orders.buyer_named(shop.id, order_id)
    facts = orders.pay_facts(shop.id, order, buyer, method, now)
    instrument = next(iter(sorted(f"{app}:{known}" for app, known in payer.known.items() if known)), "")
    if method in (BALANCE, POINTS):
        # It was paid for before, by whatever it was.
        instrument, facts["first_purchase_with_instrument"] = f"{method}:{buyer}", False
    act = act_of(
        request, shop, Scene.PAY, buyer=buyer, subject=("order", order_id), amount=order.total, instrument=instrument,
        facts=facts,
    )  # fmt: skip
    judged = judge(request, shop, act)
    if judged.answer is None and judged.hold is not None:
        hold_delivery(shop_id=shop.id, order_id=order_id, hold=judged.hold, actor="system", now=now)
    return judged.answer
