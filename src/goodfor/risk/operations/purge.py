"""Delete what is past its time, a batch at a time: names of keys that no event has any more, uses of limits."""

from datetime import datetime, timedelta
from typing import Final

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: As long as there may be events of a key, and a month more.
ENTITY_AGE: Final = timedelta(days=520)
BATCH: Final = 1000
_ENTITIES = Statement("goodfor.risk", "sql/purge_entities.sql")
_TAKES = Statement("goodfor.risk", "sql/purge_takes.sql")


def purge(*, now: datetime, limit: int = BATCH) -> int:
    """How many rows went."""
    with platform_job("purge what risk control needs no more"):
        return _ENTITIES.run({"before": now - ENTITY_AGE, "limit": limit}) + _TAKES.run({"now": now, "limit": limit})
