"""Periodic duties of points."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.loyalty.operations.expire_units import expire_units


@loop(name="loyalty.expire", seconds=60.0)
def expire(now: datetime) -> int:
    """Take what has ended out of the wallets, some at a time; how many wallets it was."""
    return expire_units(now=now)
