"""The loop that works out backtests."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.risk.operations.walk_backtests import walk_backtests


@loop(name="risk.backtests", seconds=1.0)
def work_out(now: datetime) -> int:
    """Rules that somebody tries on stored decisions."""
    return walk_backtests(now=now)
