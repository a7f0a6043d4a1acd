"""What has gone wrong in the background, as numbers: failed jobs, events that wait for another try."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement

_FAILED = Statement(__package__, "sql/failed_work.sql")
_TROUBLE = Statement(__package__, "sql/trouble.sql")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Failed jobs, and handlers of events that failed and will be tried again."""

    failed_jobs: int
    events_retrying: int


def trouble() -> Trouble:
    """Both numbers now."""
    row = _TROUBLE.row({})
    assert row is not None
    return Trouble(row[0], row[1])


@dataclass(frozen=True, slots=True)
class FailedWork:
    """A kind of work that failed within an hour. `shop_id` None: it is the installation's. No values, only names."""

    name: str
    error: str
    attempts: int
    hour: datetime
    shop_id: UUID | None


def failed_work(since: datetime) -> list[FailedWork]:
    """Jobs that failed for good, and handlers of events that failed five times and more. All shops."""
    return [
        FailedWork(name, error, attempts, hour, _shop(shop_id))
        for name, error, attempts, hour, shop_id in _FAILED.rows({"since": since})
    ]


def _shop(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
