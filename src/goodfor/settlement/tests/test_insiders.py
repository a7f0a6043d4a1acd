"""What one person alone cannot do: split a sum below the limit, say that it never came, or slip another account in."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from goodfor.ledger.tests.factories import sql
from goodfor.settlement import queries, states
from goodfor.settlement.errors import BankChanged, PayoutMoved, SamePerson
from goodfor.settlement.operations import (
    execute_payout,
    fetch_payout_file,
    make_payout_file,
    reject_statement,
    resolve_payout,
    set_policy,
    start_payout,
)
from goodfor.settlement.tests.conftest import broken
from goodfor.settlement.tests.factories import ANN, BOB, NOW, SHOP, Carrier, People, approve, approved, party, share
from goodfor.settlement.tests.factories import stated as stated_upto
from goodfor.settlement.tests.test_payouts import file_of
from goodfor.settlement.types import BankDetails, Party, PolicyView, StatementView

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


def stated(one: Party, amount: int, at: datetime) -> StatementView:
    share(one, amount, at=at - HOUR)
    return stated_upto(one, cutoff=at, now=at)


def test_slices_of_one_day_are_one_sum(people: People) -> None:
    acme, bolt = people.add(party(cycle="manual")), people.add(party(code="bolt", cycle="manual"))
    needed = [stated(acme, 4_000_00, NOW + n * HOUR).approvals_needed for n in range(4)]
    # The third reaches the limit of 10,000.00 with the two that one person may approve.
    assert needed == [1, 1, 2, 2]
    assert stated(bolt, 4_000_00, NOW).approvals_needed == 1
    # A day later it begins anew; what was taken back does not count.
    assert stated(acme, 4_000_00, NOW + 30 * HOUR).approvals_needed == 1
    made = stated(bolt, 4_000_00, NOW + HOUR)
    reject_statement(shop_id=SHOP, statement_id=made.id, reason="x", actor=ANN, now=NOW + HOUR)
    assert stated(bolt, 1_00, NOW + 2 * HOUR).approvals_needed == 1
    assert broken() == {}


def resolved(payout_id: UUID, actor: str, now: datetime) -> str:
    return resolve_payout(
        shop_id=SHOP, payout_id=payout_id, arrived=False, reference="", note="not on the list", actor=actor, now=now
    ).state


def test_one_person_cannot_have_a_large_sum_paid_twice(people: People, carrier: Carrier) -> None:
    acme = people.add(party())
    share(acme, 10_000_00)
    made = approved(acme)
    pay: dict[str, Any] = {"shop_id": SHOP, "statement_id": made.id, "way": "carrier", "actor": ANN}
    first = start_payout(now=NOW, **pay)
    carrier.next = ["lost_before"]
    execute_payout(shop_id=SHOP, payout_id=first.id, now=NOW)
    assert resolved(first.id, ANN, NOW) == states.FAILED
    view = queries.statement(SHOP, made.id)
    assert (view.state, view.approvals) == (states.CONFIRMED, ())
    approve(made.id, now=NOW)
    with pytest.raises(SamePerson):
        approve(made.id, now=NOW)
    assert queries.statement(SHOP, made.id).state == states.CONFIRMED
    approve(made.id, now=NOW, persons=(BOB,))
    second = start_payout(now=NOW, **pay)
    assert execute_payout(shop_id=SHOP, payout_id=second.id, now=NOW).state == states.SUCCEEDED
    assert broken() == {}


def limit(minor: int, now: datetime) -> None:
    set_policy(shop_id=SHOP, policy=PolicyView(minor, "main", "", "", ""), actor=ANN, now=now)


def test_a_raised_limit_waits_a_day_and_a_lowered_one_does_not(people: People) -> None:
    acme = people.add(party(cycle="manual"))
    limit(10_000_000_00, NOW)
    assert queries.policy(SHOP).two_from_minor == 10_000_000_00
    assert stated(acme, 10_000_00, NOW + HOUR).approvals_needed == 2
    # Saying it again does not make it older, nor sooner true.
    limit(10_000_000_00, NOW + 2 * HOUR)
    assert queries.two_from(SHOP, NOW + 25 * HOUR) == 10_000_00
    assert queries.two_from(SHOP, NOW + 26 * HOUR) == 10_000_000_00
    assert stated(acme, 10_000_00, NOW + 30 * HOUR).approvals_needed == 1
    limit(5_00, NOW + 60 * HOUR)
    assert stated(acme, 5_00, NOW + 61 * HOUR).approvals_needed == 2
    assert broken() == {}


def test_an_account_changed_in_that_moment_is_in_no_file(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between one look and the next the party's bank account is replaced, and the change commits."""
    acme = people.add(party())
    share(acme, 80_00)
    made = approved(acme)
    ask = people.bank_of

    def replaced(shop_id: UUID, party_id: UUID) -> BankDetails | None:
        people.new_bank(acme, NOW - timedelta(hours=30))
        return ask(shop_id, party_id)

    monkeypatch.setattr(people, "bank_of", replaced)
    with pytest.raises(BankChanged):
        make_payout_file(shop_id=SHOP, statement_ids=[made.id], bank_format="plain", actor=ANN, now=NOW)
    assert queries.statement(SHOP, made.id).state == states.CONFIRMED
    assert sql("SELECT (SELECT count(*) FROM settlement_payout), (SELECT count(*) FROM settlement_file)") == [(0, 0)]
    assert broken() == {}


def test_a_file_is_not_given_again_once_a_payout_of_it_has_ended(people: People) -> None:
    made, file_id, _content = file_of(people, "plain")
    first = queries.payouts(SHOP, made[0].id)[0]
    resolve_payout(
        shop_id=SHOP, payout_id=first.id, arrived=True, reference="B77", note="", actor=BOB, now=NOW + HOUR
    )  # fmt: skip
    with pytest.raises(PayoutMoved):
        fetch_payout_file(shop_id=SHOP, file_id=file_id, actor=BOB, now=NOW + HOUR)
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'settlement.file_fetched'") == [(0,)]
