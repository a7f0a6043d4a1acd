"""What the database refuses whoever asks, and what the audit finds when even that was passed by."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from goodfor.kernel.ids import uuid7
from goodfor.payments import states
from goodfor.payments.invariants import INVARIANTS
from goodfor.payments.mandate_invariants import MANDATES
from goodfor.payments.operations.close_case import close_case
from goodfor.payments.operations.record_fact import record_fact
from goodfor.payments.split_invariants import SPLITS
from goodfor.payments.tests.world import World, rows, tamper, violated
from goodfor.payments.types import Fact

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_moves_in_the_database_are_those_of_the_machines() -> None:
    for machine, table in (
        (states.PAYMENT, "payment"), (states.REFUND, "refund"), (states.DISPUTE, "dispute"), (states.BILL, "bill"),
        (states.POT, "pot"), (states.SPLIT, "errand"), (states.SPLIT_RETURN, "errand"), (states.SHARE, "share"),
        (states.RECEIVER, "receiver"), (states.MANDATE, "mandate"), (states.CHARGE, "charge"),
    ):  # fmt: skip
        moves = {(a, b) for a, following in machine.transitions.items() for b in following}
        assert set(rows(f"SELECT before, after FROM payments_{table}_moves()")) == moves
        machine.validate()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_payment SET amount_minor = 1",
        "UPDATE payments_payment SET state = 'pending'",
        "UPDATE payments_payment SET captured_minor = captured_minor - 1",
        "UPDATE payments_payment SET captured_minor = 2000, refunded_minor = 5",
        "UPDATE payments_payment SET refunded_minor = 0",
        "UPDATE payments_payment SET settles = NULL",
        "UPDATE payments_payment SET number = 'P1'",
        "DELETE FROM payments_payment",
        "TRUNCATE payments_payment CASCADE",
        "UPDATE payments_fact SET amount_minor = 1",
        "UPDATE payments_fact SET outcome = 'late'",
        "UPDATE payments_fact SET applied_at = NULL, outcome = ''",
        "DELETE FROM payments_fact",
        "UPDATE payments_refund SET amount_minor = 1",
        "UPDATE payments_refund SET state = 'succeeded', finished_at = now()",
        "UPDATE payments_refund SET number = 'R1'",
        "DELETE FROM payments_refund",
        "UPDATE payments_inbox SET body = 'x'",
        "UPDATE payments_inbox SET applied_at = NULL",
        "DELETE FROM payments_inbox",
        "DELETE FROM payments_case",
        "UPDATE payments_account SET provider = 'x'",
        "DELETE FROM payments_account",
        "INSERT INTO payments_refund SELECT (json_populate_record(r, json_build_object('id', gen_random_uuid(),"
        " 'number', 'R2', 'business_key', 'b2', 'amount_minor', 900, 'state', 'created', 'finished_at', null))).*"
        " FROM payments_refund r LIMIT 1",
    ],
)
def test_raw_sql_is_refused(world: World, statement: str) -> None:
    begun = world.paid(world.epay("v2"))
    world.gate.control.fault("refund_rejected")
    world.execute(world.refund(begun))
    world.execute(world.refund(begun, 400))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows(statement)


def fact(world: World, **change: object) -> Fact:
    begun = world.begin(world.epay("v1", code=f"c{uuid4().hex[:8]}"))
    account = begun.payment.account_id
    known: dict[str, object] = {
        "kind": "paid", "provider": "epay", "account_id": account, "our_ref": begun.payment.number,
        "channel_ref": f"T{uuid4().hex}", "amount": begun.payment.amount, "happened_at": world.now, "source": "query",
    }  # fmt: skip
    return Fact(**{**known, **change})  # type: ignore[arg-type]


def test_money_by_another_account_or_currency_is_foreign(world: World) -> None:
    mine, other = fact(world), fact(world)
    crossed = fact(world, our_ref=mine.our_ref, account_id=other.account_id)
    applied = world.apply(crossed)
    assert (applied.outcome, applied.credit_account) == ("mismatch", "9999:suspense:epay")
    assert world.cases() == ["foreign"]
    assert world.apply(mine).outcome == "confirmed"


def test_second_money_on_the_same_payment(world: World) -> None:
    first = fact(world)
    assert world.apply(first).outcome == "confirmed"
    twice = fact(world, our_ref=first.our_ref, account_id=first.account_id)
    applied = world.apply(twice)
    assert applied.outcome == "duplicate_payment"
    assert applied.payment is not None
    assert applied.payment.captured_minor == 1980
    assert applied.reference.endswith(str(applied.fact_id))


def test_a_changed_word_is_a_case_and_the_first_stands(world: World) -> None:
    first, stranger = fact(world), fact(world)
    recorded = record_fact(shop_id=world.shop, fact=first, now=world.now)
    # The channel now tells the same number of its own about another payment of ours.
    crossed = fact(world, our_ref=stranger.our_ref, account_id=first.account_id, channel_ref=first.channel_ref)
    applied = world.apply(crossed)
    assert (applied.outcome, applied.fact_id) == ("confirmed", recorded.id)
    assert applied.payment is not None
    assert applied.payment.number == first.our_ref
    assert world.cases() == ["tampered"]
    case_id = applied.case_id
    assert case_id is not None
    close_case(shop_id=world.shop, case_id=case_id, resolution="looked at", actor="staff", now=world.now)
    assert world.cases() == []
    assert world.apply(first).outcome == "already_applied"


def test_a_wrong_date_of_theirs_does_not_choose_the_month(world: World) -> None:
    for when in (world.now - timedelta(days=9000), world.now + timedelta(days=9000)):
        told = fact(world, happened_at=when)
        applied = world.apply(told)
        assert applied.outcome == "confirmed"
        assert applied.entry().effective_at == world.now
        assert applied.fact.happened_at == when


PLANTED = {
    "payment_facts_applied_once": "UPDATE payments_payment SET captured_minor = captured_minor + 990 WHERE id = %s",
    "payment_facts_not_forgotten": "UPDATE payments_fact SET applied_at = NULL, outcome = '' WHERE payment_id = %s",
    "one_payment_settles": "UPDATE payments_payment SET settles = NULL WHERE id = %s",
    "refunds_equal_what_was_reserved": "UPDATE payments_payment SET refunded_minor = refunded_minor + 1 WHERE id = %s",
    "ledger_equals_payments": "UPDATE payments_fact SET posting_ref = 'other' WHERE payment_id = %s AND kind = 'paid'",
    "payment_history_leads_to_its_state":
        "UPDATE kernel_history SET to_state = 'closed' WHERE to_state = 'succeeded' AND subject_id = %s",
    "refund_history_leads_to_its_state":
        "DELETE FROM kernel_history WHERE from_state = 'created'"
        " AND subject_id = (SELECT id FROM payments_refund WHERE payment_id = %s)",
}  # fmt: skip
#: What follows of necessity from the planted violation.
ALSO = {"payment_facts_not_forgotten": {"payment_facts_applied_once", "ledger_equals_payments"}}


@pytest.mark.parametrize("name", [invariant.name for invariant in INVARIANTS if invariant not in (*SPLITS, *MANDATES)])
def test_a_planted_violation_is_found(world: World, name: str) -> None:
    account = world.epay("v2")
    begun = world.paid(account)
    world.execute(world.refund(begun, 400))
    other = world.paid(account)
    assert violated(world.now) == {}
    tamper(PLANTED[name], [begun.payment.id])
    found = violated(world.now)
    assert set(found) == {name} | ALSO.get(name, set())
    assert str(other.payment.id) not in str(found)


def test_planted_differences_to_the_ledger_are_found_both_ways(world: World) -> None:
    begun = world.paid(world.epay("v2"))
    refund = world.execute(world.refund(begun, 400))
    tamper("UPDATE ledger_tx SET kind = 'other' WHERE reference = %s", [f"refundok:{refund.id}"])
    assert violated(world.now) == {"ledger_equals_payments": [f"refundok:{refund.id}"]}
    tamper("UPDATE ledger_tx SET kind = 'refund_paid' WHERE reference = %s", [f"refundok:{refund.id}"])
    assert violated(world.now) == {}
    tamper("UPDATE ledger_tx SET kind = 'payment', reference = %s WHERE reference = %s",
           [f"pay:{uuid7()}", f"pay:{begun.payment.id}"])  # fmt: skip
    assert len(violated(world.now)["ledger_equals_payments"]) == 2
