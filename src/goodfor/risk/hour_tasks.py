"""The loop that counts hours."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.risk.operations.fold_hours import fold_hours


@loop(name="risk.hours", seconds=60.0)
def count_hours(now: datetime) -> int:
    """Hours that are over, of shops that were not counted so far."""
    return fold_hours(now=now)
