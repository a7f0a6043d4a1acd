"""Begin to give a part of an order's price back. Runs in the caller's transaction, with the order's row locked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.kernel import audit
from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry
from goodfor.orders import given_back, states, store
from goodfor.orders.deciding import Decider, decided_by
from goodfor.orders.errors import RefundAmount, RefundRunning, WrongState
from goodfor.orders.models import Part
from goodfor.orders.operations.count_refund import count_refund
from goodfor.orders.operations.finish_refund import finish_refund
from goodfor.orders.operations.give_offer_back import give_part_back
from goodfor.orders.sales_back import sales_back_entry
from goodfor.orders.types import RefundView
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentDisputed
from goodfor.payments.operations.request_refund import request_refund


def start_part(
    *,
    shop_id: UUID,
    order: store.LockedOrder,
    amount: Money,
    reason: str,
    actor: str,
    entries: tuple[Entry, ...] = (),
    paid_from: str = "",
    by: Decider | None = None,
    line_id: UUID | None = None,
    whole: Sequence[UUID] = (),
    now: datetime,
) -> RefundView:
    """Decide and book the refund of a part, with `entries`; `by` is whose decision it is, else the actor's. `line_id`:
    whose price it is first of all; `whole`: lines whose whole price is in it.

    Raises WrongState, RefundAmount, RefundRunning, PaymentDisputed, and what `count_refund` raises.
    """
    if order.state != states.DELIVERED or order.payment_id is None:
        raise WrongState(state=order.state)
    refunds = payments.refunds_of(shop_id, order.payment_id)
    if given_back.unfinished(refunds) or any(c.state == "open" for c in payments.cases_of(shop_id, order.payment_id)):
        raise RefundRunning
    if payments.holds_back(shop_id, order.payment_id):
        raise PaymentDisputed
    left = given_back.left(order.id, order.total, refunds)
    if amount.currency != left.currency or not 0 < amount.amount_minor < left.amount_minor:
        raise RefundAmount(left_minor=left.amount_minor, currency=left.currency)
    refund = request_refund(
        shop_id=shop_id, payment_id=order.payment_id, amount=amount, reason=reason,
        business_key=given_back.next_part(order.id, refunds), actor=actor, paid_from=paid_from, now=now,
    )  # fmt: skip
    Part.objects.create(
        refund_id=refund.id,
        shop_id=shop_id,
        order_id=order.id,
        number=given_back.part_number(refund),
        amount_minor=amount.amount_minor,
        by_staff=actor.startswith("staff:"),
        decided_at=now,
    )
    entry = sales_back_entry(shop_id, order, refund, line_id, now, whole)
    give_part_back(shop_id=shop_id, order=order, entry=entry, now=now)
    count_refund(shop_id=shop_id, refund=refund, by=by or decided_by(actor), now=now)
    ledger.post(shop_id=shop_id, currency=amount.currency, entries=(*entries, entry), now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="order_partly_refunded", subject=("order", order.id),
        data={"reason": reason[:200], "amount_minor": amount.amount_minor}, now=now,
    )  # fmt: skip
    if refund.done:
        finish_refund(shop_id=shop_id, order_id=order.id, refund=refund, now=now)
    return RefundView(
        refund.id, refund.number, order.number, refund.amount, refund.state, refund.created_at, refund.finished_at
    )
