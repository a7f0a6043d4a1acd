"""The money for an order is there: deliver it, or send the money back. Runs in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from goodfor.delivery import operations as delivery
from goodfor.delivery.types import ToDeliver
from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry
from goodfor.orders import hold_states, states, store
from goodfor.orders.events import OrderPaid
from goodfor.orders.holds import hold_of_order
from goodfor.orders.operations.ask_suppliers import ask_suppliers
from goodfor.orders.operations.deliver_parts import deliver_parts, spare_lines
from goodfor.orders.operations.end_top_up import end_top_up
from goodfor.orders.operations.group_steps import pay_into_group
from goodfor.orders.operations.hold_delivery import hold_late
from goodfor.orders.operations.hold_steps import keep_held
from goodfor.orders.operations.note_delivered import note_delivered
from goodfor.orders.operations.start_refund import start_refund
from goodfor.orders.types import DIRECT, HELD_REFUSED, NOT_SUPPLIED, HoldOrder, HoldView, LineRow
from goodfor.promotions.operations.phases import commit
from goodfor.promotions.operations.use_bargain import pay_bargain
from goodfor.supply import queries as supply
from goodfor.vault.errors import OutOfStock

#: Codes from the vault are there at once; the time is for what goes wrong.
DELIVER_WITHIN = timedelta(minutes=10)


def settle(
    *,
    shop_id: UUID,
    order: store.LockedOrder,
    payment_id: UUID,
    paid: Entry,
    paid_at: datetime,
    cause: str,
    give_back: str = "",
    hold: HoldOrder | None = None,
    now: datetime,
) -> str:
    """Mark a locked order paid, post `paid`, deliver or begin the refund; returns the state it ended in.

    One that is held stays paid until its hold ends.

    `paid_at` is when the money left the buyer, by the channel's clock; `give_back` is why it is not to be delivered.
    `hold`: an order that was closed when its money came waits; of one that was open it is put on before.
    """
    states.MACHINE.check(order.state, states.PAID)
    # The channel's clock is not ours: never before the order, never ahead.
    paid_at = min(max(paid_at, order.placed_at), now)
    store.move(
        shop_id,
        order.id,
        order.state,
        states.PAID,
        paid_at=paid_at,
        deliver_by=now + DELIVER_WITHIN,
        payment_id=payment_id,
        paid_minor=order.total.amount_minor,
    )
    record_history(
        shop_id=shop_id,
        machine=states.MACHINE,
        subject_id=order.id,
        moves=[(order.state, states.PAID)],
        actor="system",
        cause=cause,
        now=now,
    )
    if order.discount_minor:
        commit(shop_id=shop_id, order_id=order.id, now=now)
        pay_bargain(shop_id=shop_id, order_id=order.id, now=now)
    publish(
        shop_id=shop_id,
        event=OrderPaid(order.id, order.number, payment_id, order.total.amount_minor, order.total.currency),
        cause=("payment", payment_id),
        now=now,
    )
    return _go_on(shop_id, order, paid, paid_at, cause, give_back, hold, now)


def fulfil(
    *, shop_id: UUID, order_id: UUID, entries: Sequence[Entry], cause: str, first: bool = False, now: datetime
) -> str:
    """Deliver a paid order whose row this transaction holds, else refund it; posts `entries` with its own.

    No hold on it lives any more. The `first` time, what is not in stock is bought where suppliers offer it: the order
    stays paid until it is there.
    """
    if not first and supply.is_wanted(shop_id, order_id):
        return states.PAID
    order = store.lock_order(shop_id, order_id)
    rows = store.lines_of(shop_id, order_id)
    if rows[0].kind == DIRECT:
        return _topped_up(shop_id, order, rows[0], entries, cause, first, now)
    lines = [ToDeliver(line.id, line.sku_id, line.quantity) for line in rows]
    try:
        delivered = delivery.deliver_reserved(shop_id=shop_id, lines=lines, now=now)
    except OutOfStock:
        spare = spare_lines(shop_id, rows)
        if first and ask_suppliers(shop_id=shop_id, order=order, lines=rows, spare=spare, now=now):
            _post(shop_id, order, entries, now)
            return states.PAID
        if spare and deliver_parts(
            shop_id=shop_id, order=order, lines=rows, spare=spare, entries=entries, reason=NOT_SUPPLIED, cause=cause,
            now=now,
        ):  # fmt: skip
            return states.DELIVERED
        start_refund(
            shop_id=shop_id, order=order, reason="out_of_stock", actor="system", entries=tuple(entries), now=now
        )
        return states.REFUNDING
    note_delivered(shop_id, order, rows, delivered, entries, cause, now)
    return states.DELIVERED


def _go_on(
    shop_id: UUID, order: store.LockedOrder, paid: Entry, paid_at: datetime, cause: str, give_back: str,
    hold: HoldOrder | None, now: datetime,
) -> str:  # fmt: skip
    """Deliver what was paid, wait, or give the money back; `order` is as it was before the payment."""
    known = hold_of_order(shop_id, order.id)
    if not give_back and known is not None and known.state == hold_states.REFUSED:
        give_back = HELD_REFUSED
    if give_back:
        return _give_back(shop_id, order.id, paid, give_back, now)
    if hold is not None and order.state != states.PLACED:
        known = hold_late(shop_id, order, known, hold, now)
    group_until: datetime | None = None
    if known is not None and known.for_group:
        known, group_until, give_back = pay_into_group(order, known, paid_at=paid_at, now=now)
        if give_back:
            return _give_back(shop_id, order.id, paid, give_back, now)
    if known is not None and known.live:
        return _wait(shop_id, order, known, paid, group_until or max(paid_at + known.for_, now), now)
    return fulfil(shop_id=shop_id, order_id=order.id, entries=(paid,), cause=cause, first=True, now=now)


def _wait(shop_id: UUID, order: store.LockedOrder, hold: HoldView, paid: Entry, until: datetime, now: datetime) -> str:
    """Paid, booked, and its codes kept until the hold ends; the money goes back at once where nothing can be had."""
    if keep_held(order, hold, until=until, margin=DELIVER_WITHIN, now=now) is None:
        return _give_back(shop_id, order.id, paid, "out_of_stock", now)
    ledger.post(shop_id=shop_id, currency=order.total.currency, entries=(paid,), now=now)
    return states.PAID


def _give_back(shop_id: UUID, order_id: UUID, paid: Entry, reason: str, now: datetime) -> str:
    order = store.lock_order(shop_id, order_id)
    start_refund(shop_id=shop_id, order=order, reason=reason, actor="system", entries=(paid,), now=now)
    return states.REFUNDING


def _topped_up(
    shop_id: UUID, order: store.LockedOrder, line: LineRow, entries: Sequence[Entry], cause: str, first: bool,
    now: datetime,
) -> str:  # fmt: skip
    """An account is topped up by suppliers alone: asked for once it is paid, ended with what they did."""
    if not first:
        return end_top_up(
            shop_id=shop_id, order=order, line=line, entries=entries, reason=NOT_SUPPLIED, cause=cause, now=now
        )
    if ask_suppliers(shop_id=shop_id, order=order, lines=[line], now=now):
        _post(shop_id, order, entries, now)
        return states.PAID
    start_refund(shop_id=shop_id, order=order, reason="out_of_stock", actor="system", entries=tuple(entries), now=now)
    return states.REFUNDING


def _post(shop_id: UUID, order: store.LockedOrder, entries: Sequence[Entry], now: datetime) -> None:
    """Of an order that was held, the payment is booked already."""
    if entries:
        ledger.post(shop_id=shop_id, currency=order.total.currency, entries=entries, now=now)
