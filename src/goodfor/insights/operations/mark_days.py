"""Note the days of whose orders something was told: they are to be counted again."""

from datetime import datetime
from typing import Final

from django.db import transaction

from goodfor.insights.models import Progress
from goodfor.insights.progress import CUBE, FLOW, advance, next_range
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

BATCH: Final = 50_000
_BEGIN: Final = Statement("goodfor.insights", "sql/flow_begin.sql")
_MARK: Final = Statement("goodfor.insights", "sql/flow_mark.sql")


def mark_days(*, now: datetime, batch: int = BATCH) -> int:
    """One batch of events, in one transaction; 1 when there may be more, else 0. The first time ever: all days.

    It never overtakes the cube, which freezes the segment that a day's orders are counted by.
    """
    with platform_job("days whose orders moved"), transaction.atomic():
        cube = Progress.objects.filter(name=CUBE).values_list("upto_xid", flat=True).first() or 0
        first = not Progress.objects.filter(name=FLOW).exists()
        part = next_range(FLOW, batch, below=cube)
        if first:
            _BEGIN.run({"now": now})
        if part.found:
            _MARK.run({**part.params, "now": now})
        advance(FLOW, part)
    return int(part.found)
