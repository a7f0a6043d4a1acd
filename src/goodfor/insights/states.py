"""States of a saved report, and its rhythms. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

LIVE, DROPPED = "live", "dropped"
REPORT: Final = Machine("insights.report", LIVE, {LIVE: frozenset({DROPPED}), DROPPED: frozenset()})
NEVER, DAILY, WEEKLY, MONTHLY = "never", "daily", "weekly", "monthly"
RHYTHMS: Final = (NEVER, DAILY, WEEKLY, MONTHLY)
