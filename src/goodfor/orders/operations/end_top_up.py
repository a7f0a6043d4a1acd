"""A top-up is over: delivered, or in part, or not at all; the rest is given back. In the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.delivery.operations.note_top_up import note_top_up
from goodfor.kernel.money import Money
from goodfor.ledger.types import Entry
from goodfor.orders import states, store
from goodfor.orders.models import OrderLine
from goodfor.orders.operations.note_delivered import note_delivered
from goodfor.orders.operations.start_part import start_part
from goodfor.orders.operations.start_refund import start_refund
from goodfor.orders.types import LineRow


def end_top_up(
    *,
    shop_id: UUID,
    order: store.LockedOrder,
    line: LineRow,
    entries: Sequence[Entry],
    reason: str,
    cause: str,
    now: datetime,
) -> str:
    """The order's state after; `reason` is why money goes back, where some does. The order is paid and locked.

    What was topped up is the buyer's and cannot be taken back, so only the price of the rest is. Raises what
    `start_part` raises: then the end is tried again.
    """
    done = note_top_up(shop_id=shop_id, line_id=line.id, sku_id=line.sku_id, now=now)
    if not done.taken.count:
        start_refund(shop_id=shop_id, order=order, reason=reason, actor="system", entries=tuple(entries), now=now)
        return states.REFUNDING
    units = min(done.taken.count, line.quantity)
    OrderLine.objects.filter(shop_id=shop_id, id=line.id).update(topped=units)
    note_delivered(shop_id, order, [line], [done], entries, cause, now)
    missing = line.quantity - units
    if missing:
        start_part(
            shop_id=shop_id,
            order=store.lock_order(shop_id, order.id),
            amount=Money(line.price_of(missing, back=0), order.total.currency),
            reason=reason,
            actor="system",
            line_id=line.id,
            now=now,
        )
    return states.DELIVERED
