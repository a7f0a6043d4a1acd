"""Periodic duties of risk control, each one operation."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.risk import backtest_tasks as backtest_tasks
from goodfor.risk import door_tasks as door_tasks
from goodfor.risk import hour_tasks as hour_tasks
from goodfor.risk import link_tasks as link_tasks
from goodfor.risk import review_tasks as review_tasks
from goodfor.risk import starter_tasks as starter_tasks
from goodfor.risk import training_tasks as training_tasks
from goodfor.risk.operations.keep_partitions import keep_partitions
from goodfor.risk.operations.purge import purge


@loop(name="risk.partitions", seconds=3600.0)
def keep_months(now: datetime) -> int:
    """Months ahead, stray rows, months past their time."""
    return keep_partitions(now=now)


@loop(name="risk.purge", seconds=3600.0)
def purge_old(now: datetime) -> int:
    """Names of keys and uses of limits that nothing asks for any more."""
    return purge(now=now)
