"""Keep why a job failed."""

from datetime import datetime

from goodfor.kernel.sql import Statement

_NOTE = Statement("goodfor.kernel", "sql/job_failure.sql")


def note_job_failure(*, job_id: int, error: str, now: datetime) -> None:
    """`error` as `faults.brief` says it; the latest failure of a job replaces the one before."""
    _NOTE.run({"job_id": job_id, "error": error, "now": now})
