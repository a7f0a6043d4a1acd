"""Buy what is wanted, all shops, several at a time."""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.supply.operations.carry_out import buy

log = structlog.get_logger(__name__)
_DUE: Final = Statement("goodfor.supply", "sql/due_wants.sql")
CALLS_AT_ONCE: Final = 16


def buy_due(*, now: datetime, limit: int = 64) -> int:
    """How many purchases were sent. A want is taken by whoever locks it first; the others find nothing to do."""
    with platform_job("buy what is wanted"):
        due = [(row[0], row[1]) for row in _DUE.rows({"now": now, "limit": limit})]

    def work(one: tuple[UUID, UUID]) -> int:
        try:
            return buy(shop_id=one[0], want_id=one[1], now=now)
        except Exception:
            log.exception("supply_purchase_failed", want=str(one[1]))
            return 0

    return sum(side_by_side(due, work, at_once=CALLS_AT_ONCE))
