"""Each handler has its effect once for each event, wherever the relay is killed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

import pytest
from django.db import connection

from goodfor.kernel import events, relay

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Happened(events.Event):
    """A test event."""

    name: ClassVar[str] = "test.happened"
    number: int


class Killed(BaseException):
    """As if the process had ended."""


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was tried, in order; the first event fails on its first try, the second kills on its first."""
    monkeypatch.setattr(events, "_handlers", {})
    tries: list[str] = []

    def handle(event: events.StoredEvent) -> None:
        number = event.payload["number"]
        first = f"{number} done" not in tries and f"{number} tried" not in tries
        tries.append(f"{number} tried")
        if first and number == 1:
            raise ValueError("boom")
        if first and number == 2:
            raise Killed
        tries.append(f"{number} done")

    events.register(Happened, handle, name="test.h")
    return tries


def test_killed_after_a_failure_was_noted_and_before_the_cursor_moved(heard: list[str], now: datetime) -> None:
    for number in (1, 2):
        events.publish(shop_id=uuid4(), event=Happened(number), now=now)
    with pytest.raises(Killed):
        relay.relay_batch(now)
    assert heard == ["1 tried", "2 tried"]
    assert relay.relay_batch(now) == 2
    assert heard == ["1 tried", "2 tried", "2 tried", "2 done"]
    assert relay.retry_due(now + timedelta(seconds=1)) == 1
    assert relay.retry_due(now + timedelta(minutes=1)) == 0
    assert heard[-2:] == ["1 tried", "1 done"]
    assert [heard.count(f"{number} done") for number in (1, 2)] == [1, 1]
    assert _count("kernel_event_handled") == _count("kernel_event_retry") == 0


def test_a_retry_that_succeeded_before_the_cursor_moved_is_not_told_again(heard: list[str], now: datetime) -> None:
    for number in (1, 2):
        events.publish(shop_id=uuid4(), event=Happened(number), now=now)
    with pytest.raises(Killed):
        relay.relay_batch(now)
    assert relay.retry_due(now + timedelta(seconds=1)) == 1
    assert relay.relay_batch(now) == 2
    assert [heard.count(f"{number} done") for number in (1, 2)] == [1, 1]


def test_a_retry_that_another_process_took_is_left(
    heard: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    events.publish(shop_id=uuid4(), event=Happened(1), now=now)
    relay.relay_batch(now)
    original: Callable[..., None] = relay._retry_one

    def twice(*args: object) -> None:
        original(*args)
        original(*args)

    monkeypatch.setattr(relay, "_retry_one", twice)
    assert relay.retry_due(now + timedelta(seconds=1)) == 1
    assert heard == ["1 tried", "1 tried", "1 done"]


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])
