"""Answer a dispute with what we know: that the order was paid, delivered, and its codes shown to whom and when."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.delivery import queries as delivery
from goodfor.orders.contacts import masked_contact
from goodfor.orders.desk import desk_orders
from goodfor.orders.errors import OrderNotFound
from goodfor.payments import queries as payments
from goodfor.payments.operations.send_evidence import send_evidence
from goodfor.payments.types import Evidence

MAX_TEXT = 2000


def answer_dispute(*, shop_id: UUID, dispute_id: UUID, text: str, actor: str, now: datetime) -> None:
    """Send the evidence of the order behind a dispute, with the staff's own words. Never inside a transaction.

    No code is in it, only that it was shown, and when. Raises DisputeNotFound, DisputeOver, OrderNotFound (it is about
    no order of ours), ChannelRejected, ChannelUnavailable.
    """
    dispute = payments.dispute(shop_id, dispute_id)
    paid = payments.payment(shop_id, dispute.payment_id) if dispute.payment_id else None
    rows = desk_orders(shop_id, [paid.source_id]) if paid and paid.source_type == "order" else []
    if not rows:
        raise OrderNotFound
    order = rows[0]
    codes = delivery.masked_codes(shop_id, [line.line_id for line in order.lines])
    shown = [
        _("第 %(n)d 张，%(at)s 已向买家显示")
        % {"n": code.position, "at": code.revealed_at.isoformat(timespec="seconds")}
        for code in codes
        if code.revealed_at
    ]
    evidence = Evidence(
        order_number=order.number,
        product="; ".join(line.title for line in order.lines)[:200],
        buyer_contact=masked_contact(order.contact),
        delivered_at=order.delivered_at,
        reveals=tuple(shown[:50]),
        text=text.strip()[:MAX_TEXT],
    )
    send_evidence(shop_id=shop_id, dispute_id=dispute_id, evidence=evidence, actor=actor, now=now)
