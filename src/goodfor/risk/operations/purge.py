"""Delete what is past its time, a batch at a time: names of keys that no event has any more, uses of limits."""

from datetime import datetime, timedelta
from typing import Final

from goodfor.kernel.ids import uuid7_floor
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: As long as there may be events of a key, and two months more: when it was seen last is known to a month.
ENTITY_AGE: Final = timedelta(days=550)
BATCH: Final = 1000
_ENTITIES = Statement("goodfor.risk", "sql/purge_entities.sql")
_TAKES = Statement("goodfor.risk", "sql/purge_takes.sql")


def purge(*, now: datetime, limit: int = BATCH) -> int:
    """How many rows went."""
    with platform_job("purge what risk control needs no more"):
        before = now - ENTITY_AGE
        gone = _ENTITIES.run({"before": before, "floor": uuid7_floor(before), "limit": limit})
        return gone + _TAKES.run({"now": now, "limit": limit})
