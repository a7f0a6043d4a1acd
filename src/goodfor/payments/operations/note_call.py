"""Count how channels answer, for the routing."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.payments.health_models import AccountHealth

_NOTE: Final = Statement("goodfor.payments", "sql/note_call.sql")
KEPT_MINUTES: Final = 60


def minute_of(now: datetime) -> int:
    """Minutes since 1970."""
    return int(now.timestamp()) // 60


def note_call(*, shop_id: UUID, account_id: UUID, answered: bool, now: datetime) -> None:
    """One more call. In a transaction of its own: it counts, whatever becomes of the payment."""
    with transaction.atomic():
        _NOTE.run(
            {
                "account_id": account_id, "minute": minute_of(now), "shop_id": shop_id,
                "answered": int(answered), "silent": int(not answered),
            }
        )  # fmt: skip


def forget_calls(*, now: datetime) -> int:
    """Throw away what is older than an hour; how many rows."""
    with platform_job("forget how channels answered"), transaction.atomic():
        return AccountHealth.objects.filter(minute__lt=minute_of(now) - KEPT_MINUTES).delete()[0]
