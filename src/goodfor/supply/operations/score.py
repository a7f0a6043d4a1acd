"""How suppliers did lately, from their last purchases."""

from datetime import datetime, timedelta
from typing import Final

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

_SCORE: Final = Statement("goodfor.supply", "sql/score.sql")
SINCE: Final = timedelta(days=7)
LAST: Final = 200


def score_suppliers(*, now: datetime) -> int:
    """Renew every enabled supplier's score from its last purchases; bounded by their number, whatever the history."""
    with platform_job("score suppliers"):
        return _SCORE.run({"now": now, "since": now - SINCE, "last": LAST})
