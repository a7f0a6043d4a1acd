"""The loop of the public figures."""

from datetime import datetime, timedelta

import structlog

from goodfor.aftersales.figures import WINDOWS
from goodfor.aftersales.operations.count_day import count_day, put_off_day
from goodfor.aftersales.operations.set_reserve import BOOKS
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

BATCH = 20
log = structlog.get_logger(__name__)
_BEGIN = Statement(__package__, "sql/figure_begin.sql")
_DUE = Statement(__package__, "sql/figure_due.sql")


@loop(name="aftersales.figures", seconds=60.0)
def count_days(now: datetime) -> int:
    """Count the days whose turn it is; how many."""
    today = now.astimezone(BOOKS).date()
    with platform_job("days whose figures are due"):
        _BEGIN.run({"first": today - timedelta(days=max(WINDOWS) - 1), "today": today, "now": now})
        due = _DUE.rows({"now": now, "limit": BATCH})
    done = 0
    for shop_id, day in due:
        try:
            count_day(shop_id=shop_id, day=day, now=now)
            done += 1
        except Exception as error:
            log.error("figures_failed", shop_id=str(shop_id), day=str(day), error=type(error).__name__)
            put_off_day(shop_id=shop_id, day=day, now=now)
    return done
