"""Free what nobody released in time."""

from datetime import datetime, timedelta

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: Orders end their reservations themselves; this catches what was lost on the way.
GRACE = timedelta(seconds=30)
_EXPIRE = Statement("goodfor.vault", "sql/expire_reservations.sql")


@transaction.atomic
def expire_reservations(*, limit: int = 1000, now: datetime) -> int:
    """Free up to `limit` codes whose reservation ended more than 30 s ago, in all shops; returns how many."""
    with platform_job("reservations out of time"):
        rows = _EXPIRE.rows({"before": now - GRACE, "limit": limit})
    return sum(row[2] for row in rows)
