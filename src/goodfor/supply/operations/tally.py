"""Count how suppliers did, hour by hour: what is new, and again what may still change. All shops."""

from datetime import datetime, timedelta
from typing import Final

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.supply.health import AGAIN, BOUNDS
from goodfor.supply.health_models import Outage, Tally

_HOURS: Final = Statement("goodfor.supply", "sql/tally_hours.sql")
_COUNT: Final = Statement("goodfor.supply", "sql/tally_count.sql")
#: What was before the first count is counted so far back; hours are kept for so long.
KEPT: Final = timedelta(days=62)
LIMIT: Final = 200
_CHUNK: Final = 2000


def tally_due(*, now: datetime, limit: int = LIMIT) -> int:
    """How many hours were counted. One pass reads the purchases of at most `limit` hours of suppliers."""
    with platform_job("count how suppliers did"):
        _HOURS.run({"now": now, "since": now - KEPT})
        return _COUNT.run(
            {
                "now": now, "limit": limit, "bounds": list(BOUNDS), "ages": [age for age, _minutes in AGAIN],
                "minutes": [minutes for _age, minutes in AGAIN],
            }
        )  # fmt: skip


def forget_tallies(*, now: datetime) -> int:
    """Throw away hours and openings of breakers that no page shows any more; how many rows."""
    with platform_job("forget how suppliers did"):
        old = Tally.objects.filter(hour__lt=now - KEPT).values_list("supplier_id", "hour")[:_CHUNK]
        gone = sum(Tally.objects.filter(supplier_id=one, hour=hour).delete()[0] for one, hour in list(old))
        outages = Outage.objects.filter(opened_at__lt=now - KEPT)
        return gone + Outage.objects.filter(id__in=list(outages.values_list("id", flat=True)[:_CHUNK])).delete()[0]
