"""What has gone wrong in the background, as numbers: failed jobs, events that wait for another try."""

from dataclasses import dataclass

from goodfor.kernel.sql import Statement

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
