"""Let failed jobs run again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import JobsChanged
from goodfor.kernel.sql import Statement

_RETRY = Statement("goodfor.kernel", "sql/jobs_retry.sql")


def retry_jobs(*, shop_id: UUID, job_ids: Sequence[int], actor: str, now: datetime) -> int:
    """Put exactly these failed jobs back into their queues; all or none, each once.

    Raises JobsChanged when one of them is no longer failed, or the same work already waits. `shop_id` is the shop
    under which the trail notes who asked: jobs are duties of the whole installation.
    """
    wanted = sorted(set(job_ids))
    try:
        with transaction.atomic():
            if not wanted or len(_RETRY.rows({"ids": wanted})) != len(wanted):
                raise JobsChanged
            audit.record(
                shop_id=shop_id,
                actor=actor,
                action="kernel.jobs_retried",
                subject=("jobs", str(wanted[0]) if len(wanted) == 1 else "several"),
                data={"count": len(wanted), "jobs": wanted[:50]},
                now=now,
            )
    except IntegrityError as error:
        raise JobsChanged from error
    return len(wanted)
