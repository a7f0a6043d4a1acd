"""Exact limits: of any number at once exactly so many pass."""

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.kernel.side_by_side import side_by_side
from goodfor.risk.operations import take
from goodfor.risk.operations.purge import purge
from goodfor.risk.tests.engine import HOUR, act_of, sql

pytestmark = pytest.mark.django_db(transaction=True)


def used() -> int:
    """How often any limit was used."""
    [(count,)] = sql("SELECT count(*) FROM risk_take")
    return int(count)


@pytest.mark.soak
def test_a_hundred_times_exactly_so_many_pass(now: datetime) -> None:
    """32 at once, limits of 1 to 5, each round another key."""
    shop = uuid4()
    rounds = 100
    start = threading.Barrier(32, timeout=60)

    def one(index: int) -> list[bool]:
        passed = []
        for number in range(rounds):
            start.wait()
            at = now + timedelta(milliseconds=index)
            passed.append(take(shop, "coupon", number + 1, 1 + number % 5, HOUR, act_of(shop, at)))
        return passed

    done = side_by_side(list(range(32)), one, at_once=32)
    assert [sum(column) for column in zip(*done, strict=True)] == [1 + number % 5 for number in range(rounds)]
    assert used() == sum(1 + number % 5 for number in range(rounds))


def test_limits_are_of_their_shop_name_key_and_window(now: datetime) -> None:
    shop, act = uuid4(), act_of(uuid4(), now)
    assert take(shop, "a", "x", 1, HOUR, act)
    assert not take(shop, "a", "x", 1, HOUR, act)
    assert take(shop, "b", "x", 1, HOUR, act)
    assert take(shop, "a", "y", 1, HOUR, act)
    assert take(uuid4(), "a", "x", 1, HOUR, act)
    assert not take(shop, "a", "x", 1, HOUR, act_of(shop, now + HOUR - timedelta(seconds=1)))
    assert take(shop, "a", "x", 1, HOUR, act_of(shop, now + HOUR))
    assert not take(shop, "c", "x", 0, HOUR, act)
    assert not take(shop, "c", "x", -1, HOUR, act)
    assert used() == 5


@pytest.mark.parametrize("name", ["", "x" * 41])
def test_a_limit_has_a_name(now: datetime, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        take(UUID(int=1), name, 1, 1, HOUR, act_of(UUID(int=1), now))
    assert used() == 0


def test_a_use_goes_with_its_transaction(now: datetime) -> None:
    shop = uuid4()
    act: Any = act_of(shop, now)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert take(shop, "a", 1, 1, HOUR, act)
        raise ZeroDivisionError
    assert used() == 0
    assert take(shop, "a", 1, 1, HOUR, act)


def test_uses_are_deleted_when_nobody_asks_for_them(now: datetime) -> None:
    shop = uuid4()
    take(shop, "a", 1, 5, HOUR, act_of(shop, now))
    take(shop, "a", 1, 5, 2 * HOUR, act_of(shop, now))
    assert purge(now=now + HOUR) == 0
    assert purge(now=now + HOUR + timedelta(seconds=1)) == 1
    assert used() == 1
