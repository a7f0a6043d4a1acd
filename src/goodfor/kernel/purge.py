"""What nobody needs any more is deleted, in small batches: request keys after a week, told events after ninety days."""

from datetime import datetime, timedelta

from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: How long a request key answers a repetition; told to clients in the description of the API.
KEY_AGE = timedelta(days=7)
#: How long an event that everyone has heard is kept for people who look into what happened.
EVENT_AGE = timedelta(days=90)
BATCH = 1000
_KEYS = Statement(__package__, "sql/purge_keys.sql")
_EVENTS = Statement(__package__, "sql/purge_events.sql")


@loop(name="kernel.purge_keys", seconds=3600.0)
def purge_keys(now: datetime, limit: int = BATCH) -> int:
    """Delete request keys that are older than `KEY_AGE`; returns how many."""
    with platform_job("purge request keys"):
        return _KEYS.run({"before": now - KEY_AGE, "limit": limit})


@loop(name="kernel.purge_events", seconds=3600.0)
def purge_events(now: datetime, limit: int = BATCH) -> int:
    """Delete events older than `EVENT_AGE` that the relay has passed and no handler is still to hear; how many."""
    with platform_job("purge events"):
        return _EVENTS.run({"before": now - EVENT_AGE, "limit": limit})
