"""Events, idempotency, keys and the audit trail on a real database."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

import pytest
from django.db import connection, transaction

from goodfor.kernel import audit, crypto, events, idempotency, invariants, relay
from goodfor.kernel.statemachine import IllegalTransition, Machine, record_history

pytestmark = pytest.mark.django_db(transaction=True)
MACHINE = Machine("test", "a", {"a": frozenset({"b"}), "b": frozenset()})


@dataclass(frozen=True)
class Happened(events.Event):
    """A test event."""

    name: ClassVar[str] = "test.happened"
    number: int


@pytest.fixture(autouse=True)
def _no_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_handlers", {})
    monkeypatch.setattr(events, "_concerns", {})


def test_each_handler_hears_each_event_once_in_order(now: datetime) -> None:
    heard: list[int] = []
    events.register(Happened, lambda e: heard.append(e.payload["number"]), name="test.h")
    for number in range(5):
        events.publish(shop_id=uuid4(), event=Happened(number), now=now)
    assert relay.relay_batch(now, limit=3) == 3
    assert relay.relay_batch(now, limit=3) == 2
    assert relay.relay_batch(now) == 0
    assert heard == [0, 1, 2, 3, 4]


def test_a_rolled_back_event_never_happened(now: datetime) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        events.publish(shop_id=uuid4(), event=Happened(1), now=now)
        raise RuntimeError
    assert relay.relay_batch(now) == 0


def test_a_failing_handler_is_retried_and_holds_nothing_up(now: datetime) -> None:
    heard: list[int] = []

    def fails_first(event: events.StoredEvent) -> None:
        if not heard:
            heard.append(-1)
            raise ValueError("boom")
        heard.append(event.payload["number"])

    events.register(Happened, fails_first, name="test.f")
    events.publish(shop_id=uuid4(), event=Happened(7), now=now)
    events.publish(shop_id=uuid4(), event=Happened(8), now=now)
    assert relay.relay_batch(now) == 2
    assert heard == [-1, 8]
    assert relay.retry_due(now) == 0
    assert relay.retry_due(now.replace(minute=1)) == 1
    assert heard == [-1, 8, 7]
    assert relay.retry_due(now.replace(minute=2)) == 0


def test_what_is_no_concern_is_not_heard_and_a_failing_question_is_no_answer(now: datetime) -> None:
    heard: list[int] = []

    def odd(event: events.StoredEvent) -> bool:
        number = event.payload["number"]
        return bool(number % 2) if number else bool(1 / number)

    events.register(Happened, lambda e: heard.append(e.payload["number"]), name="test.c", concern=odd)
    for number in range(4):
        events.publish(shop_id=uuid4(), event=Happened(number), now=now)
    assert relay.relay_batch(now) == 4
    assert heard == [1, 3]
    assert relay.retry_due(now.replace(minute=1)) == 1, "heard after all: nobody could say that it is none"
    assert heard == [1, 3, 0]


def test_what_comes_before_a_handler_comes_before_each_try_and_outside_of_its_transaction(now: datetime) -> None:
    heard: list[str] = []

    def before(event: events.StoredEvent) -> None:
        heard.append(f"before {event.payload['number']}, inside {inside()}")
        if len(heard) == 1:
            raise ValueError("not yet")

    def handle(event: events.StoredEvent) -> None:
        heard.append(f"heard {event.payload['number']}, inside {inside()}")
        if len(heard) == 3:
            raise ValueError("once more")

    def inside() -> bool:
        return connection.in_atomic_block

    events.register(Happened, handle, name="test.b", before=before)
    try:
        events.publish(shop_id=uuid4(), event=Happened(7), now=now)
        assert relay.relay_batch(now) == 1
        assert heard == ["before 7, inside False"]
        assert relay.retry_due(now.replace(minute=1)) == 1
        assert heard[1:] == ["before 7, inside False", "heard 7, inside True"]
        assert relay.retry_due(now.replace(minute=9)) == 1
        assert heard[3:] == ["before 7, inside False", "heard 7, inside True"]
        assert relay.retry_due(now.replace(minute=30)) == 0
    finally:
        events._befores.pop("test.b")


def test_the_same_key_replays_and_another_body_is_refused(now: datetime) -> None:
    shop, args = uuid4(), {"scope": "api:1", "key": "k"}
    with transaction.atomic():
        assert idempotency.claim(shop_id=shop, body_hash=bytes(32), now=now, **args) is None
        idempotency.finish(shop_id=shop, status=201, body=b"{}", **args)
    with transaction.atomic():
        again = idempotency.claim(shop_id=shop, body_hash=bytes(32), now=now, **args)
    assert again == idempotency.Replay(201, b"{}")
    with pytest.raises(idempotency.KeyReused):
        idempotency.lookup(shop_id=shop, body_hash=b"x" * 32, **args)
    with pytest.raises(idempotency.LostRace), transaction.atomic():
        idempotency.store(shop_id=shop, body_hash=bytes(32), status=200, body=b"", now=now, **args)
    assert idempotency.lookup(shop_id=uuid4(), body_hash=bytes(32), **args) is None


def test_a_sealed_blob_opens_only_in_its_place_and_survives_rotation() -> None:
    ring = crypto.keyring()
    first = ring.seal(b"secret", b"place")
    second_key = ring.rotate()
    second = ring.seal(b"secret", b"place")
    assert (first.key_id != second.key_id, second.key_id) == (True, second_key)
    crypto.forget_keys()
    assert crypto.keyring().open(first, b"place") == crypto.keyring().open(second, b"place") == b"secret"
    for sealed, aad in [
        (first, b"other"),
        (crypto.Sealed(second_key, first.blob), b"place"),
        (crypto.Sealed(first.key_id, first.blob[:-1] + bytes([first.blob[-1] ^ 1])), b"place"),
        (crypto.Sealed(30000, first.blob), b"place"),
    ]:
        with pytest.raises(crypto.DecryptFailed):
            crypto.keyring().open(sealed, aad)
    assert "secret" not in repr(first)


def test_a_key_made_inside_a_rolled_back_transaction_still_exists() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        sealed = crypto.keyring().seal(b"x", b"")
        raise RuntimeError
    crypto.forget_keys()
    assert crypto.keyring().open(sealed, b"") == b"x"


def _lines(now: datetime, count: int) -> None:
    for number in range(count):
        audit.record(shop_id=uuid4(), actor="staff:1", action="x", subject=("t", uuid4()), data={"n": number}, now=now)


def test_the_audit_chain_finds_each_kind_of_tampering(now: datetime) -> None:
    def broken() -> list[tuple[str, str]]:
        return [v for i in audit.INVARIANTS for v in invariants.run(i, now).violations]

    _lines(now, 3)
    assert audit.seal(now) == 3
    _lines(now, 2)
    assert audit.seal(now) == 2
    assert audit.seal(now) == 0
    assert broken() == []
    for tampering, expected in [
        ("UPDATE kernel_audit SET actor = 'staff:2' WHERE id = (SELECT min(id) + 1 FROM kernel_audit)", 1),
        ("DELETE FROM kernel_audit WHERE id = (SELECT min(id) + 2 FROM kernel_audit)", 1),
        ("DELETE FROM kernel_audit_seal WHERE seq = 2", 2),
    ]:
        with pytest.raises(RuntimeError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(tampering)
            found = broken()
            raise RuntimeError
        assert len(found) == expected, (tampering, found)
    assert broken() == []


def test_the_audit_trail_refuses_changes(now: datetime) -> None:
    _lines(now, 1)
    for statement in (
        "UPDATE kernel_audit SET actor = 'x'",
        "DELETE FROM kernel_audit",
        "TRUNCATE kernel_audit",
    ):
        with (
            pytest.raises(Exception, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_history_is_written_and_illegal_moves_are_not(now: datetime) -> None:
    subject = uuid4()
    args = {
        "shop_id": uuid4(),
        "machine": MACHINE,
        "subject_id": subject,
        "actor": "s",
        "cause": "c",
        "now": now,
    }
    record_history(moves=[(None, "a"), ("a", "b")], **args)
    with pytest.raises(IllegalTransition):
        record_history(moves=[("b", "a")], **args)
    with connection.cursor() as cursor:
        cursor.execute("SELECT from_state, to_state FROM kernel_history WHERE subject_id = %s ORDER BY step", [subject])
        assert cursor.fetchall() == [(None, "a"), ("a", "b")]
