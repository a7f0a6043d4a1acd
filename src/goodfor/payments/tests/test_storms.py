"""Many at once: notifies, polls and appliers of the same payments; each applied once, books equal."""

from datetime import timedelta
from uuid import uuid4

import pytest

from goodfor.payments import queries
from goodfor.payments.operations.confirm_fact import confirm_fact
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.tests.world import World, at_once, rows
from goodfor.payments.types import RawRequest
from goodfor.sandbox.demo import DEMO_PID

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize("version", ["v1", "v2"])


@BOTH
def test_thirty_threads_apply_the_same_fact_once(world: World, version: str) -> None:
    account = world.epay(version)
    begun = world.begin(account)
    world.pay(begun)
    (fact,) = world.facts(account)
    outcomes = at_once(30, lambda _n: world.apply(fact).outcome)
    assert sorted(outcomes) == ["already_applied"] * 29 + ["confirmed"]
    assert world.booked() == 990
    assert rows("SELECT count(*) FROM payments_fact WHERE shop_id = %s", [world.shop]) == [(1,)]
    assert rows("SELECT from_state, to_state FROM kernel_history WHERE subject_id = %s ORDER BY at, step, to_state",
                [begun.payment.id])[-1] == ("pending", "succeeded")  # fmt: skip


@BOTH
def test_notify_storm_is_dealt_with_while_it_comes(world: World, version: str) -> None:
    account = world.epay(version)
    outcomes: list[str] = []

    def act(raw: RawRequest) -> bytes:
        receipt = world.receive(account, raw)
        told = confirm_fact(shop_id=world.shop, fact=receipt.facts[0], now=world.now)
        outcomes.append(world.apply(told.fact).outcome if told.fact else told.state)
        return receipt.ack

    world.inlet.act = act
    begun = world.begin(account)
    world.gate.control.fault("concurrent_notify", count=12)
    world.pay(begun)
    assert len(outcomes) == 12
    assert outcomes.count("confirmed") == 1
    assert set(outcomes) == {"confirmed", "already_applied"}
    assert world.booked() == 990
    assert rows("SELECT count(*) FROM payments_inbox WHERE shop_id = %s", [world.shop]) == [(1,)]


@BOTH
def test_two_payments_of_one_source_applied_at_the_same_moment(world: World, version: str) -> None:
    account, source = world.epay(version), uuid4()
    for method in ("alipay", "wxpay"):
        world.pay(world.begin(account, source, method=method))
    facts = world.facts(account)
    assert sorted(at_once(8, lambda n: world.apply(facts[n % 2]).outcome)) == [
        *["already_applied"] * 6,
        "confirmed",
        "duplicate_payment",
    ]
    assert world.booked() == 1980


@BOTH
def test_polls_and_notifies_at_the_same_time(world: World, version: str) -> None:
    """Twenty payments, five times notified each, polled meanwhile: each applied once, books equal."""
    account = world.epay(version)
    world.gate.control.fault("duplicate_notify", count=5, times=None)

    def act(raw: RawRequest) -> bytes:
        receipt = world.receive(account, raw)
        told = confirm_fact(shop_id=world.shop, fact=receipt.facts[0], now=world.now)
        if told.fact is not None:
            world.apply(told.fact)
        return receipt.ack

    world.inlet.act = act
    begun = [world.begin(account) for _ in range(20)]
    for one in begun:
        world.gate.control.pay(pid=DEMO_PID, out_trade_no=one.payment.number)
        poll_due(now=world.now + timedelta(seconds=6))
    assert world.gate.control.wait_quiet(30)
    for one in begun:
        for told in queries.facts_of(world.shop, one.payment.id):
            assert world.apply(told.fact).outcome in ("already_applied", "confirmed")
        assert world.state(one) == "succeeded"
    assert world.booked() == world.books()["paid_fen"] == 20 * 990
