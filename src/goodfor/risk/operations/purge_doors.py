"""Forget what doors counted once no window and no lock reaches it."""

from datetime import datetime, timedelta
from typing import Final

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: The longest window is an hour. What is kept of wrong passwords goes with it.
ANSWERS: Final = timedelta(minutes=70)
#: The longest lock is a day, and a key that was quiet for another begins anew.
KEYS: Final = timedelta(days=3)
KNOWN: Final = timedelta(days=180)
CHALLENGES: Final = timedelta(minutes=5)
#: Nobody counts those who were turned away, but for figures by the hour.
REFUSALS: Final = timedelta(minutes=2)
HOURS: Final = timedelta(days=400)
BATCH: Final = 5000
_ANSWERS = Statement("goodfor.risk", "sql/purge_door_answers.sql")
_KEYS = Statement("goodfor.risk", "sql/purge_door_keys.sql")
_KNOWN = Statement("goodfor.risk", "sql/purge_door_known.sql")
_CHALLENGES = Statement("goodfor.risk", "sql/purge_challenges.sql")
_REFUSALS = Statement("goodfor.risk", "sql/purge_door_refusals.sql")
_HOURS = Statement("goodfor.risk", "sql/purge_door_hours.sql")


def purge_doors(*, now: datetime, limit: int = BATCH) -> int:
    """Delete up to `limit` rows of each kind, of all shops; how many. Answers and refusals stay as figures."""
    with platform_job("what doors counted is forgotten by time, whatever the shop"):
        return (
            _counted(_ANSWERS, now - ANSWERS, limit)
            + _counted(_REFUSALS, now - REFUSALS, limit)
            + _KEYS.run({"before": (now - KEYS).date(), "now": now, "limit": limit})
            + _KNOWN.run({"before": now - KNOWN, "limit": limit})
            + _CHALLENGES.run({"before": now - CHALLENGES, "limit": limit})
            + _HOURS.run({"before": now - HOURS, "limit": limit})
        )


def _counted(statement: Statement, before: datetime, limit: int) -> int:
    row = statement.row({"before": before, "limit": limit})
    assert row is not None
    return int(row[0])
