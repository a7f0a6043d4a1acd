"""Reviews whose time is over."""

from datetime import datetime
from typing import Final

import structlog

from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.risk.operations.decide_review import decide_overdue

BATCH: Final = 200
_DUE: Final = Statement("goodfor.risk", "sql/due_reviews.sql")
log = structlog.get_logger(__name__)


@loop(name="risk.reviews_overdue", seconds=2.0)
def end_overdue_reviews(now: datetime) -> int:
    """Nobody looked in time: each scene's default happens."""
    with platform_job("reviews past their time"):
        due = _DUE.rows({"now": now, "limit": BATCH})
    done = 0
    for shop_id, review_id in due:
        try:
            done += decide_overdue(shop_id=shop_id, review_id=review_id, now=now)
        except Exception as error:
            # One broken review must not hold up the others.
            log.error("review_overdue_failed", review_id=str(review_id), error=type(error).__name__)
    return done
