"""Request keys and events are deleted past their age, in batches; nothing that is still needed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.kernel import events, idempotency, invariants, purge, relay, truths

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Happened(events.Event):
    """A test event."""

    name: ClassVar[str] = "test.happened"
    number: int


def keep(shop: UUID, key: str, now: datetime) -> None:
    idempotency.store(shop_id=shop, scope="api:1", key=key, body_hash=bytes(32), status=201, body=b"{}", now=now)


def replay(shop: UUID, key: str) -> idempotency.Replay | None:
    return idempotency.lookup(shop_id=shop, scope="api:1", key=key, body_hash=bytes(32))


def numbers() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (payload->>'number')::int FROM kernel_event WHERE shop_id IS NOT NULL ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def test_request_keys_answer_for_a_week_and_no_longer(now: datetime) -> None:
    shop = uuid4()
    keep(shop, "old", now - purge.KEY_AGE - SECOND)
    keep(shop, "just", now - purge.KEY_AGE)
    keep(shop, "new", now)
    assert purge.purge_keys(now) == 1
    assert replay(shop, "old") is None
    assert replay(shop, "just") == replay(shop, "new") == idempotency.Replay(201, b"{}")
    assert purge.purge_keys(now) == 0
    # The key is free again.
    keep(shop, "old", now)


def test_request_keys_go_in_batches_of_all_shops(now: datetime) -> None:
    for number in range(5):
        keep(uuid4(), str(number), now - timedelta(days=8))
    assert [purge.purge_keys(now, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_events_go_once_they_were_told_and_are_old(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_handlers", {})

    def fails(event: events.StoredEvent) -> None:
        if event.payload["number"] == 2:
            raise ValueError("boom")

    events.register(Happened, fails, name="test.f")
    old = now - purge.EVENT_AGE - SECOND
    for number, at in enumerate([old, old, old, now - purge.EVENT_AGE, now, old]):
        if number == 5:
            while relay.relay_batch(now):
                pass
        events.publish(shop_id=uuid4(), event=Happened(number), now=at)
    assert [purge.purge_events(now, limit=1) for _ in range(3)] == [1, 1, 0]
    # Told but waiting for its retry; young enough; and not told yet, however old.
    assert numbers() == [2, 3, 4, 5]
    assert relay.relay_batch(now) == 1
    assert relay.retry_due(now + SECOND) == 1
    assert purge.purge_events(now) == 1
    assert numbers() == [2, 3, 4]
    assert [r.count for r in (invariants.run(truth, now) for truth in truths.INVARIANTS)] == [0, 0, 0]


def test_events_beside_which_nothing_was_told_stay(now: datetime) -> None:
    events.publish(shop_id=uuid4(), event=Happened(1), now=now - timedelta(days=365))
    assert purge.purge_events(now) == 0
    assert numbers() == [1]
