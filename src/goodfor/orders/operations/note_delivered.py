"""An order is delivered: its state, its history, the news and the books. In the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.delivery.types import Delivered
from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry
from goodfor.orders import accounts, states, store
from goodfor.orders.events import OrderDelivered
from goodfor.orders.types import LineRow


def note_delivered(
    shop_id: UUID,
    order: store.LockedOrder,
    lines: Sequence[LineRow],
    delivered: Sequence[Delivered],
    entries: Sequence[Entry],
    cause: str,
    now: datetime,
) -> None:
    """`lines`: all of the order. `entries` are posted along. The order's row is the caller's."""
    store.move(shop_id, order.id, states.PAID, states.DELIVERED, delivered_at=now)
    record_history(
        shop_id=shop_id,
        machine=states.MACHINE,
        subject_id=order.id,
        moves=[(states.PAID, states.DELIVERED)],
        actor="system",
        cause=cause,
        now=now,
    )
    assert order.payment_id is not None
    total = order.total
    count = sum(line.taken.count for line in delivered)
    publish(
        shop_id=shop_id,
        event=OrderDelivered(order.id, order.number, order.payment_id, total.amount_minor, total.currency, count),
        cause=("payment", order.payment_id),
        now=now,
    )
    booked = accounts.delivery_entry(
        order_id=order.id, total_minor=total.amount_minor,
        prices={line.id: line.net_minor for line in lines}, delivered=delivered, channel=order.channel,
        discounts=store.discounts_of(shop_id, order.id) if order.discount_minor else {}, now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=total.currency, entries=(*entries, booked), now=now)
