"""Wants that are past their time and that nobody gave up: a net below the orders' own deadlines."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from goodfor.kernel.tenancy import platform_job
from goodfor.supply import states
from goodfor.supply.locks import lock_want
from goodfor.supply.operations.close_want import close_want
from goodfor.supply.purchase_models import Want

GRACE: Final = timedelta(minutes=1)


def close_late_wants(*, now: datetime, limit: int = 200) -> int:
    """How many were closed as failed."""
    with platform_job("wants past their time"):
        due = list(
            Want.objects.filter(state=states.OPEN, deadline_at__lt=now - GRACE).values_list("shop_id", "id")[:limit]
        )
    for shop_id, want_id in due:
        with transaction.atomic():
            want = lock_want(shop_id, want_id)
            if want is not None and want.state == states.OPEN:
                close_want(want, states.FAILED, reason="deadline", now=now)
    return len(due)
