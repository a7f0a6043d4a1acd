"""What orders and refunds mean for points: `loyalty` stands below `orders` and hears of them here."""

from uuid import UUID

from goodfor.identity import queries as identity
from goodfor.identity.events import BuyerAccountChanged, BuyerErasing
from goodfor.kernel import events
from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.claim_task import give_done_tasks
from goodfor.loyalty.operations.earn_by_order import earn_by_order, lose_by_order
from goodfor.loyalty.operations.forget_member import forget_member
from goodfor.loyalty.operations.restore_units import REDEEMED, restore_by_credit, restore_by_refund
from goodfor.loyalty.types import More
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.orders.events import OrderClosed, OrderDelivered, OrderPartlyRefunded, OrderRefunded
from goodfor.orders.types import DIRECT, OrderView
from goodfor.payments import queries as payments
from goodfor.payments.events import DisputeEnded
from goodfor.payments.types import RefundView
from goodfor.promotions.types import USUAL_BP


def listen() -> None:
    """Called once by the wiring."""
    events.register(OrderDelivered, on_delivered, name="loyalty.on_order_delivered", concern=may_earn)
    for event in (OrderPartlyRefunded, OrderRefunded):
        name = event.name.split(".")[1]
        events.register(event, on_back, name=f"loyalty.on_{name}", concern=earned)
        events.register(event, on_restored, name=f"loyalty.restore_on_{name}", concern=paid_with_points)
    for one in (OrderClosed, OrderPartlyRefunded, OrderRefunded):
        name = one.name.split(".")[1]
        events.register(one, on_credit_back, name=f"loyalty.credit_on_{name}", concern=met_by_units)
    events.register(BuyerAccountChanged, on_account_changed, name="loyalty.tasks_on_account_changed", concern=has_tasks)
    events.register(DisputeEnded, on_dispute_lost, name="loyalty.on_dispute_ended", concern=lost_what_earned)
    events.register(BuyerErasing, on_erasing, name="loyalty.on_buyer_erasing")


def on_erasing(event: StoredEvent) -> None:
    """The person goes."""
    forget_member(shop_id=event.shop_id, owner=UUID(event.payload["buyer_id"]), now=utc_now())


def has_tasks(event: StoredEvent) -> bool:
    """Whether the shop has ever set a task."""
    return loyalty.has_tasks(event.shop_id)


def on_account_changed(event: StoredEvent) -> None:
    """A contact was proven, a passkey added: what is given by itself for it comes."""
    give_done_tasks(shop_id=event.shop_id, owner=UUID(event.payload["buyer_id"]), now=utc_now())


def may_earn(event: StoredEvent) -> bool:
    """A member's order, in a shop that has given points; by which terms is asked then."""
    return loyalty.ever_gave_points(event.shop_id) and _member(event) is not None


def on_delivered(event: StoredEvent) -> None:
    """What was paid with money earns; what cards and points pay has earned when they were bought, or never."""
    owner, order_id = _member(event), UUID(event.payload["order_id"])
    order = orders.order_view(event.shop_id, order_id)
    if owner is None or order.payment_id is None or order.delivered_at is None:
        return
    if payments.payment(event.shop_id, order.payment_id).by_credit:
        return
    earn_by_order(
        shop_id=event.shop_id, owner=owner, order_id=order_id,
        paid_minor=order.total.amount_minor,
        top_up=all(line.kind == DIRECT for line in order.lines), placed_at=order.placed_at,
        delivered_at=order.delivered_at, more=_more(order), now=utc_now(),
    )  # fmt: skip
    give_done_tasks(shop_id=event.shop_id, owner=owner, now=utc_now())
    if order.refunded and order.refunded.amount_minor:
        # A part that could not be delivered went back before anything was earned.
        on_back(event)


def _more(order: OrderView) -> list[More]:
    """What campaigns noted with it, for what was paid for those lines; of what they add once, as much as is money."""
    nets = {line.line_id: line.net.amount_minor for line in order.lines}
    noted = orders.points_of_order(order.shop_id, order.id)
    credit = orders.credit_part(order.shop_id, order.id) if noted else None
    paid = order.total.amount_minor
    price = paid + (credit.minor if credit is not None else 0)
    return [More(nets.get(one.line_id, 0), one.times_bp, one.plus * paid // price) for one in noted]


def earned(event: StoredEvent) -> bool:
    """Whether the order brought anything."""
    return loyalty.earned_anything(event.shop_id, UUID(event.payload["order_id"]))


def on_back(event: StoredEvent) -> None:
    """As much of what it earned goes as of its price came back."""
    order = orders.order_view(event.shop_id, UUID(event.payload["order_id"]))
    lose_by_order(
        shop_id=event.shop_id, order_id=order.id, paid_minor=order.total.amount_minor,
        back_minor=order.refunded.amount_minor if order.refunded else 0, weighed=_weighed(order), now=utc_now(),
    )  # fmt: skip


def _weighed(order: OrderView) -> tuple[int, int] | None:
    """What was paid and what is back, each line by how often it earned; None: all of it earned alike.

    Else who orders what earns ten times the points and something beside it would give the first back and keep them.
    """
    times = {line.line_id: USUAL_BP for line in order.lines if line.net.amount_minor}
    for one in orders.points_of_order(order.shop_id, order.id):
        if one.line_id in times:
            times[one.line_id] += one.times_bp - USUAL_BP
    if len(set(times.values())) < 2 or order.refunded is None:
        return None
    nets = {line.line_id: line.net.amount_minor for line in order.lines if line.line_id in times}
    left = {line.line_id: line.price_of(line.quantity).amount_minor for line in order.lines if line.line_id in times}
    returned, back = sum(nets.values()) - sum(left.values()), order.refunded.amount_minor
    if returned > back:
        # Not all of what came back has been paid out yet.
        parts = {one: (nets[one] - left[one]) * back // returned for one in nets}
    else:
        rest = sum(left.values())
        parts = {one: nets[one] - left[one] + (left[one] * (back - returned) // rest if rest else 0) for one in nets}
    return sum(nets[one] * times[one] for one in nets), sum(parts[one] * times[one] for one in nets)


def lost_what_earned(event: StoredEvent) -> bool:
    """A bank gave the money for an order back to its buyer, and the order had counted for somebody."""
    told = event.payload
    if told["won"] or told["source_type"] != "order":
        return False
    return loyalty.earned_anything(event.shop_id, UUID(told["source_id"]))


def on_dispute_lost(event: StoredEvent) -> None:
    """All that it earned goes, as if it had been refunded."""
    order = orders.order_view(event.shop_id, UUID(event.payload["source_id"]))
    paid = order.total.amount_minor
    lose_by_order(shop_id=event.shop_id, order_id=order.id, paid_minor=paid, back_minor=paid, now=utc_now())


def paid_with_points(event: StoredEvent) -> bool:
    """Whether what came back had been paid with points, and went back to them: not a prize, not a partner's."""
    if _refund(event).ledger_account != REDEEMED:
        return False
    return loyalty.paid_order(event.shop_id, UUID(event.payload["order_id"]))


def on_restored(event: StoredEvent) -> None:
    """As many points return as of the price."""
    refund = _refund(event)
    payment = payments.payment(event.shop_id, refund.payment_id)
    restore_by_refund(
        shop_id=event.shop_id, order_id=UUID(event.payload["order_id"]), refund_id=refund.id,
        paid_minor=payment.amount.amount_minor, back_minor=payment.refunded_minor,
        minor=refund.amount.amount_minor, currency=refund.amount.currency, now=utc_now(),
    )  # fmt: skip


def met_by_units(event: StoredEvent) -> bool:
    """Whether units met a part of the order's price, and some of that is theirs again."""
    order_id = UUID(event.payload["order_id"])
    part = orders.credit_part(event.shop_id, order_id)
    return part is not None and part.back_minor > 0 and loyalty.paid_order(event.shop_id, order_id)


def on_credit_back(event: StoredEvent) -> None:
    """As many units return as of what they met, of all that went back by now together."""
    order_id = UUID(event.payload["order_id"])
    part = orders.credit_part(event.shop_id, order_id)
    if part is None:
        return
    order = orders.order_view(event.shop_id, order_id)
    restore_by_credit(
        shop_id=event.shop_id, order_id=order_id, paid_minor=part.minor, back_minor=part.back_minor,
        currency=order.currency, unpaid=order.paid_at is None, now=utc_now(),
    )  # fmt: skip


def _refund(event: StoredEvent) -> RefundView:
    return payments.refund(event.shop_id, UUID(event.payload["refund_id"]))


def _member(event: StoredEvent) -> UUID | None:
    try:
        kind, _sep, name = orders.buyer_of(event.shop_id, UUID(event.payload["order_id"])).partition(":")
    except OrderNotFound:
        return None
    # What is delivered after somebody has gone counts for nobody.
    return UUID(name) if kind == "buyer" and not identity.is_leaving(event.shop_id, UUID(name)) else None
