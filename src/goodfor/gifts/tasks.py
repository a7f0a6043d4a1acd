"""Periodic duties of gifts."""

from datetime import datetime
from typing import Final

import structlog

from goodfor.gifts.operations.backfill import backfill as backfill_from
from goodfor.gifts.operations.end_gift import end_gift
from goodfor.gifts.operations.remind import WALKS
from goodfor.gifts.operations.remind import remind as remind_of
from goodfor.gifts.operations.warn_givers import warn_givers
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

_DUE: Final = Statement(__package__, "sql/due.sql")
BATCH: Final = 200
log = structlog.get_logger(__name__)


@loop(name="gifts.end", seconds=20.0)
def end(now: datetime) -> int:
    """Give back what nobody took in time; how many ended."""
    with platform_job("gifts that are over"):
        due = _DUE.rows({"now": now, "most": BATCH})
    done = 0
    for shop_id, gift_id in due:
        try:
            done += end_gift(shop_id=shop_id, gift_id=gift_id, now=now)
        except Exception as error:
            # One that is broken must not hold up the others.
            log.error("gift_not_ended", gift_id=str(gift_id), error=type(error).__name__)
    return done


@loop(name="gifts.warn", seconds=60.0)
def warn(now: datetime) -> int:
    """Tell givers whose gift ends soon."""
    return warn_givers(now=now)


@loop(name="gifts.remind", seconds=60.0)
def remind(now: datetime) -> int:
    """Remind holders of what they have not looked at, and of what ends soon; how much was looked at."""
    return sum(remind_of(walk=walk, now=now) for walk in WALKS)


@loop(name="gifts.backfill", seconds=30.0)
def backfill(now: datetime) -> int:
    """Write down what people held before the room was there; how many orders were looked at."""
    return backfill_from(now=now)
