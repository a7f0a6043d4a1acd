"""News of orders, payments and cases, told to the people it is about: events above, `notify.send` below.

Notify stands below orders and knows no order; orders know no channel. So this is wiring, as in `wiring.py`. Every
handler is harmless when repeated: notify tells a business key once. Orders that a program placed by the API are not
told: who sells on speaks to its own customers.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import SkuUnknown
from goodfor.config.telling import (
    concern,
    locale_of,
    order_and_buyer,
    recipients_of,
    shop_locale,
    tell_buyer,
    tell_staff,
)
from goodfor.console import words
from goodfor.identity import queries as identity
from goodfor.kernel import events
from goodfor.kernel.errors import DomainError
from goodfor.kernel.events import StoredEvent
from goodfor.kernel.money import Money
from goodfor.notify import queries as notify
from goodfor.notify.types import BUYER, Recipient
from goodfor.orders import events as order_events
from goodfor.orders import states as order_states
from goodfor.orders.hold_types import GROUP_FAILED
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.queries import order_facts as _facts
from goodfor.orders.queries import order_lines as _lines
from goodfor.orders.types import OrderView
from goodfor.payments import events as payment_events
from goodfor.payments import queries as payments
from goodfor.payments.types import CaseView
from goodfor.supply import events as supply_events
from goodfor.supply import queries as supply
from goodfor.vault import events as vault_events

#: More codes than this are not for a message.
MAX_CODES: Final = 20


def listen() -> None:
    """Register everything; called once by the wiring."""
    heard: dict[type[events.Event], Callable[[StoredEvent], None]] = {
        order_events.OrderPaid: on_order_paid,
        order_events.OrderDelivered: on_order_delivered,
        order_events.OrderRefunding: on_order_refunding,
        order_events.OrderRefunded: on_order_refunded,
        order_events.OrderPartlyRefunded: on_order_refunded,
        order_events.LatePaymentCame: on_late_payment,
        payment_events.RefundFailed: on_refund_failed,
        payment_events.CaseOpened: on_case_opened,
        vault_events.LowStock: on_low_stock,
        supply_events.PriceWatched: on_price_watched,
    }
    for event_class, handler in heard.items():
        events.register(event_class, handler, name=f"messages.{handler.__name__}", concern=concern)


def on_order_paid(event: StoredEvent) -> None:
    """Off by default: delivery follows within seconds."""
    if (found := order_and_buyer(event)) is not None:
        tell_buyer(event, "order_paid", *found, {})


def on_order_delivered(event: StoredEvent) -> None:
    """With codes only where the shop allows them for the SKU, and a channel that would carry them is on."""
    if (found := order_and_buyer(event)) is None:
        return
    order, who = found
    lines = _lines(order)
    if _would_be_told(event.shop_id, recipients_of(who)):
        for place, codes in _codes(order, event.occurred_at):
            lines[place]["codes"] = codes
    tell_buyer(event, "order_delivered", order, who, {"lines": lines})


def on_order_refunding(event: StoredEvent) -> None:
    """Money back to a balance has arrived by now: then one message is enough. Of groups `group_messages` tells."""
    if event.payload["reason"] == GROUP_FAILED:
        return
    found = order_and_buyer(event)
    if found is None or found[0].state == order_states.REFUNDED:
        return
    order, who = found
    with override(locale_of(who)):
        reason = _reason(event.payload["reason"])
    tell_buyer(event, "order_refunded", order, who, {"refund": _refund(event, reason)})


def on_order_refunded(event: StoredEvent) -> None:
    """The buyer has the money, all of it or a part: each part is news of its own."""
    if (found := order_and_buyer(event)) is None:
        return
    part = event.name == order_events.OrderPartlyRefunded.name
    subject = f"refund:{event.payload['refund_id']}" if part else ""
    tell_buyer(event, "refund_arrived", *found, {"refund": _refund(event, "")}, subject=subject)


def on_late_payment(event: StoredEvent) -> None:
    """Told to the buyer, whose order may have come alive again."""
    if (found := order_and_buyer(event, of_programs=True)) is None:
        return
    order, who = found
    amount = Money(event.payload["amount_minor"], event.payload["currency"])
    with override(locale_of(who)):
        outcome = _late_outcome(event, order)
    context = {"payment": {"amount": amount, "outcome": outcome}}
    subject = f"fact:{event.payload['fact_id']}"
    tell_buyer(event, "payment_late", order, who, context, subject=subject)
    with override(shop_locale(event.shop_id)):
        outcome = _late_outcome(event, order)
    context = {"order": _facts(order), "payment": {"amount": amount, "outcome": outcome}}
    tell_staff(event, "payment_late", subject, context, about_id=order.id)


def on_refund_failed(event: StoredEvent) -> None:
    """The buyer is owed money that a channel will not take back: both sides hear of it."""
    if event.payload["source_type"] != "order":
        return
    if (found := order_and_buyer(event, UUID(event.payload["source_id"]), of_programs=True)) is None:
        return
    order, who = found
    context = {"refund": _refund(event, event.payload["code"])}
    subject = f"refund:{event.payload['refund_id']}"
    tell_buyer(event, "refund_failed", order, who, context, subject=subject)
    tell_staff(event, "refund_failed", subject, {"order": _facts(order), **context}, about_id=order.id)


def on_case_opened(event: StoredEvent) -> None:
    """A failed refund of an order has a message of its own."""
    case_id = UUID(event.payload["case_id"])
    found = payments.case_by_id(event.shop_id, case_id)
    if found is None or (found.kind == "refund_failed" and _of_an_order(event.shop_id, found)):
        return
    amount = found.detail.get("amount_minor", found.detail.get("refunded_minor"))
    currency = identity.shop_by_id(event.shop_id).currency
    with override(shop_locale(event.shop_id)):
        case = {
            "kind": str(words.word(words.CASE_KINDS, found.kind)),
            "number": str(found.detail.get("our_ref", "")),
            "amount": Money(amount, currency) if type(amount) is int else "",
            "url": "/console/",
        }
    tell_staff(event, "case_opened", f"case:{case_id}", {"case": case})


def _of_an_order(shop_id: UUID, case: CaseView) -> bool:
    return case.payment_id is not None and payments.payment(shop_id, case.payment_id).source_type == "order"


def on_low_stock(event: StoredEvent) -> None:
    """Once for each fall below the threshold: the event is numbered."""
    sku_id = UUID(event.payload["sku_id"])
    try:
        found = catalog.desk_sku(event.shop_id, sku_id)
    except SkuUnknown:
        return
    sku = {
        "code": found.sku.code,
        "title": f"{found.product_name} {found.sku.name}",
        "price": found.sku.price,
        "left": event.payload["left"],
        "threshold": event.payload["threshold"],
        "url": f"/console/skus/{sku_id}/",
    }
    tell_staff(event, "low_stock", f"sku:{sku_id}:low:{event.payload['crossing']}", {"sku": sku})


def on_price_watched(event: StoredEvent) -> None:
    """What a rule asks or tells of; a price that it changed by itself is no news."""
    if event.payload["what"] == "price":
        return
    move_id = UUID(event.payload["move_id"])
    move = supply.move(event.shop_id, move_id)
    try:
        found = catalog.desk_sku(event.shop_id, move.sku_id)
    except SkuUnknown:
        return
    price = {
        "code": found.sku.code,
        "title": f"{found.product_name} {found.sku.name}",
        "old_cost": _plain_cost(move.old_cost),
        "new_cost": _plain_cost(move.new_cost),
        "now": Money(move.old_minor, move.currency),
        "proposed": Money(move.new_minor, move.currency),
        "url": f"/console/supply/watch/{move.sku_id}/",
    }
    tell_staff(event, "price_watched", f"move:{move_id}", {"price": price})


def _plain_cost(cost: Decimal | None) -> str:
    return "–" if cost is None else f"{cost:.6f}".rstrip("0").rstrip(".")


def _late_outcome(event: StoredEvent, order: OrderView) -> str:
    if not event.payload["kept"]:
        return _("款项将按原路退回")
    # Held, or being bought: it is not there yet.
    waits = order.state == order_states.PAID
    return _("订单已按这笔付款处理，正在准备发货") if waits else _("订单已按这笔付款发货")


# -- what -----------------------------------------------------------------------------------------------


def _refund(event: StoredEvent, reason: str) -> dict[str, Any]:
    refund = payments.refund(event.shop_id, UUID(event.payload["refund_id"]))
    return {"number": refund.number, "amount": refund.amount, "reason": reason}


def _would_be_told(shop_id: UUID, recipients: list[Recipient]) -> bool:
    """Whether a message with codes would leave at all: revealing them without is a loss to the buyer's rights."""
    on = notify.switched_on(shop_id, "order_delivered", BUYER) & set(notify.current_accounts(shop_id)) & {"email"}
    return any(recipient.channel in on for recipient in recipients)


def _codes(order: OrderView, now: datetime) -> list[tuple[int, list[dict[str, Any]]]]:
    """Codes by the place of their line. They count as seen from now on, and the audit trail says so."""
    allowed = notify.skus_with_codes(order.shop_id)
    wanted = [(i, line) for i, line in enumerate(order.lines) if line.sku_id in allowed and line.quantity <= MAX_CODES]
    if order.state != order_states.DELIVERED:
        return []
    shown = []
    for place, line in wanted:
        try:
            with transaction.atomic():
                codes = reveal_codes(
                    shop_id=order.shop_id,
                    order_id=order.id,
                    line_id=line.line_id,
                    actor="system:message",
                    ip="",
                    now=now,
                )
        except DomainError:
            # Refunded in this very moment: then there is nothing to show.
            return []
        shown.append((place, [{"number": c.number, "secret": c.secret, "expires_at": c.expires_at} for c in codes]))
    return shown


def _reason(code: str) -> str:
    return {
        "out_of_stock": _("库存不足，无法发货"),
        "not_supplied": _("货源暂时无法供货"),
        "account_wrong": _("充值账号有误，没有充上"),
        "deadline": _("未能在约定时间内发货"),
        "late_payment": _("付款时订单已关闭"),
        "held_refused": _("订单没有通过核验，不能发货"),
        "group_over": _("付款时团已结束"),
        "promotion_gone": _("付款时优惠已经没有了"),
        "credit_gone": _("付款时用来抵付的积分或福利已经退回"),
    }.get(code, "")
