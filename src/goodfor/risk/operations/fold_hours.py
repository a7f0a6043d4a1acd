"""Count the decisions of hours that are over, once, by shop."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.risk import hot
from goodfor.risk.hour_models import Hour
from goodfor.risk.watch_sql import HOURS

#: No decision of an hour comes later than so long after it: its instant is that of its act.
SETTLED: Final = timedelta(minutes=10)
#: What lies further back when a shop is counted for the first time is not asked for.
BACK: Final = timedelta(days=8)
#: Of a shop that waits for long, so much in one go.
STRETCH: Final = timedelta(hours=24)
KEPT: Final = timedelta(days=400)
#: So many shops a run.
SHOPS: Final = 50
_DUE = Statement("goodfor.risk", "sql/hours_due.sql")
_DONE = Statement("goodfor.risk", "sql/hours_done.sql")
_FIRST = Statement("goodfor.risk", "sql/first_decision.sql", planned_each_time=True)


def fold_hours(*, now: datetime) -> int:
    """How many shops were counted further."""
    until = hour_of(now - SETTLED)
    with platform_job("figures of risk control by the hour"):
        due = _DUE.rows({"until": until, "limit": SHOPS})
    return sum(_fold(shop_id, done, until) for shop_id, done in due)


@transaction.atomic
def _fold(shop_id: UUID, done: datetime | None, until: datetime) -> int:
    earliest = until - BACK
    start = max(done, earliest) if done else earliest
    first = _FIRST.row({"shop": shop_id, "since": start, "until": until})
    # Hours without a decision need no rows.
    start = hour_of(first[0]) if first else until
    stop = min(until, start + STRETCH)
    if not _DONE.run({"shop": shop_id, "until": stop, "before": done}):
        return 0
    if first:
        read = hot.rows("risk.hours", HOURS, {"shop": shop_id, "since": start, "until": stop}, prepare=False)
        Hour.objects.bulk_create(
            Hour(
                shop_id=shop_id, hour=hour, scene=scene, outcome=outcome, cause=cause, count=count, amount_minor=amount,
                failing=failing, sampled=sampled,
            )
            for hour, scene, outcome, cause, count, amount, failing, sampled in read
        )  # fmt: skip
    Hour.objects.filter(shop_id=shop_id, hour__lt=until - KEPT).delete()
    return 1


def hour_of(at: datetime) -> datetime:
    """The full hour in which it lies, UTC."""
    return at.replace(minute=0, second=0, microsecond=0)
