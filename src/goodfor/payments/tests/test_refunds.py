"""Giving back through the stand-in: once, whatever is lost, refused, pending or asked for twice."""

import time
from datetime import timedelta
from typing import Any

import pytest

from goodfor.kernel.money import Money
from goodfor.kernel.outbound import http
from goodfor.ledger import operations as ledger
from goodfor.payments import queries
from goodfor.payments.errors import RefundExceedsPaid, RefundKeyReused, RefundNotResolvable
from goodfor.payments.operations import execute_refund as execute_refund_module
from goodfor.payments.operations.execute_refund import execute_refund
from goodfor.payments.operations.resolve_refund import resolve_refund
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.payments.tests.world import World, at_once, rows
from goodfor.payments.types import OVERPAID, RefundView

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize("version", ["v1", "v2"])


def unreachable(*_args: object) -> http.Reply:
    raise http.NotSent


def later(world: World, seconds: float) -> None:
    world.now += timedelta(seconds=seconds)


@BOTH
def test_refund_whole(world: World, version: str) -> None:
    begun = world.paid(world.epay(version))
    refund = world.refund(begun)
    assert (refund.state, queries.payment(world.shop, begun.payment.id).refunded_minor) == ("created", 990)
    done = world.execute(refund)
    assert (done.state, done.attempts, done.number) == ("succeeded", 1, refund.number)
    assert world.events("payments.refund_succeeded") == 1
    assert world.execute(refund).attempts == 1
    assert world.books()["net_fen"] == world.booked() == 0
    with pytest.raises(RefundExceedsPaid):
        world.refund(begun, 1)


@BOTH
def test_lost_answer_is_asked_about_and_money_goes_back_once(world: World, version: str) -> None:
    begun = world.paid(world.epay(version))
    refund = world.refund(begun)
    world.gate.control.fault("lost_answer", on="refund")
    unsure = world.execute(refund)
    assert (unsure.state, unsure.failure) == ("unknown", "connection_lost")
    assert world.execute(refund).attempts == 1
    later(world, 125)
    done = world.execute(refund)
    assert (done.state, done.attempts, done.number) == ("succeeded", 2, refund.number)
    assert world.books()["refunded_fen"] == 990
    assert world.books()["refunds"] == 1


def test_v2_work_never_done_is_repeated_with_the_same_number(world: World) -> None:
    begun = world.paid(world.epay("v2"))
    refund = world.refund(begun, 400)
    world.gate.control.fault("error_burst", on="refund", status=502)
    assert world.execute(refund).state == "unknown"
    world.gate.control.fault("lost_answer", on="refundquery")
    later(world, 15)
    assert world.execute(refund).state == "unknown"
    later(world, 35)
    assert world.execute(refund).done
    (row,) = world.gate.control.books("1001", "epay-test-key-0001")["refunds"]
    assert (row["out_refund_no"], row["amount_fen"]) == (refund.number, 400)
    assert world.books()["net_fen"] == world.booked() == 590


def test_v1_partial_after_a_lost_answer_is_ambiguous_and_a_person_decides(world: World) -> None:
    begun = world.paid(world.epay("v1"))
    refund = world.refund(begun, 100)
    world.gate.control.fault("lost_answer", on="refund")
    assert world.execute(refund).state == "unknown"
    for _ in range(3):
        later(world, 4000)
        view = world.execute(refund)
        assert (view.state, view.failure) == ("unknown", "ambiguous")
    assert world.cases() == ["ambiguous_refund"]
    assert world.books()["refunded_fen"] == 100
    done = resolve_refund(
        shop_id=world.shop, refund_id=refund.id, arrived=True, note="seen in the console", actor="staff", now=world.now
    )
    assert done.done
    post(world, done)
    assert world.cases() == []
    with pytest.raises(RefundNotResolvable):
        resolve_refund(shop_id=world.shop, refund_id=refund.id, arrived=False, note="", actor="staff", now=world.now)


def post(world: World, done: RefundView) -> None:
    entry = done.entry(effective_at=world.now, debit_account=OVERPAID)
    ledger.post(shop_id=world.shop, currency="CNY", entries=(entry,), now=world.now)


@BOTH
def test_a_question_that_was_not_sent_does_not_make_the_refund_unsent(
    world: World, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = world.paid(world.epay(version))
    refund = world.refund(begun, 100)
    world.gate.control.fault("lost_answer", on="refund")
    assert world.execute(refund).state == "unknown"

    later(world, 125)
    with monkeypatch.context() as patch:
        patch.setattr(http, "get", unreachable)
        patch.setattr(http, "post_form", unreachable)
        view = world.execute(refund)
    assert (view.state, view.failure) == ("unknown", "unreachable")
    later(world, 125)
    world.execute(refund)
    assert world.books()["refunds"] == 1
    assert world.books()["refunded_fen"] == 100


def test_what_an_earlier_try_may_have_sent_is_not_unsent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first call is still on its way; the channel has not heard of it, and the second call never leaves."""
    refund, send = world.refund(world.paid(world.epay("v2"))), http.post_form

    def silent(*_args: object, **_more: object) -> http.Reply:
        raise http.NoAnswer("timeout")

    def only_questions(url: str, *args: Any, **more: Any) -> http.Reply:
        if "query" not in url:
            raise http.NotSent
        return send(url, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(http, "post_form", silent)
        assert world.execute(refund).state == "unknown"
        later(world, 125)
        patch.setattr(http, "post_form", only_questions)
        view = world.execute(refund)
    assert (view.state, view.failure) == ("unknown", "unreachable")


@BOTH
def test_never_sent_is_tried_again(world: World, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = world.paid(world.epay(version))
    refund = world.refund(begun)

    with monkeypatch.context() as patch:
        patch.setattr(http, "post_form", unreachable)
        assert world.execute(refund).state == "created"
    later(world, 125)
    assert world.execute(refund).done
    assert world.books()["refunds"] == 1


def test_v2_refused_question_does_not_fail_a_refund(world: World) -> None:
    begun = world.paid(world.epay("v2"))
    refund = world.refund(begun)
    world.gate.control.fault("lost_answer", on="refund")
    assert world.execute(refund).state == "unknown"
    # Our clock is wrong: the gateway refuses to answer.
    later(world, 400)
    view = world.execute(refund)
    assert (view.state, view.failure) == ("unknown", "refused")
    assert queries.payment(world.shop, begun.payment.id).refunded_minor == 990
    later(world, -300)
    rows("UPDATE payments_refund SET next_try_at = %s WHERE shop_id = %s", [world.now, world.shop])
    assert world.execute(refund).done
    assert world.books()["refunded_fen"] == 990


def test_v2_pending_then_arrived_and_pending_then_failed(world: World) -> None:
    begun = world.paid(world.epay("v2"))
    world.gate.control.fault("refund_pending", seconds=2)
    world.gate.control.fault("refund_pending", seconds=0, outcome="failed")
    slow, failing = world.refund(begun, 400), world.refund(begun, 590)
    view = world.execute(slow)
    assert view.state == "requested"
    assert view.accepted_at is not None
    failed = world.execute(failing)
    assert failed.state == "failed"
    assert world.cases() == ["refund_failed"]
    assert world.events("payments.refund_failed") == 1
    assert queries.payment(world.shop, begun.payment.id).refundable == Money(590, "CNY")
    time.sleep(2.1)
    later(world, 12)
    assert world.execute(slow).done
    assert world.execute(world.refund(begun, 590)).done
    assert world.books()["net_fen"] == world.booked() == 0


@BOTH
def test_rejected_refund_frees_the_money(world: World, version: str) -> None:
    begun = world.paid(world.epay(version))
    world.gate.control.fault("refund_rejected")
    assert world.execute(world.refund(begun)).state == "failed"
    assert queries.payment(world.shop, begun.payment.id).refunded_minor == 0
    assert world.cases() == ["refund_failed"]
    assert world.execute(world.refund(begun)).done
    assert world.books()["refunded_fen"] == 990


def test_same_key_is_the_same_refund(world: World) -> None:
    begun = world.paid(world.epay("v2"))
    first = world.refund(begun, 300, "order:1")
    assert world.refund(begun, 300, "order:1").id == first.id
    with pytest.raises(RefundKeyReused):
        world.refund(begun, 301, "order:1")
    assert queries.payment(world.shop, begun.payment.id).refunded_minor == 300
    assert queries.refund_by_key(world.shop, "order:1") == first


def test_many_refunds_at_once_never_give_more_than_came(world: World) -> None:
    begun = world.paid(world.epay("v2"))
    results = at_once(20, lambda _n: world.refund(begun, 100))
    assert sum(isinstance(result, RefundView) for result in results) == 9
    assert sum(isinstance(result, RefundExceedsPaid) for result in results) == 11
    keyed = at_once(10, lambda _n: world.refund(begun, 90, "one"))
    assert len({result.id for result in keyed}) == 1
    assert queries.payment(world.shop, begun.payment.id).refunded_minor == 990


@BOTH
def test_ten_threads_execute_one_refund_once(world: World, version: str) -> None:
    begun = world.paid(world.epay(version))
    refund = world.refund(begun, 100)
    results = at_once(10, lambda _n: execute_refund(shop_id=world.shop, refund_id=refund.id, now=world.now))
    assert all(isinstance(result, RefundView) for result in results), results
    assert world.books()["refunds"] == 1
    post(world, queries.refund(world.shop, refund.id))
    assert rows("SELECT attempts, state FROM payments_refund WHERE id = %s", [refund.id]) == [(1, "succeeded")]


def test_the_loop_sends_what_waits_and_survives_a_broken_account(world: World) -> None:
    good, broken = world.epay("v2", code="good"), world.epay("v2", code="broken")
    bad, fine = world.refund(world.paid(broken)), world.refund(world.paid(good))
    rows("UPDATE payments_account SET secret_blob = decode(repeat('00', 60), 'hex') WHERE id = %s", [broken.id])
    assert run_due_refunds(now=world.now) == 2
    assert queries.refund(world.shop, bad.id).state == "unknown"
    assert queries.refund(world.shop, fine.id).done
    post(world, queries.refund(world.shop, fine.id))
    assert run_due_refunds(now=world.now) == 0


def test_a_refund_that_never_ends_becomes_a_case(world: World) -> None:
    begun = world.paid(world.epay("v2"))
    refund = world.refund(begun)
    world.gate.control.fault("refund_pending", seconds=80000)
    assert world.execute(refund).state == "requested"
    rows("UPDATE payments_refund SET attempts = 47, next_try_at = %s", [world.now])
    assert world.execute(refund).state == "unknown"
    assert world.cases() == ["ambiguous_refund"]
    assert run_due_refunds(now=world.now + timedelta(days=30)) == 0


@BOTH
def test_killed_between_the_call_and_the_commit(world: World, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = world.paid(world.epay(version))
    refund = world.refund(begun, 100)

    def killed(**_kw: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(execute_refund_module, "settle_refund", killed)
        with pytest.raises(SystemExit):
            world.execute(refund)
    assert queries.refund(world.shop, refund.id).state == "requested"
    assert world.execute(refund).attempts == 1
    later(world, 61)
    view = world.execute(refund)
    # Version 1 cannot tell: a person must; version 2 knows the number.
    assert view.state == ("unknown" if version == "v1" else "succeeded")
    assert world.books()["refunded_fen"] == 100
    assert world.cases() == (["ambiguous_refund"] if version == "v1" else [])
