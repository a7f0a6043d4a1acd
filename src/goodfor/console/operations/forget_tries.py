"""Drop guesses of long ago."""

from datetime import datetime

from goodfor.console.operations.count_try import FORGET
from goodfor.kernel.sql import Statement

_FORGET = Statement("goodfor.console", "sql/forget_tries.sql")


def forget_tries(*, now: datetime) -> int:
    """Delete what no longer counts; how many rows went."""
    return _FORGET.run({"before": now - FORGET})
