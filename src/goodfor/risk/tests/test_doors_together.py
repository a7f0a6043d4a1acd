"""Many at once: never more than an allowance goes on, nobody waits for anybody in a circle, one alarm."""

import threading
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from goodfor.kernel.ids import uuid7
from goodfor.risk.doors.types import Knock
from goodfor.risk.operations.knock import knock
from goodfor.risk.tests.door_helpers import events, keys, side_by_side, sql, try_at

pytestmark = pytest.mark.django_db(transaction=True)
PARALLEL, ROUNDS = 32, 100


@pytest.fixture
def shop_id() -> UUID:
    return uuid7()


def test_parallel_knocks_never_pass_a_limit(shop_id: UUID, now: datetime) -> None:
    """32 at the same moment, 100 rounds: exactly the allowance, by buyer, device and address in turn."""
    gates = [threading.Barrier(PARALLEL) for _ in range(ROUNDS)]
    given = [
        (keys(buyer=f"b{n}"), 3) if n % 3 == 0
        else (keys(f"10.0.{n}.1", f"d{n}"), 3) if n % 3 == 1 else (keys(f"10.0.{n}.1"), 5)
        for n in range(ROUNDS)
    ]  # fmt: skip
    passed = [0] * ROUNDS
    lock = threading.Lock()

    def one(index: int) -> None:
        number = index // PARALLEL
        gates[number].wait(60)
        # Clocks of processes disagree a little.
        at = now + timedelta(milliseconds=index % 7 * 100)
        made = knock(shop_id=shop_id, door="redeem", keys=given[number][0], now=at)
        with lock:
            passed[number] += made.allowed

    side_by_side(one, PARALLEL * ROUNDS, PARALLEL)
    assert passed == [allowance for _, allowance in given]


def test_a_refused_burst_fills_no_other_key(shop_id: UUID, now: datetime) -> None:
    """32 at once at one account from one address: what the address refuses does not lock the account harder."""
    gate = threading.Barrier(PARALLEL)

    def one(index: int) -> Knock:
        gate.wait(60)
        return knock(shop_id=shop_id, door="look_up", keys=keys("192.0.2.7"), subject=f"order{index}", now=now)

    made = side_by_side(one, PARALLEL)
    assert sum(one.allowed for one in made) == 6
    errors = sql("SELECT count(*) FROM risk_door_key WHERE kind = 5 AND busy_until IS NOT NULL")
    assert errors == [(6,)]


def test_no_two_wait_for_each_other(shop_id: UUID, now: datetime) -> None:
    """Knocks, right and wrong answers and strikes over few keys in every mixture: no deadlock, no lost count."""
    rng = Random(7)
    plans = [
        (f"10.0.0.{rng.randrange(3)}", f"d{rng.randrange(3)}", f"b{rng.randrange(3)}", rng.random() < 0.6)
        for _ in range(1600)
    ]

    def one(index: int) -> bool:
        ip, device, buyer, good = plans[index]
        at = now + timedelta(seconds=index)
        return try_at(shop_id, "redeem", at, ip=ip, device=device, buyer=buyer, paid=4, good=good).allowed

    done = side_by_side(one, len(plans), 16)
    assert len(done) == len(plans)
    assert sum(done) > 100
    wrong = sql("SELECT count(*) FROM risk_door_key WHERE level > 5 OR open_at IS NOT NULL AND level = 0")
    assert wrong == [(0,)]
    assert sql("SELECT count(*) FROM risk_door_answer") == [(sum(done),)]


def test_one_alarm_of_many_at_once(shop_id: UUID, now: datetime) -> None:
    side_by_side(lambda n: try_at(shop_id, "redeem", now, ip=f"10.{n}.0.1"), 96, 16)
    assert len(events(shop_id, "risk.door_under_attack")) == 1
    assert sql("SELECT times FROM risk_door_breaker") == [(1,)]
    assert sum(sql("SELECT count(*) FROM risk_door_answer WHERE NOT good")[0]) < 60


def test_an_attacked_key_keeps_nobody_waiting(shop_id: UUID, now: datetime) -> None:
    """A locked key is read and never waited for: a transaction that holds its row does not delay a refusal."""
    for _ in range(3):
        try_at(shop_id, "redeem", now, buyer="b")
    held, done = threading.Event(), threading.Event()

    def holder(index: int) -> float:
        if index == 0:
            sql("BEGIN")
            sql("SELECT * FROM risk_door_key WHERE shop_id = %s FOR UPDATE", [shop_id])
            held.set()
            done.wait(30)
            sql("ROLLBACK")
            return 0.0
        held.wait(30)
        try:
            refused = try_at(shop_id, "redeem", now, buyer="b")
            other = try_at(shop_id, "redeem", now, buyer="c")
            return refused.wait_seconds + other.allowed
        finally:
            done.set()

    assert side_by_side(holder, 2, 2) == [0.0, 61.0]
