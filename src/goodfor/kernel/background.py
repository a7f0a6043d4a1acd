"""What goes on in the background, for the people who look after it: queues, jobs, duties, events on their way."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from goodfor.kernel import loops
from goodfor.kernel.jobs import app
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.kernel.truths import MANY_TRIES

LIMIT = 200
COUNT_LIMIT = 10_000
_QUEUES = Statement(__package__, "sql/job_queues.sql")
_JOBS = Statement(__package__, "sql/job_list.sql")
_OUTBOX = Statement(__package__, "sql/outbox.sql")
_RETRIES = Statement(__package__, "sql/outbox_retries.sql")


@dataclass(frozen=True, slots=True)
class QueueView:
    """A queue of jobs in numbers."""

    name: str
    waiting: int
    running: int
    failed: int


@dataclass(frozen=True, slots=True)
class JobView:
    """A job without its arguments. `status`: todo, doing or failed. `error`: the kind and place, for a failed one."""

    id: int
    queue: str
    task: str
    status: str
    attempts: int
    scheduled_at: datetime | None
    error: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class DutyView:
    """Something done again and again: a loop (`cron` empty, every `seconds`) or a periodic job (`cron`)."""

    name: str
    seconds: float
    cron: str
    last_run_at: datetime | None
    next_run_at: datetime | None
    failures: int
    error: str


@dataclass(frozen=True, slots=True)
class RetryView:
    """A handler that failed on an event and will be called again. `stuck`: so often that a person must look."""

    event_id: int
    handler: str
    event: str
    occurred_at: datetime
    attempts: int
    next_try_at: datetime
    error: str

    @property
    def stuck(self) -> bool:
        """True after many tries."""
        return self.attempts > MANY_TRIES


@dataclass(frozen=True, slots=True)
class Outbox:
    """Events of the whole installation that nobody has heard yet, up to COUNT_LIMIT, and this shop's retries."""

    waiting: int
    oldest_at: datetime | None
    retries: tuple[RetryView, ...]


def queues() -> list[QueueView]:
    """All queues with something in them."""
    return [QueueView(*row) for row in _QUEUES.rows({})]


def jobs(limit: int = LIMIT) -> list[JobView]:
    """Jobs that failed, run or wait, in this order; the latest first."""
    return [JobView(*row) for row in _JOBS.rows({"limit": limit})]


def outbox(shop_id: UUID) -> Outbox:
    """How far the relay is behind, and the shop's events that wait for another try."""
    with platform_job("lag of the relay"):
        row = _OUTBOX.row({"limit": COUNT_LIMIT})
    assert row is not None
    retries = [RetryView(*found) for found in _RETRIES.rows({"shop_id": shop_id, "limit": LIMIT})]
    return Outbox(row[0], row[1], tuple(retries))


def duties(now: datetime) -> list[DutyView]:
    """Every loop and periodic job, in trouble first, then by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, last_run_at, failures, error FROM kernel_duty")
        noted = {name: rest for name, *rest in cursor.fetchall()}
        cursor.execute("SELECT task_name, max(defer_timestamp) FROM procrastinate_periodic_defers GROUP BY 1")
        deferred = dict(cursor.fetchall())
    found = [_loop(item, noted.get(item.name)) for item in loops.REGISTRY.values()]
    found += [_periodic(each, deferred, now) for each in app.periodic_registry.periodic_tasks.values()]
    return sorted(found, key=lambda duty: (duty.failures == 0, duty.name))


def _loop(item: loops.Loop, noted: list[Any] | None) -> DutyView:
    last, failures, error = noted or (None, 0, "")
    due = last + timedelta(seconds=item.seconds) if last else None
    return DutyView(item.name, item.seconds, "", last, due, failures, error)


def _periodic(each: Any, deferred: dict[str, int], now: datetime) -> DutyView:
    stamp = deferred.get(each.task.name)
    last = datetime.fromtimestamp(stamp, UTC) if stamp is not None else None
    due = each.croniter.get_next(ret_type=datetime, start_time=now)
    return DutyView(each.task.name, 0.0, each.cron, last, due, 0, "")
