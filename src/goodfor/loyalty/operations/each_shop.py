"""Once a day of each shop's something is done over its members, some at a time."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.loyalty.operations.note_run import note_run
from goodfor.loyalty.tier_types import TierRun

log = structlog.get_logger(__name__)
_SHOPS: Final = Statement("goodfor.loyalty", "sql/shops_due.sql")


def each_shop(name: str, step: Callable[..., TierRun], now: datetime) -> int:
    """One step for each shop whose run of this day is not through; how many members were looked at."""
    with platform_job("runs over the members of all shops"):
        shops = _SHOPS.rows({"name": name, "now": now})
    done = 0
    for shop_id, day, after in shops:
        try:
            told = step(shop_id=shop_id, after=after, now=now)
            note_run(shop_id=shop_id, name=name, day=day, after=told.last, through=told.last is None)
            done += told.looked
        except Exception as error:
            # One shop's trouble is not another's.
            log.error("loyalty_run_failed", run=name, shop_id=str(shop_id), error=type(error).__name__)
    return done
