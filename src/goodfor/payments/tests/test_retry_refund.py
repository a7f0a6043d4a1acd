"""A refund that hangs is asked for again: a new number after a definite no, the same number otherwise."""

from datetime import timedelta

import pytest

from goodfor.kernel.money import Money
from goodfor.payments import queries
from goodfor.payments.errors import RefundExceedsPaid, RefundNotFound
from goodfor.payments.operations.retry_refund import retry_refund
from goodfor.payments.tests.world import World, at_once, rows, violated
from goodfor.payments.types import RefundView

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize("version", ["v1", "v2"])


def again(world: World, refund: RefundView) -> RefundView:
    return retry_refund(shop_id=world.shop, refund_id=refund.id, actor="staff", now=world.now)


@BOTH
def test_after_a_definite_no_it_is_a_new_number_and_the_money_goes_once(world: World, version: str) -> None:
    begun = world.paid(world.epay(version))
    refund = world.refund(begun, key="order:1")
    world.gate.control.fault("refund_rejected")
    assert world.execute(refund).state == "failed"
    new = again(world, refund)
    assert (new.state, new.amount, new.reason, new.business_key) == ("created", refund.amount, "test", "order:1#2")
    assert new.number != refund.number
    assert queries.payment(world.shop, begun.payment.id).refundable == Money(0, "CNY")
    [case] = queries.cases_of(world.shop, begun.payment.id)
    assert (case.state, case.resolution) == ("closed", f"retried:{new.number}")
    # Asked for again, of the one that failed and of the new one: the same.
    assert again(world, refund).id == again(world, new).id == new.id
    assert world.execute(new).done
    assert again(world, new).done
    assert (world.books()["refunds"], world.books()["refunded_fen"], world.cases()) == (1, 990, [])
    assert rows("SELECT count(*) FROM kernel_audit WHERE action = 'payments.refund_retried'") == [(1,)]
    assert violated(world.now) == {}


def test_ten_at_once_begin_one(world: World) -> None:
    begun = world.paid(world.epay("v2"))
    refund = world.refund(begun)
    world.gate.control.fault("refund_rejected")
    world.execute(refund)
    results = at_once(10, lambda _n: again(world, refund).id)
    assert len(set(results)) == 1
    assert rows("SELECT state FROM payments_refund ORDER BY id") == [("failed",), ("created",)]
    assert queries.payment(world.shop, begun.payment.id).refunded_minor == 990


def test_what_went_back_meanwhile_is_not_given_back_twice(world: World) -> None:
    begun = world.paid(world.epay("v2"))
    refund = world.refund(begun)
    world.gate.control.fault("refund_rejected")
    world.execute(refund)
    assert world.execute(world.refund(begun, 100)).done
    with pytest.raises(RefundExceedsPaid):
        again(world, refund)
    assert rows("SELECT count(*) FROM payments_refund") == [(2,)]
    assert world.cases() == ["refund_failed"]
    assert rows("SELECT count(*) FROM kernel_audit WHERE action = 'payments.refund_retried'") == [(0,)]


@BOTH
def test_of_unknown_end_it_is_the_same_number_and_never_at_once(world: World, version: str) -> None:
    begun = world.paid(world.epay(version))
    refund = world.refund(begun)
    world.gate.control.fault("lost_answer", on="refund")
    assert world.execute(refund).state == "unknown"
    rows("UPDATE payments_refund SET next_try_at = NULL")
    same = again(world, refund)
    assert (same.id, same.number, same.state) == (refund.id, refund.number, "unknown")
    assert rows("SELECT next_try_at FROM payments_refund") == [(world.now + timedelta(seconds=120),)]
    world.now += timedelta(seconds=60)
    # What is due soon stays so: asking often does not put it off.
    again(world, refund)
    assert world.execute(refund).attempts == 1
    world.now += timedelta(seconds=61)
    assert world.execute(refund).done
    assert (world.books()["refunds"], world.books()["refunded_fen"]) == (1, 990)
    assert rows("SELECT count(*) FROM payments_refund") == [(1,)]


def test_what_is_on_its_way_stays_as_it_is(world: World) -> None:
    refund = world.refund(world.paid(world.epay("v2")))
    before = rows("SELECT * FROM payments_refund")
    assert again(world, refund).id == refund.id
    assert rows("SELECT * FROM payments_refund") == before
    with pytest.raises(RefundNotFound):
        retry_refund(shop_id=refund.id, refund_id=refund.id, actor="staff", now=world.now)
