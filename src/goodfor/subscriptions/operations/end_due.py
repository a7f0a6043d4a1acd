"""Subscriptions whose paid time is over and that are not renewed, and those that nobody signed."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.payments import queries as payments
from goodfor.subscriptions import states
from goodfor.subscriptions.locks import lock_subscription
from goodfor.subscriptions.models import Subscription
from goodfor.subscriptions.operations.steps import end_subscription

_ENDING: Final = Statement("goodfor.subscriptions", "sql/ending.sql")
BATCH: Final = 500
#: Whoever has not signed by then is not waited for.
TO_SIGN: Final = timedelta(hours=2)


def end_due(*, shop_id: UUID, now: datetime) -> int:
    """Those of a shop; how many."""
    done = 0
    for (subscription_id,) in _ENDING.rows({"shop_id": shop_id, "now": now, "most": BATCH}):
        with transaction.atomic():
            row = lock_subscription(shop_id, subscription_id)
            over = row.stops or row.mandate_over
            if row.state in (states.AWAITING, states.ENDED) or not over or row.paid_until is None:
                continue
            if row.paid_until > now:
                continue
            why = states.CANCELLED if row.stops else states.MANDATE_LOST
            end_subscription(row, why, actor="system", now=now)
            done += 1
    return done


def give_up_unsigned(*, now: datetime) -> int:
    """Those of all shops whose mandate was not signed in time; how many."""
    with platform_job("subscriptions that nobody signed"):
        rows = list(
            Subscription.objects.filter(state=states.AWAITING, periods=0, created_at__lte=now - TO_SIGN)
            .order_by("created_at")
            .values_list("shop_id", "id")[:BATCH]
        )
    done = 0
    for shop_id, subscription_id in rows:
        with transaction.atomic():
            row = lock_subscription(shop_id, subscription_id)
            signed = row.mandate_id is not None and payments.mandate(shop_id, row.mandate_id).chargeable
            if row.state != states.AWAITING or row.periods or signed:
                continue
            end_subscription(row, states.NOT_SIGNED, actor="system", now=now)
            done += 1
    return done
