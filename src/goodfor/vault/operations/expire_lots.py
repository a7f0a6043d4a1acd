"""Move lots past their expiry out of the way of claims."""

from datetime import datetime

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.vault.states import EXPIRED, LOT_MACHINE, OPEN

_EXPIRE = Statement("goodfor.vault", "sql/expire_lots.sql")


@transaction.atomic
def expire_lots(*, limit: int = 100, now: datetime) -> int:
    """Expire up to `limit` open lots of all shops; returns how many. Claims refuse them by date even before."""
    with platform_job("expire lots"):
        rows = _EXPIRE.rows({"now": now, "limit": limit})
        for shop_id, lot_id in rows:
            record_history(
                shop_id=shop_id,
                machine=LOT_MACHINE,
                subject_id=lot_id,
                moves=[(OPEN, EXPIRED)],
                actor="system",
                cause="expiry",
                now=now,
            )
    return len(rows)
