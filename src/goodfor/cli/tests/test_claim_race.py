"""Refund, replacement, showing and a late void of one code at once: one outcome."""

import pytest

from goodfor.cli import world
from goodfor.cli.soak import claims as race
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import broken, relay_all, sql

ROUNDS = 30


@pytest.mark.django_db(transaction=True)
def test_one_outcome_whoever_comes_first() -> None:
    """`./goodfor soak claims` plays 10,000 such rounds."""
    ground = race.make_field(world.make_shop(utc_now()), ROUNDS)
    try:
        assert [words for number in range(ROUNDS) for words in race.play(ground, number)] == []
    finally:
        ground.close()
    relay_all(utc_now())
    assert sum(ground.ends.values()) == ROUNDS
    assert sql("SELECT count(*) FROM orders_claim WHERE state NOT IN ('refunded', 'replaced')") == [(0,)]
    assert broken(utc_now()) == {}
