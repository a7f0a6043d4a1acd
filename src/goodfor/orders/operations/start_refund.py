"""Begin to give the money of an order back. Runs in the caller's transaction, with the order's row locked."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry
from goodfor.orders import accounts, given_back, states, store
from goodfor.orders.deciding import BY_ITSELF, Decider
from goodfor.orders.events import OrderRefunding
from goodfor.orders.operations.count_refund import count_refund
from goodfor.orders.operations.finish_refund import finish_refund
from goodfor.orders.operations.give_offer_back import give_all_back
from goodfor.orders.operations.hold_steps import lapse_hold
from goodfor.orders.operations.settle_claims import Aside, live_claims, put_aside, settle_claims
from goodfor.orders.sales_back import sales_back_entry
from goodfor.payments import queries as payments
from goodfor.payments.operations.request_refund import request_refund
from goodfor.payments.types import RefundView
from goodfor.supply.operations.close_want import give_up
from goodfor.vault import operations as vault


def start_refund(
    *,
    shop_id: UUID,
    order: store.LockedOrder,
    reason: str,
    actor: str,
    entries: tuple[Entry, ...] = (),
    paid_from: str = "",
    by: Decider = BY_ITSELF,
    now: datetime,
) -> RefundView:
    """Decide and book the refund of a paid or delivered order, or of the rest of it, by the route it was paid by.

    A wallet (the one it was paid from, or `paid_from`, a ledger account) has its money back when this commits; a
    channel is asked right after, by the worker.
    `entries` are posted along. `by` is whose decision it is: the bounds of the day hold it. Raises IllegalTransition,
    and what `count_refund` raises.
    """
    states.MACHINE.check(order.state, states.REFUNDING)
    if order.payment_id is None:
        raise RuntimeError("a paid order knows its payment")
    rest, aside = order.total, Aside()
    if order.state == states.PAID:
        _let_go(shop_id, order, actor, reason, now)
    else:
        claims = live_claims(shop_id, order.id)
        aside = put_aside(shop_id=shop_id, order_id=order.id, claims=claims, actor=actor, now=now)
        rest = given_back.left(order.id, order.total, payments.refunds_of(shop_id, order.payment_id))
    refund = request_refund(
        shop_id=shop_id,
        payment_id=order.payment_id,
        amount=rest,
        reason=reason,
        business_key=given_back.whole_key(order.id),
        paid_from=paid_from,
        now=now,
    )
    store.move(shop_id, order.id, order.state, states.REFUNDING)
    record_history(
        shop_id=shop_id,
        machine=states.MACHINE,
        subject_id=order.id,
        moves=[(order.state, states.REFUNDING)],
        actor=actor,
        cause=reason,
        now=now,
    )
    cause = f"refund:{refund.id}"
    settle_claims(shop_id=shop_id, order=order, aside=aside, actor=actor, cause=cause, now=now)
    event = OrderRefunding(order.id, order.number, refund.id, reason)
    publish(shop_id=shop_id, event=event, cause=("payment", order.payment_id), now=now)
    entry = _entry(shop_id, order, refund, now)
    give_all_back(shop_id=shop_id, order=order, now=now)
    count_refund(shop_id=shop_id, refund=refund, by=by, now=now)
    ledger.post(shop_id=shop_id, currency=order.total.currency, entries=(*entries, entry), now=now)
    if refund.done:
        finish_refund(shop_id=shop_id, order_id=order.id, refund=refund, now=now)
    return refund


def _entry(shop_id: UUID, order: store.LockedOrder, refund: RefundView, now: datetime) -> Entry:
    if order.state != states.DELIVERED:
        amount = refund.amount.amount_minor
        return accounts.refund_entry(refund_id=refund.id, order_id=order.id, amount_minor=amount, now=now)
    return sales_back_entry(shop_id, order, refund, None, now)


def _let_go(shop_id: UUID, order: store.LockedOrder, actor: str, reason: str, now: datetime) -> None:
    """It waits for nothing any more, and nothing more is bought for it; what its lines still hold of what could not be
    delivered whole is for others.
    """
    give_up(shop_id=shop_id, order_id=order.id, reason="refunded", now=now)
    lapse_hold(shop_id, order, actor=actor, cause=reason, now=now)
    for line in sorted(store.lines_of(shop_id, order.id), key=lambda item: item.sku_id):
        vault.release(shop_id=shop_id, holder_id=line.id, now=now)
