"""Give what a promise owes for an order that was delivered later than it says."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.events import DeadlineMissed
from goodfor.aftersales.grant_models import Grant
from goodfor.aftersales.operations.grant import grant
from goodfor.aftersales.promises import promise_for
from goodfor.aftersales.term_reads import goodwill_of
from goodfor.aftersales.types import GrantView, Terms
from goodfor.kernel.events import publish
from goodfor.orders import queries as orders
from goodfor.orders.types import OrderView

#: No promise is shorter: what came sooner needs no look at one.
AT_ONCE: Final = timedelta(seconds=10)


def took_long(shop_id: UUID, order_id: UUID) -> bool:
    """Whether an order may be late: one read of its row, and most are not."""
    order = orders.order_view(shop_id, order_id)
    took = _took(order)
    return took is not None and took > AT_ONCE


@transaction.atomic(savepoint=False)
def note_late_delivery(*, shop_id: UUID, order_id: UUID, now: datetime) -> GrantView | None:
    """By the promise that was in force when it was placed; of several lines by the one that promised most, once.

    None where it was in time or no goodwill is promised; the second is told all the same. Raises OrderNotFound.
    """
    order = orders.order_view(shop_id, order_id)
    late = _missed(order)
    if late is None:
        return None
    known = Grant.objects.filter(
        shop_id=shop_id, order_id=order_id, case_id__isnull=True, kind=states.GOODWILL_DELIVERY
    )
    if not known.exists():
        amount = goodwill_of(late, states.GOODWILL_DELIVERY)
        event = DeadlineMissed(None, order.id, order.number, states.GOODWILL_DELIVERY, amount, order.currency)
        publish(shop_id=shop_id, event=event, cause=("order", order.id), now=now)
    return grant(
        shop_id=shop_id, case_id=None, order_id=order_id, line_id=None, kind=states.GOODWILL_DELIVERY,
        amount_minor=goodwill_of(late, states.GOODWILL_DELIVERY), currency=order.currency, way=late.compensation.way,
        reason=states.GOODWILL_DELIVERY, now=now,
    )  # fmt: skip


def _took(order: OrderView) -> timedelta | None:
    """Of an order that was held, its buyer was told so: what is promised runs from its release."""
    if order.owed_since is None or order.delivered_at is None:
        return None
    return order.delivered_at - order.owed_since


def _missed(order: OrderView) -> Terms | None:
    """The terms that owe most among those that were not kept; None: all were."""
    took = _took(order)
    if took is None:
        return None
    terms = [promise_for(order.shop_id, line.sku_id, order.placed_at).terms for line in order.lines]
    missed = [one for one in terms if took.total_seconds() > one.delivery_seconds]
    return max(missed, key=lambda one: one.goodwill_delivery_minor) if missed else None
