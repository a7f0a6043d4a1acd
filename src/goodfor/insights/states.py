"""States of a saved report, and its rhythms. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

LIVE, PAUSED, DROPPED = "live", "paused", "dropped"
REPORT: Final = Machine(
    "insights.report",
    LIVE,
    {LIVE: frozenset({PAUSED, DROPPED}), PAUSED: frozenset({LIVE, DROPPED}), DROPPED: frozenset()},
)
#: What is still there: its name is taken, and it can be changed.
KEPT: Final = (LIVE, PAUSED)
NEVER, DAILY, WEEKLY, MONTHLY = "never", "daily", "weekly", "monthly"
RHYTHMS: Final = (NEVER, DAILY, WEEKLY, MONTHLY)
