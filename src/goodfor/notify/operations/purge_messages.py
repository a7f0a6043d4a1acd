"""The send log is kept for as long as the shop says; what was told stays known by its business key."""

from datetime import datetime

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.notify.settings_of_shop import KEEP_DAYS

_PURGE = Statement("goodfor.notify", "sql/purge_messages.sql")


def purge_messages(*, now: datetime, limit: int = 500) -> int:
    """Delete ended messages that are older than that, all shops, one batch; how many."""
    with platform_job("purge the send log"):
        return _PURGE.run({"now": now, "keep_days": KEEP_DAYS, "limit": limit})
