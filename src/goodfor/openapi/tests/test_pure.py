"""Buckets, cursors, messages: no database."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodfor.openapi.cursors import number_cursor, read_number, read_uuid, uuid_cursor
from goodfor.openapi.errors import InvalidCursor
from goodfor.openapi.messages import message_for
from goodfor.openapi.problems import pointer
from goodfor.openapi.ratelimit import Limiter


def test_bucket_empties_and_refills() -> None:
    limiter = Limiter(workers=1)
    quotas = [limiter.take("a", 60, 0.0) for _ in range(61)]
    assert [quota.remaining for quota in quotas] == [*range(59, -1, -1), 0]
    assert [quota.retry_after for quota in quotas] == [None] * 60 + [1]
    assert quotas[0].reset == 1
    assert quotas[60].reset == 60
    assert limiter.take("a", 60, 0.5).retry_after == 1
    assert limiter.take("a", 60, 1.0).retry_after is None
    assert limiter.take("a", 60, 1000.0).remaining == 59
    assert limiter.take("b", 60, 0.0).remaining == 59


def test_bucket_shares_between_workers() -> None:
    limiter = Limiter(workers=4)
    granted = [limiter.take("a", 60, 0.0) for _ in range(16)]
    assert sum(quota.retry_after is None for quota in granted) == 15
    assert granted[0].remaining == 56
    assert Limiter(workers=4).take("a", 1, 0.0).retry_after is None


def test_bucket_never_runs_backwards_and_forgets_the_oldest() -> None:
    limiter = Limiter(workers=1, capacity=2)
    limiter.take("a", 1, 100.0)
    assert limiter.take("a", 1, 50.0).retry_after is not None
    limiter.take("b", 1, 100.0)
    limiter.take("c", 1, 100.0)
    assert limiter.take("a", 1, 100.0).retry_after is None


def test_rate_headers() -> None:
    assert Limiter(workers=1).take("a", 60, 0.0).headers() == (
        ("RateLimit-Policy", '"client";q=60;w=60'),
        ("RateLimit", '"client";r=59;t=1'),
    )


@given(st.uuids(), st.integers(0, 2**63 - 1))
def test_cursors_round_trip(some: UUID, number: int) -> None:
    assert read_uuid(uuid_cursor(some)) == some
    assert read_number(number_cursor(number)) == number


@given(st.text(max_size=80))
def test_broken_cursors(text: str) -> None:
    for read in (read_uuid, read_number):
        with pytest.raises(InvalidCursor):
            read(text)


def test_cursors_are_not_interchangeable() -> None:
    with pytest.raises(InvalidCursor):
        read_number(uuid_cursor(uuid4()))
    with pytest.raises(InvalidCursor):
        read_uuid(number_cursor(1))
    assert read_uuid(None) is None
    assert read_number(None) is None


def test_pointer_and_messages() -> None:
    assert pointer(("lines", 0, "a/b~c")) == "/lines/0/a~1b~0c"
    assert len(pointer(("x" * 500,))) == 65
    assert "7" in str(message_for("less_than_equal", {"le": 7}))
    assert str(message_for("whatever", {"input": "hunter2"}))
