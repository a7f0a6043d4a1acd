"""Buy what is wanted, all shops, several at a time."""

from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from goodfor.kernel.clock import utc_now
from goodfor.kernel.crew import Crew
from goodfor.kernel.loops import wake
from goodfor.kernel.relay import NAME as RELAY
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.supply.operations.carry_out import buy

log = structlog.get_logger(__name__)
_DUE: Final = Statement("goodfor.supply", "sql/due_wants.sql")
CALLS_AT_ONCE: Final = 32
_BUYERS: Final = Crew("supply.buy", CALLS_AT_ONCE)


def buy_due(*, now: datetime, limit: int = 64) -> int:
    """One round, to its end: how many purchases were sent.

    A want is taken by whoever locks it first; the others find nothing to do.
    """
    return sum(side_by_side(_due(now, limit), lambda one: _buy(one, now), at_once=CALLS_AT_ONCE))


def keep_buying(*, now: datetime) -> int:
    """Hand what is due to the crew and do not wait for it: a supplier that takes its time keeps nobody else waiting.

    How many were handed over. What the crew is at may still stand among what is due: it is asked for so many more.
    """
    room = _BUYERS.room()
    if not room:
        return 0
    due = _due(now, room + _BUYERS.busy())
    return sum(_BUYERS.take(one, partial(_buy, one)) for one in due)


def _due(now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    with platform_job("buy what is wanted"):
        return [(row[0], row[1]) for row in _DUE.rows({"now": now, "limit": limit})]


def _buy(one: tuple[UUID, UUID], now: datetime | None = None) -> int:
    try:
        # Who waited for a free hand begins by the clock of that moment.
        sent = buy(shop_id=one[0], want_id=one[1], now=now or utc_now())
        # The buyer waits for what is told now.
        wake(RELAY)
        return sent
    except Exception:
        log.exception("supply_purchase_failed", want=str(one[1]))
        return 0
