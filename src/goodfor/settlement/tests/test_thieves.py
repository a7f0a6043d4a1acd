"""Being paid another's money, or one's own again: parties of one code, what never arrived, accounts that nobody saw."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries as ledger
from goodfor.ledger.operations import open_account
from goodfor.settlement import queries, states
from goodfor.settlement.errors import BankChanged, HoldBackTooSmall, SamePerson, StatementMoved
from goodfor.settlement.operations import (
    approve_statement,
    confirm_statement,
    make_due_statements,
    make_payout_file,
    make_statement,
    reject_statement,
    release_hold_back,
    resolve_payout,
)
from goodfor.settlement.tests.conftest import broken
from goodfor.settlement.tests.factories import ANN, BOB, NOW, SHOP, People, approve, approved, party, share, stated
from goodfor.settlement.types import Party

pytestmark = pytest.mark.django_db(transaction=True)


def released(one: Party, amount: int) -> int:
    return release_hold_back(
        shop_id=SHOP, party_id=one.id, amount_minor=amount, release_id=uuid4(), reason="x", actor=ANN, now=NOW
    )


def test_two_parties_of_one_code_have_two_deposits(people: People, all_accounts: None) -> None:
    honest = people.add(party(hold_back_bp=1_000))
    thief = people.add(party(kind="distributor"))
    share(honest, 100_00)
    assert stated(honest).held_minor == 10_00
    assert [queries.cycle(SHOP, one.id, NOW).held_minor for one in (honest, thief)] == [10_00, 0]
    with pytest.raises(HoldBackTooSmall):
        released(thief, 1)
    assert ledger.balance(SHOP, "2206:distributor:acme") == 0
    assert released(honest, 10_00) == 0
    assert broken() == {}


def test_what_was_paid_to_a_supplier_ahead_is_nobody_elses_to_see(people: People, all_accounts: None) -> None:
    supplier, thief = party(cycle="prepaid"), people.add(party(kind="distributor", cycle="prepaid"))
    code = "1123:supplier:acme:prepaid"
    open_account(shop_id=SHOP, code=code, currency="CNY", guarded=True, floor_minor=0, now=NOW)
    share(supplier, -500_00, account=code)
    share(thief, 7_00, account="2206:distributor:acme")
    with pytest.raises(InvalidInput):
        make_statement(shop_id=SHOP, party_id=thief.id, cutoff=NOW, actor=ANN, now=NOW, confirmation=True)
    assert queries.statements(SHOP) == []
    # Whatever its cycle is called: what is owed to it is paid.
    assert make_due_statements(now=NOW + timedelta(days=40)) == 1
    [made] = queries.statements(SHOP)
    assert (made.party_id, made.confirmation, made.payable_minor) == (thief.id, False, 7_00)
    people.add(supplier)
    assert stated(supplier).items_minor == 500_00
    assert broken() == {}


def test_one_person_cannot_have_a_small_sum_paid_again_and_again(people: People) -> None:
    acme = people.add(party())
    share(acme, 99_00)
    made = approved(acme)
    one: dict[str, Any] = {"shop_id": SHOP, "statement_id": made.id, "actor": ANN, "now": NOW}
    file: dict[str, Any] = {"shop_id": SHOP, "statement_ids": [made.id], "bank_format": "plain", "actor": ANN}
    assert made.approvals_needed == 1
    make_payout_file(**file, now=NOW)
    [payout] = queries.payouts(SHOP, made.id)
    # The bank has paid it; she says that it has not.
    told: dict[str, Any] = {"arrived": False, "reference": "", "note": "not on the list", "actor": ANN, "now": NOW}
    resolve_payout(shop_id=SHOP, payout_id=payout.id, **told)
    with pytest.raises(StatementMoved):
        make_payout_file(**file, now=NOW)
    with pytest.raises(SamePerson):
        approve_statement(**one)
    # Nor do its items come onto another statement, of which nobody knows that it was paid.
    with pytest.raises(StatementMoved):
        reject_statement(**one, reason="x")
    view = queries.statement(SHOP, made.id)
    assert (view.state, view.approvals, len(queries.payouts(SHOP, made.id))) == (states.CONFIRMED, (), 1)
    approve(made.id, persons=(BOB,))
    make_payout_file(**file, now=NOW)
    assert len(queries.payouts(SHOP, made.id)) == 2
    assert broken() == {}


def test_who_is_alone_approves_what_came_back(people: People) -> None:
    acme = people.add(party())
    share(acme, 99_00)
    made = approved(acme)
    make_payout_file(shop_id=SHOP, statement_ids=[made.id], bank_format="plain", actor=ANN, now=NOW)
    [payout] = queries.payouts(SHOP, made.id)
    resolve_payout(shop_id=SHOP, payout_id=payout.id, arrived=False, reference="", note="x", actor=ANN, now=NOW)
    view = approve_statement(shop_id=SHOP, statement_id=made.id, actor=ANN, now=NOW, alone=True)
    assert view.state == states.APPROVED
    assert broken() == {}


def test_nobody_approves_an_account_that_he_did_not_see(people: People) -> None:
    """Between the page and the click somebody else changes the bank account."""
    acme = people.add(party())
    share(acme, 10_000_00)
    made = stated(acme)
    confirm_statement(shop_id=SHOP, statement_id=made.id, actor=ANN, now=NOW)
    seen = queries.bank_stamp(acme)
    people.new_bank(acme, NOW)
    one: dict[str, Any] = {"shop_id": SHOP, "statement_id": made.id, "now": NOW}
    with pytest.raises(BankChanged):
        approve_statement(**one, actor=BOB, bank_seen=seen)
    assert queries.statement(SHOP, made.id).approvals == ()
    view = approve_statement(**one, actor=BOB, bank_seen=queries.bank_stamp(people.known[acme.id]))
    assert (view.state, view.approvals) == (states.CONFIRMED, (BOB,))
    assert broken() == {}
