"""From draft to approved: who may, how many it takes, and what taking back gives free."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries as ledger
from goodfor.ledger.tests.factories import sql
from goodfor.settlement import queries, states
from goodfor.settlement.errors import (
    NothingToState,
    SamePerson,
    StatementMoved,
    StatementNotFound,
)
from goodfor.settlement.operations import (
    approve_statement,
    confirm_statement,
    reject_statement,
    remake_statement,
    set_policy,
)
from goodfor.settlement.tests.conftest import broken
from goodfor.settlement.tests.factories import ANN, BOB, NOW, SHOP, People, approve, approved, party, share, stated
from goodfor.settlement.types import PolicyView, StatementView

pytestmark = pytest.mark.django_db(transaction=True)


def state_of(made: StatementView) -> str:
    return queries.statement(SHOP, made.id).state


def heard() -> list[str]:
    return [row[0] for row in sql("SELECT name FROM kernel_event ORDER BY id")]


def test_the_party_confirms_its_own_and_no_other(people: People) -> None:
    acme, bolt = people.add(party()), people.add(party(code="bolt"))
    share(acme, 10_00)
    made = stated(acme)
    with pytest.raises(StatementNotFound):
        confirm_statement(shop_id=SHOP, statement_id=made.id, actor="x", party_id=bolt.id, now=NOW)
    with pytest.raises(StatementNotFound):
        confirm_statement(shop_id=uuid4(), statement_id=made.id, actor="x", party_id=acme.id, now=NOW)
    assert state_of(made) == states.DRAFT
    for _ in range(2):
        view = confirm_statement(shop_id=SHOP, statement_id=made.id, actor="party:a", party_id=acme.id, now=NOW)
        assert (view.state, view.confirmed_by) == (states.CONFIRMED, "party:a")
    assert heard() == ["settlement.statement_locked", "settlement.statement_confirmed"]
    assert broken() == {}


def test_a_draft_is_not_approved(people: People) -> None:
    acme = people.add(party())
    share(acme, 10_00)
    made = stated(acme)
    with pytest.raises(StatementMoved):
        approve_statement(shop_id=SHOP, statement_id=made.id, actor=ANN, now=NOW)
    assert sql("SELECT count(*) FROM settlement_approval") == [(0,)]


def test_two_persons_are_two(people: People) -> None:
    acme = people.add(party())
    set_policy(shop_id=SHOP, policy=PolicyView(5_00, "main", "", "", ""), actor=ANN, now=NOW)
    share(acme, 5_00)
    made = stated(acme)
    confirm_statement(shop_id=SHOP, statement_id=made.id, actor=ANN, now=NOW)
    assert approve(made.id).approvals == (ANN,)
    with pytest.raises(SamePerson):
        approve_statement(shop_id=SHOP, statement_id=made.id, actor=ANN, now=NOW)
    assert state_of(made) == states.CONFIRMED
    # Nor does raw SQL get past it.
    with pytest.raises(DatabaseError):
        sql("UPDATE settlement_statement SET state = 'approved'")
    view = approve(made.id, persons=[BOB])
    assert (view.state, view.approvals) == (states.APPROVED, (ANN, BOB))
    with pytest.raises(StatementMoved):
        approve_statement(shop_id=SHOP, statement_id=made.id, actor="staff:eve", now=NOW)
    assert heard()[-1] == "settlement.statement_approved"
    assert broken() == {}


def test_another_bank_account_between_two_approvals_needs_both_again(people: People) -> None:
    acme = people.add(party())
    share(acme, 10_000_00)
    made = stated(acme)
    confirm_statement(shop_id=SHOP, statement_id=made.id, actor=ANN, now=NOW)
    approve(made.id)
    people.new_bank(acme, NOW)
    assert approve(made.id, persons=[BOB]).approvals == (BOB,)
    assert state_of(made) == states.CONFIRMED
    assert approve(made.id, persons=[ANN]).state == states.APPROVED
    assert broken() == {}


def test_what_is_rejected_is_free_and_made_anew(people: People) -> None:
    acme = people.add(party())
    first_tx = share(acme, 10_00)
    made = stated(acme)
    with pytest.raises(InvalidInput):
        reject_statement(shop_id=SHOP, statement_id=made.id, reason=" ", actor=ANN, now=NOW)
    reject_statement(
        shop_id=SHOP, statement_id=made.id, reason="one sale is not mine", actor="p", party_id=acme.id, now=NOW
    )
    assert state_of(made) == states.REJECTED
    assert ledger.balance(SHOP, "2202:supplier:acme:t1:accrued") == 10_00
    assert ledger.balance(SHOP, "2202:supplier:acme:statement:supplier-acme-1") == 0
    # The old list is still there to be looked at; the items are owed again.
    assert [one.tx_id for one in queries.items(SHOP, made.id)] == [first_tx]
    assert queries.owed(acme, SHOP).amount_minor == 10_00
    share(acme, -4_00)
    again = remake_statement(shop_id=SHOP, statement_id=made.id, actor=ANN, now=NOW)
    assert (again.number, again.version, again.replaces_id) == ("supplier-acme-2", 2, made.id)
    assert (again.items_minor, again.item_count, again.cutoff) == (6_00, 2, made.cutoff)
    for one in (made, again):
        with pytest.raises(StatementMoved):
            remake_statement(shop_id=SHOP, statement_id=one.id, actor=ANN, now=NOW)
    assert broken() == {}


def test_a_rejected_one_without_anything_left_is_not_made_anew(people: People) -> None:
    acme = people.add(party())
    share(acme, 10_00)
    made = stated(acme)
    reject_statement(shop_id=SHOP, statement_id=made.id, reason="x", actor=ANN, now=NOW)
    second = stated(acme)
    with pytest.raises(NothingToState):
        remake_statement(shop_id=SHOP, statement_id=made.id, actor=ANN, now=NOW)
    assert queries.statement(SHOP, second.id).items_minor == 10_00


def test_the_party_objects_before_it_confirms_the_staff_until_money_moves(people: People) -> None:
    acme = people.add(party())
    share(acme, 10_00)
    made = approved(acme)
    with pytest.raises(StatementMoved):
        reject_statement(shop_id=SHOP, statement_id=made.id, reason="x", actor="p", party_id=acme.id, now=NOW)
    assert state_of(made) == states.APPROVED
    reject_statement(shop_id=SHOP, statement_id=made.id, reason="x", actor=ANN, now=NOW)
    with pytest.raises(StatementMoved):
        reject_statement(shop_id=SHOP, statement_id=made.id, reason="x", actor=ANN, now=NOW)
    assert broken() == {}


def test_a_rejected_statement_gives_what_it_carried_back(people: People) -> None:
    acme = people.add(party(min_payout_minor=50_00))
    share(acme, 20_00)
    approved(acme)
    share(acme, 40_00)
    second = stated(acme)
    assert second.carry_minor == 20_00
    reject_statement(shop_id=SHOP, statement_id=second.id, reason="x", actor=ANN, now=NOW)
    assert ledger.balance(SHOP, "2202:supplier:acme:statement:supplier-acme-1") == 20_00
    share(acme, 1_00)
    third = stated(acme)
    assert (third.items_minor, third.carry_minor, third.payable_minor) == (41_00, 20_00, 61_00)
    assert broken() == {}


def test_what_was_carried_on_stays_there(people: People) -> None:
    acme = people.add(party(min_payout_minor=50_00))
    share(acme, 20_00)
    first = approved(acme)
    share(acme, 40_00)
    stated(acme)
    with pytest.raises(StatementMoved):
        reject_statement(shop_id=SHOP, statement_id=first.id, reason="x", actor=ANN, now=NOW)
    for change in ("carried_to = NULL", f"carried_to = '{uuid4()}'"):
        with pytest.raises(DatabaseError):
            sql(f"UPDATE settlement_statement SET {change} WHERE carried_to IS NOT NULL")


def test_a_policy_is_checked_and_kept(people: People) -> None:
    assert queries.policy(SHOP).two_from_minor == 1_000_000
    for policy in (PolicyView(-1, "main", "", "", ""), PolicyView(0, "a b", "", "", ""), PolicyView(0, "", "", "", "")):
        with pytest.raises(InvalidInput):
            set_policy(shop_id=SHOP, policy=policy, actor=ANN, now=NOW)
    assert sql("SELECT count(*) FROM settlement_policy") == [(0,)]
    policy = PolicyView(0, "icbc.1", "工行", "卡铺", "6222000000001234")
    set_policy(shop_id=SHOP, policy=policy, actor=ANN, now=NOW + timedelta(seconds=1))
    assert queries.policy(SHOP) == policy
    assert "6222000000001234" not in repr(policy)
    [(data,)] = sql("SELECT data::text FROM kernel_audit WHERE action = 'settlement.policy_set'")
    assert "6222000000001234" not in data
    assert "1234" in data
