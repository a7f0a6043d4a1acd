"""Jobs that fail and run again, loops that are noted, events that are told again, the trail checked on request."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from procrastinate import JobContext

from goodfor.kernel import audit, audit_check, background, crypto, events, faults, jobs, loops, relay
from goodfor.kernel.audit_desk import AuditSearch, search_audit, walk_audit
from goodfor.kernel.errors import Conflict, JobsChanged, KeyJustRotated
from goodfor.kernel.operations.note_duty import note_duty
from goodfor.kernel.operations.retire_sealing_key import retire_sealing_key
from goodfor.kernel.operations.retry_events import retry_events
from goodfor.kernel.operations.retry_jobs import retry_jobs
from goodfor.kernel.operations.rotate_sealing_key import rotate_sealing_key
from goodfor.kernel.operations.start_audit_check import start_audit_check

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_jobs() -> None:
    """The clean-up after a test leaves procrastinate's tables as they are."""
    sql("DELETE FROM procrastinate_jobs")


SHOP, OTHER = UUID(int=1), UUID(int=2)
ACTOR = "staff:x"


def sql(text: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def a_job(status: str = "failed", queue: str = "housekeeping") -> int:
    (row,) = sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args, attempts)"
        " VALUES (%s, 'test.job', %s::text::procrastinate_job_status, '{\"code\": \"SECRET-1\"}', 1) RETURNING id",
        queue, status,
    )  # fmt: skip
    return int(row[0])


def status_of(job_id: int) -> str:
    return str(sql("SELECT status::text FROM procrastinate_jobs WHERE id = %s", job_id)[0][0])


def lines(action: str) -> int:
    return int(sql("SELECT count(*) FROM kernel_audit WHERE action = %s", action)[0][0])


def at_once(count: int, work: Callable[[], Any]) -> list[Any]:
    """What `work` gave or raised in so many threads at the same time."""
    found: list[Any] = []
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait()
        try:
            found.append(work())
        except Exception as error:
            found.append(type(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


# -- jobs -------------------------------------------------------------------------------------------


def test_a_failed_job_keeps_its_kind_and_place_and_no_secret(now: datetime) -> None:
    @jobs.task(queue="test", name=f"test.fails.{uuid4()}")
    def fails() -> None:
        raise ValueError("SECRET-1 is not a code")

    job_id = a_job()
    job = jobs.app.job_manager  # the app is the one that the worker runs
    assert job is not None
    with pytest.raises(ValueError, match="SECRET"):
        fails.func(_context(job_id))
    (view,) = background.jobs()
    assert view.error.startswith("ValueError, kernel/tests/test_background.py:")
    assert "SECRET" not in repr(view)
    # Called as a plain function there is no job to note anything about.
    with pytest.raises(ValueError, match="SECRET"):
        fails.func()
    assert sql("SELECT count(*) FROM kernel_job_failure") == [(1,)]


def _context(job_id: int) -> JobContext:
    context: Any = object.__new__(JobContext)
    object.__setattr__(context, "job", type("Job", (), {"id": job_id})())
    return context  # type: ignore[no-any-return]


def test_brief_tells_a_refusals_code() -> None:
    with pytest.raises(Conflict) as caught:
        raise Conflict("with a secret in it")
    assert faults.brief(caught.value).startswith("Conflict, conflict, kernel/tests/test_background.py:")


def test_retry_puts_exactly_these_back(now: datetime) -> None:
    one, two, running = a_job(), a_job(queue="mail"), a_job("doing")
    assert [(q.name, q.waiting, q.running, q.failed) for q in background.queues()] == [
        ("housekeeping", 0, 1, 1),
        ("mail", 0, 0, 1),
    ]
    for refused in ([], [one, running], [one, 999_999]):
        with pytest.raises(JobsChanged):
            retry_jobs(shop_id=SHOP, job_ids=refused, actor=ACTOR, now=now)
    assert [status_of(job) for job in (one, two, running)] == ["failed", "failed", "doing"]
    assert lines("kernel.jobs_retried") == 0
    sql("INSERT INTO kernel_job_failure VALUES (%s, 'ValueError', %s)", one, now)
    assert retry_jobs(shop_id=SHOP, job_ids=[one, one], actor=ACTOR, now=now) == 1
    assert [status_of(job) for job in (one, two, running)] == ["todo", "failed", "doing"]
    assert sql("SELECT count(*) FROM kernel_job_failure") == [(0,)]
    assert lines("kernel.jobs_retried") == 1


def test_many_retries_at_once_run_it_once(now: datetime) -> None:
    job = a_job()
    found = at_once(4, lambda: retry_jobs(shop_id=SHOP, job_ids=[job], actor=ACTOR, now=now))
    assert sorted(map(str, found)) == sorted(map(str, [1, JobsChanged, JobsChanged, JobsChanged]))
    assert lines("kernel.jobs_retried") == 1


# -- loops ------------------------------------------------------------------------------------------


def test_loops_in_trouble_come_first(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    note_duty(name="test.noted", worked=True, error="", now=now)
    assert sql("SELECT failures, error, last_ok_at = last_work_at FROM kernel_duty") == [(0, "", True)]
    for _ in range(2):
        note_duty(name="test.noted", worked=False, error="RuntimeError", now=now)
    monkeypatch.setitem(loops.REGISTRY, "test.noted", loops.Loop("test.noted", 60, lambda at: 0))
    first = background.duties(now)[0]
    assert (first.name, first.failures, first.error) == ("test.noted", 2, "RuntimeError")
    assert first.next_run_at == now + timedelta(seconds=60)


def test_periodic_jobs_tell_their_next_run(now: datetime) -> None:
    found = {duty.name: duty for duty in background.duties(now) if duty.cron}
    assert found["console.expire_exports"].next_run_at == now + timedelta(minutes=23)
    assert found["console.expire_exports"].last_run_at is None


# -- events -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Happened(events.Event):
    """A test event."""

    name: ClassVar[str] = "test.happened"
    number: int


def test_a_retry_of_an_event_calls_its_handler_once(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_handlers", {})
    monkeypatch.setattr(events, "_concerns", {})
    heard: list[int] = []
    well = threading.Event()

    def handler(event: events.StoredEvent) -> None:
        if not well.is_set():
            raise ValueError("SECRET-3")
        heard.append(event.payload["number"])

    events.register(Happened, handler, name="test.stuck")
    for shop in (SHOP, OTHER):
        events.publish(shop_id=shop, event=Happened(7), now=now)
    assert background.outbox(SHOP).waiting == 2
    relay.relay_batch(now)
    sql("UPDATE kernel_event_retry SET attempts = 11, next_try_at = %s", now + timedelta(hours=1))
    box = background.outbox(SHOP)
    assert box.waiting == 0
    assert [(r.handler, r.error, r.stuck) for r in box.retries] == [("test.stuck", "ValueError", True)]
    assert "SECRET" not in repr(box)
    with pytest.raises(JobsChanged):
        retry_events(shop_id=UUID(int=3), event_id=box.retries[0].event_id, handler="test.stuck", actor=ACTOR, now=now)
    well.set()
    assert relay.retry_due(now) == 0
    assert retry_events(shop_id=SHOP, actor=ACTOR, now=now) == 1
    with pytest.raises(JobsChanged):
        retry_events(shop_id=SHOP, actor=ACTOR, now=now)
    assert relay.retry_due(now) == 1
    assert relay.retry_due(now) == 0
    assert heard == [7]
    assert background.outbox(SHOP).retries == ()
    assert len(background.outbox(OTHER).retries) == 1
    assert lines("kernel.events_retried") == 1


# -- keys -------------------------------------------------------------------------------------------


def test_a_rotation_is_written_down_and_not_doubled(now: datetime) -> None:
    first = crypto.keyring().active_key_id
    now = sql("SELECT now()")[0][0]
    found = at_once(3, lambda: rotate_sealing_key(shop_id=SHOP, actor=ACTOR, now=now))
    assert sorted(map(str, found)) == sorted(map(str, [first + 1, KeyJustRotated, KeyJustRotated]))
    assert lines("kernel.key_rotated") == 1
    with pytest.raises(Conflict):
        retire_sealing_key(shop_id=SHOP, key_id=first, actor=ACTOR, now=now)
    assert lines("kernel.key_retired") == 0
    later = now + timedelta(hours=1)
    retire_sealing_key(shop_id=SHOP, key_id=first, actor=ACTOR, now=later)
    assert lines("kernel.key_retired") == 1
    assert sql("SELECT count(*) FROM kernel_data_key WHERE purpose = 'seal'") == [(1,)]


# -- the audit trail --------------------------------------------------------------------------------


@contextmanager
def unguarded() -> Iterator[None]:
    sql("SET session_replication_role = replica")
    try:
        yield
    finally:
        sql("SET session_replication_role = DEFAULT")


def write(now: datetime, count: int, shop: UUID = SHOP) -> None:
    for number in range(count):
        audit.record(
            shop_id=shop, actor="a", action=f"vault.act_{number}", subject=("t", str(number)), data={"n": number},
            now=now + timedelta(seconds=number),
        )  # fmt: skip


def checked(now: datetime) -> audit_check.AuditCheck:
    assert start_audit_check(shop_id=SHOP, actor=ACTOR, now=now)
    for _ in range(20):
        if audit_check.check_audit(now) == 0:
            break
    found = audit_check.last_check()
    assert found is not None
    return found


def test_a_check_walks_the_chain_in_stretches(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_check, "STRETCH", 4)
    assert audit_check.check_audit(now) == 0
    write(now, 10)
    assert audit.seal(now) == 10
    assert start_audit_check(shop_id=SHOP, actor=ACTOR, now=now)
    assert not start_audit_check(shop_id=SHOP, actor="staff:y", now=now)
    assert [audit_check.check_audit(now) for _ in range(4)] == [4, 4, 2, 0]
    found = audit_check.last_check()
    assert found is not None
    assert (found.position, found.target, found.fault, found.asked_by) == (10, 10, "", ACTOR)
    assert found.checked_until == now + timedelta(seconds=9)
    assert lines("kernel.audit_check_started") == 1


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("UPDATE kernel_audit SET actor = 'b' WHERE subject_id = '6'", "changed/7"),
        ("DELETE FROM kernel_audit WHERE subject_id = '6'", "gone/7"),
        ("DELETE FROM kernel_audit_seal WHERE seq > 8", "gone/10"),
        ("DELETE FROM kernel_audit_seal WHERE seq = 3", "changed/4"),
        (
            "INSERT INTO kernel_audit (id, xid, shop_id, actor, action, subject_type, subject_id, data, at)"
            " OVERRIDING SYSTEM VALUE SELECT 0, xid, shop_id, actor, action, subject_type, 'x', data, at"
            " FROM kernel_audit WHERE subject_id = '5'",
            "slipped_in/0",
        ),
        ("UPDATE kernel_audit_head SET mac = repeat('x', 32)::bytea", "head"),
    ],
)
def test_a_check_finds_what_was_done_to_the_trail(
    now: datetime, monkeypatch: pytest.MonkeyPatch, damage: str, fault: str
) -> None:
    monkeypatch.setattr(audit_check, "STRETCH", 4)
    write(now, 10)
    audit.seal(now)
    with unguarded():
        sql(damage)
    assert checked(now).fault == fault


def test_the_trail_is_read_within_a_shop(now: datetime) -> None:
    write(now, 7)
    write(now, 3, OTHER)
    assert [line.subject_id for line in search_audit(SHOP, AuditSearch(), limit=3)] == ["6", "5", "4"]
    assert [line.subject_id for line in search_audit(SHOP, AuditSearch(), offset=5, limit=3)] == ["1", "0"]
    assert [line.action for line in search_audit(OTHER, AuditSearch(action="vault.act_1"))] == ["vault.act_1"]
    assert len(search_audit(SHOP, AuditSearch(action="vault."))) == 7
    assert len(search_audit(SHOP, AuditSearch(hide="vault.act_3"))) == 6
    assert search_audit(SHOP, AuditSearch(action="%")) == []
    until = now + timedelta(seconds=2)
    assert [line.data for line in search_audit(SHOP, AuditSearch(until=until))] == [{"n": 1}, {"n": 0}]
    assert [len(page) for page in walk_audit(SHOP, AuditSearch())] == [7]


def test_lines_say_where_a_request_came_from(now: datetime) -> None:
    with audit.coming_from("192.0.2.9"):
        write(now, 1)
    write(now, 1, OTHER)
    assert search_audit(SHOP, AuditSearch())[0].data == {"n": 0, "from": "192.0.2.9"}
    assert search_audit(OTHER, AuditSearch())[0].data == {"n": 0}
