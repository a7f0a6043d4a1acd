"""Periodic duties of promotions, each one operation."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.promotions import group_tasks as group_tasks
from goodfor.promotions.operations.make_coupons import write_codes
from goodfor.promotions.operations.purge_limits import purge_limits
from goodfor.promotions.operations.tend_campaigns import prepare_limits, stop_cut_off, tend_campaigns


@loop(name="promotions.campaigns", seconds=5.0)
def tend(now: datetime) -> int:
    """Campaigns that start, are over, or have nothing left to give."""
    return tend_campaigns(now=now)


@loop(name="promotions.floors", seconds=60.0)
def floors(now: datetime) -> int:
    """Campaigns that floors cut off."""
    return stop_cut_off(now=now)


@loop(name="promotions.codes", seconds=5.0)
def codes(now: datetime) -> int:
    """Unique codes of coupons, chunk by chunk."""
    return write_codes(now=now)


@loop(name="promotions.limits", seconds=1800.0)
def limits(now: datetime) -> int:
    """Limits of the next day, week or month. Never called again at once: it counts what it looked at."""
    prepare_limits(now=now)
    return 0


@loop(name="promotions.purge", seconds=3600.0)
def purge(now: datetime) -> int:
    """What was counted in periods long over."""
    return purge_limits(now=now)
