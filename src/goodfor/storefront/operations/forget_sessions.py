"""Drop browsers' sessions that are over: what they held of a person is not kept beyond its use."""

from datetime import datetime

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

_FORGET = Statement("goodfor.storefront", "sql/forget_sessions.sql")
BATCH = 5000


def forget_sessions(*, now: datetime, limit: int = BATCH) -> int:
    """Delete sessions that ended, of all shops and of the staff, at most `limit`; how many rows went."""
    with platform_job("forget ended sessions"):
        return _FORGET.run({"now": now, "limit": limit})
