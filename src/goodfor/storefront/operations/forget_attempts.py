"""Drop counted tries whose window is long over."""

from datetime import datetime, timedelta

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

_FORGET = Statement("goodfor.storefront", "sql/forget_attempts.sql")
KEEP = timedelta(days=1)


def forget_attempts(*, now: datetime) -> int:
    """Delete windows that began more than a day ago, in all shops; how many rows went."""
    with platform_job("forget counted tries"):
        return _FORGET.run({"before": now - KEEP})
