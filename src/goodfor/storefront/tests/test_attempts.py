"""Counting tries: exact under load, per shop, forgotten after a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.storefront.errors import TooManyTries
from goodfor.storefront.models import Attempt
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.operations.forget_attempts import forget_attempts

NOW = datetime(2026, 6, 1, 12, 1, tzinfo=UTC)
WINDOW = timedelta(minutes=10)

pytestmark = pytest.mark.django_db(transaction=True)


def tried(shop_id: UUID, now: datetime = NOW) -> bool:
    try:
        count_attempt(shop_id=shop_id, scope="t", subject="198.51.100.1", limit=8, window=WINDOW, now=now)
    except TooManyTries:
        return False
    return True


def test_exactly_eight_of_forty_parallel_tries_pass() -> None:
    shop_id = uuid4()

    def one(_: int) -> bool:
        try:
            return tried(shop_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(one, range(40)))
    assert sum(passed) == 8
    row = Attempt.objects.get(shop_id=shop_id)
    assert row.tries == 40
    assert b"198.51" not in bytes(row.subject_hash)


def test_window_ends_and_shops_are_apart() -> None:
    shop_id, other = uuid4(), uuid4()
    assert [tried(shop_id) for _ in range(9)] == [True] * 8 + [False]
    assert tried(other)
    assert tried(shop_id, NOW + WINDOW)


def test_old_windows_are_forgotten() -> None:
    shop_id = uuid4()
    tried(shop_id)
    tried(shop_id, NOW + timedelta(days=2))
    assert forget_attempts(now=NOW + timedelta(days=2)) == 1
    assert Attempt.objects.filter(shop_id=shop_id).count() == 1
