"""The loops that make models, and look after them."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.risk.operations.look_at_drift import look_at_all
from goodfor.risk.operations.walk_trainings import walk_trainings


@loop(name="risk.trainings", seconds=2.0)
def train(now: datetime) -> int:
    """Models that somebody asked for."""
    return walk_trainings(now=now)


@loop(name="risk.drift", seconds=3600.0)
def watch(now: datetime) -> int:
    """How far the world has moved from what models know."""
    look_at_all(now=now)
    return 0
