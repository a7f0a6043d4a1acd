"""Delete the pictures of cases that were closed long ago."""

from datetime import datetime, timedelta

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: Told to buyers beside the upload.
KEPT_FOR = timedelta(days=180)
BATCH = 200
_PURGE = Statement("goodfor.aftersales", "sql/purge_pictures.sql")


def purge_pictures(*, now: datetime, limit: int = BATCH) -> int:
    """Delete up to `limit` pictures whose case was closed more than half a year ago; returns how many."""
    with platform_job("purge pictures of closed cases"):
        return _PURGE.run({"before": now - KEPT_FOR, "limit": limit})
