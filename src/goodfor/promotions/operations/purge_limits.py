"""Forget what was counted in periods that are long over, and by whom in campaigns that are."""

from datetime import datetime, timedelta
from typing import Final

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: So long after a day, week or month, or after a campaign ended. Nothing reads them by then; people may still ask.
KEPT: Final = timedelta(days=180)
CHUNK: Final = 5_000
_COUNTERS: Final = Statement("goodfor.promotions", "sql/purge_counters.sql")
_QUOTAS: Final = Statement("goodfor.promotions", "sql/purge_quotas.sql")


def purge_limits(*, now: datetime, most: int = CHUNK) -> int:
    """At most `most` of what names had and `most` shared limits, of all shops; how many. What orders took is kept."""
    with platform_job("limits end by time, whatever the shop"):
        told = {"before": now - KEPT, "most": most}
        return _COUNTERS.run(told) + _QUOTAS.run(told)
