"""Forget nonces that no acceptable signature can carry any more."""

from datetime import datetime

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

_PURGE = Statement("goodfor.identity", "sql/purge_nonces.sql")


def purge_nonces(*, now: datetime) -> int:
    """Delete up to 5000 expired nonces of all shops; how many."""
    with platform_job("nonces expire by time, whatever the shop"):
        return _PURGE.run({"now": now})
