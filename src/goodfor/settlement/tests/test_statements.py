"""Making statements: what they list, what they book, what waits for the next."""

from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries as ledger
from goodfor.ledger.errors import InsufficientFunds
from goodfor.ledger.operations import open_account, post
from goodfor.ledger.tests.factories import sql
from goodfor.ledger.types import Entry, Line
from goodfor.settlement import queries, states
from goodfor.settlement.errors import HoldBackTooSmall, NothingToState, PartyNotFound
from goodfor.settlement.operations import (
    collect,
    make_due_statements,
    make_statement,
    release_hold_back,
    reread_after_restore,
)
from goodfor.settlement.tests.conftest import broken
from goodfor.settlement.tests.factories import ANN, NOW, OTHER, SHOP, People, approved, party, share, stated

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def counts() -> tuple[int, ...]:
    return sql(
        "SELECT (SELECT count(*) FROM settlement_statement), (SELECT count(*) FROM settlement_line),"
        " (SELECT count(*) FROM settlement_item WHERE statement_id IS NOT NULL), (SELECT count(*) FROM ledger_tx),"
        " (SELECT count(*) FROM kernel_event)"
    )[0]


def test_a_statement_is_the_movement_of_what_was_accrued(people: People) -> None:
    acme = people.add(party(min_payout_minor=100))
    share(acme, 80_00)
    share(acme, 20_00, account="2202:supplier:acme:accrued")
    share(acme, -5_00)
    made = stated(acme)
    assert (made.number, made.state, made.version) == ("supplier-acme-1", states.DRAFT, 1)
    assert (made.item_count, made.items_minor, made.payable_minor) == (3, 95_00, 95_00)
    assert (made.carry_minor, made.held_minor, made.approvals_needed) == (0, 0, 1)
    assert made.accounts == {"2202:supplier:acme:t1:accrued": 75_00, "2202:supplier:acme:accrued": 20_00}
    assert [(k.what, k.count, k.amount_minor) for k in made.kinds] == [("refund", 1, -5_00), ("sale", 2, 100_00)]
    assert made.is_due
    assert ledger.balance(SHOP, "2202:supplier:acme:t1:accrued") == 0
    assert ledger.balance(SHOP, "2202:supplier:acme:accrued") == 0
    assert ledger.balance(SHOP, "2202:supplier:acme:statement:supplier-acme-1") == 95_00
    [tx] = ledger.transactions_named(SHOP, ["stmt:"])
    assert (tx.reference, tx.kind) == ("stmt:supplier-acme-1", "settlement.statement")
    assert sql("SELECT count(*) FROM ledger_posting WHERE tx_id = %s AND party_id = %s", [tx.id, acme.id]) == [(3,)]
    items = queries.items(SHOP, made.id)
    assert sum(one.amount_minor for one in items) == 95_00
    assert [(one.tx_id, one.seq) for one in items] == sorted((one.tx_id, one.seq) for one in items)
    assert broken() == {}


def test_nothing_is_stated_twice_and_what_comes_later_waits(people: People) -> None:
    acme = people.add(party())
    share(acme, 10_00)
    first = stated(acme)
    before = counts()
    with pytest.raises(NothingToState):
        stated(acme)
    assert counts() == before
    # Late: effective before the first one's cut-off.
    late = share(acme, 7_00, at=NOW - 3 * DAY)
    assert queries.owed(acme, SHOP).count == 0
    collect(shop_id=SHOP, now=NOW)
    assert queries.owed(acme, SHOP).amount_minor == 7_00
    second = stated(acme)
    assert [one.tx_id for one in queries.items(SHOP, second.id)] == [late]
    assert second.number == "supplier-acme-2"
    assert first.content_hash != second.content_hash
    assert broken() == {}


def test_a_cut_off_is_a_moment_and_never_in_the_future(people: People) -> None:
    acme = people.add(party())
    share(acme, 3_00, at=NOW - DAY)
    share(acme, 4_00, at=NOW - timedelta(seconds=1))
    with pytest.raises(InvalidInput):
        make_statement(shop_id=SHOP, party_id=acme.id, cutoff=NOW + DAY, actor=ANN, now=NOW)
    made = stated(acme, cutoff=NOW - timedelta(seconds=1))
    assert (made.item_count, made.items_minor) == (1, 3_00)
    assert stated(acme).items_minor == 4_00


def test_shops_and_parties_are_kept_apart(people: People) -> None:
    acme, bolt = people.add(party()), people.add(party(code="bolt"))
    share(acme, 1_00)
    share(bolt, 2_00)
    share(acme, 5_00, shop=OTHER)
    assert stated(acme).items_minor == 1_00
    assert stated(bolt).items_minor == 2_00
    with pytest.raises(PartyNotFound):
        make_statement(shop_id=OTHER, party_id=acme.id, cutoff=NOW, actor=ANN, now=NOW)
    assert [one.party_id for one in queries.statements(SHOP, party_id=acme.id)] == [acme.id]
    assert queries.statements(OTHER) == []


def test_too_little_is_carried_to_the_next(people: People) -> None:
    acme = people.add(party(min_payout_minor=50_00))
    share(acme, 20_00)
    first = approved(acme)
    assert (first.state, first.is_due, first.payable_minor) == (states.CLOSED, False, 20_00)
    share(acme, 35_00)
    second = stated(acme)
    assert (second.items_minor, second.carry_minor, second.payable_minor) == (35_00, 20_00, 55_00)
    assert second.is_due
    assert ledger.balance(SHOP, "2202:supplier:acme:statement:supplier-acme-1") == 0
    assert ledger.balance(SHOP, "2202:supplier:acme:statement:supplier-acme-2") == 55_00
    assert broken() == {}


def test_what_the_party_owes_is_carried_too(people: People) -> None:
    acme = people.add(party())
    share(acme, -30_00)
    first = approved(acme)
    assert (first.state, first.payable_minor) == (states.CLOSED, -30_00)
    share(acme, 100_00)
    assert stated(acme).payable_minor == 70_00
    assert ledger.balance(SHOP, "2202:supplier:acme:statement:supplier-acme-1") == 0
    assert broken() == {}


def test_items_that_add_up_to_nothing_book_nothing(people: People) -> None:
    acme = people.add(party())
    share(acme, 30_00)
    share(acme, -30_00)
    made = approved(acme)
    assert (made.state, made.payable_minor, made.item_count) == (states.CLOSED, 0, 2)
    assert ledger.transactions_named(SHOP, ["stmt:"]) == []
    share(acme, 5_00)
    assert stated(acme).carry_minor == 0
    assert broken() == {}


def test_a_part_is_held_back_and_given_back_later(people: People, all_accounts: None) -> None:
    acme = people.add(party(hold_back_bp=1_000))
    share(acme, 99_99)
    made = stated(acme)
    assert (made.held_minor, made.payable_minor) == (9_99, 90_00)
    assert ledger.balance(SHOP, "2206:party:supplier.acme:deposit") == 9_99
    ask = {"shop_id": SHOP, "party_id": acme.id, "reason": "a year went well", "actor": ANN, "now": NOW}
    before = counts()
    with pytest.raises(HoldBackTooSmall):
        release_hold_back(amount_minor=10_00, release_id=uuid4(), **ask)
    assert counts() == before
    again = uuid4()
    assert release_hold_back(amount_minor=9_00, release_id=again, **ask) == 99
    assert release_hold_back(amount_minor=9_00, release_id=again, **ask) == 99
    # What is given back is not held back again; of what is new the same part is.
    share(acme, 20_00)
    second = stated(acme, cutoff=NOW + DAY, now=NOW + DAY)
    assert {k.what: k.amount_minor for k in second.kinds} == {"hold_back": 9_00, "sale": 20_00}
    assert (second.held_minor, second.payable_minor) == (2_00, 27_00)
    assert broken() == {}


@pytest.mark.parametrize("kind", ["shop", "brand", "distributor"])
def test_every_kind_of_party_has_its_accounts(people: People, all_accounts: None, kind: str) -> None:
    one = people.add(party(kind=kind, code="p.1", hold_back_bp=500))
    share(one, 10_00)
    made = approved(one)
    assert (made.payable_minor, made.held_minor, made.state) == (9_50, 50, states.APPROVED)
    assert ledger.balance(SHOP, f"2206:{kind}:p.1:statement:{kind}-p.1-1") == 9_50
    assert broken() == {}


def test_a_balance_paid_ahead_is_listed_to_be_confirmed_and_not_paid(people: People) -> None:
    acme = people.add(party(cycle="prepaid"))
    code = "1123:supplier:acme:prepaid"
    open_account(shop_id=SHOP, code=code, currency="CNY", guarded=True, floor_minor=0, now=NOW)
    moves = [
        Entry(
            "supplier_deposit:1", "supplier_deposit", (Line(code, 500_00), Line("1013:transit", -500_00)), NOW - 2 * DAY
        )
    ]
    moves.append(Entry("buy:1", "supply_purchase", (Line("1405:codes:s", 80_00), Line(code, -80_00)), NOW - DAY))
    post(shop_id=SHOP, currency="CNY", entries=moves, now=NOW - DAY)
    made = approved(acme)
    assert (made.confirmation, made.items_minor, made.payable_minor) == (True, 420_00, 0)
    assert made.state == states.CLOSED
    assert ledger.balance(SHOP, code) == 420_00
    assert ledger.transactions_named(SHOP, ["stmt:"]) == []
    assert broken() == {}
    with pytest.raises(InsufficientFunds):
        post(
            shop_id=SHOP,
            currency="CNY",
            entries=[Entry("b", "x", (Line("1405:codes:s", 421_00), Line(code, -421_00)), NOW)],
            now=NOW,
        )


def test_cycles_that_ended_have_their_statements(people: People) -> None:
    daily = people.add(party())
    weekly = people.add(party(code="bolt", cycle="weekly", cycle_day=1))
    by_hand = people.add(party(code="hand", cycle="manual"))
    for one in (daily, weekly, by_hand):
        share(one, 10_00, at=NOW - 3 * DAY)
        share(one, 4_00, at=NOW - timedelta(hours=13))
        share(one, 1_00, at=NOW - timedelta(hours=1))
    assert make_due_statements(now=NOW) == 2
    assert make_due_statements(now=NOW) == 0
    assert [one.items_minor for one in queries.statements(SHOP, party_id=daily.id)] == [14_00]
    assert [one.items_minor for one in queries.statements(SHOP, party_id=weekly.id)] == [10_00]
    assert queries.statements(SHOP, party_id=by_hand.id) == []
    # Three days nobody looked: each day has a statement of its own, where it had anything.
    share(daily, 2_00, at=NOW + DAY, recorded=NOW + DAY)
    share(daily, 3_00, at=NOW + 2 * DAY, recorded=NOW + 2 * DAY)
    assert make_due_statements(now=NOW + 4 * DAY) == 3
    assert [one.items_minor for one in queries.statements(SHOP, party_id=daily.id)] == [3_00, 2_00, 1_00, 14_00]
    assert broken() == {}


def test_one_statement_that_fails_keeps_no_other_waiting(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    odd, acme = people.add(party(code="odd")), people.add(party())
    people.add(party(kind="platform", code="us"))
    for one in (odd, acme):
        share(one, 10_00, at=NOW - 2 * DAY)
    module = import_module("goodfor.settlement.operations.make_due_statements")
    whole = module.state_items

    def fails(**given: Any) -> Any:
        if given["party"].id == odd.id:
            raise RuntimeError("disk")
        return whole(**given)

    monkeypatch.setattr(module, "state_items", fails)
    assert make_due_statements(now=NOW) == 1
    monkeypatch.setattr(module, "state_items", whole)
    assert make_due_statements(now=NOW) == 1
    assert [one.party_code for one in queries.statements(SHOP)] == ["odd", "acme"]
    assert broken() == {}


def test_a_large_one_needs_two_persons(people: People) -> None:
    acme = people.add(party())
    share(acme, 10_000_00)
    assert stated(acme).approvals_needed == 2
    share(acme, 9_999_99)
    assert stated(acme).approvals_needed == 1


def test_reading_the_books_anew_changes_nothing(people: People) -> None:
    acme = people.add(party())
    for amount in (1, 2, 3):
        share(acme, amount)
    assert collect(shop_id=SHOP, now=NOW, batch=2) == 3
    stated(acme)
    before = sql("SELECT tx_id, seq, amount_minor, statement_id FROM settlement_item ORDER BY 1, 2")
    assert reread_after_restore(now=NOW) == 1
    assert collect(shop_id=SHOP, now=NOW, batch=2) == 5
    assert sql("SELECT tx_id, seq, amount_minor, statement_id FROM settlement_item ORDER BY 1, 2") == before
    assert len(before) == 3


def test_no_hand_changes_what_is_written(people: People) -> None:
    acme = people.add(party())
    share(acme, 10_00)
    made = stated(acme)
    for statement in (
        "UPDATE settlement_line SET amount_minor = 1",
        "DELETE FROM settlement_line",
        "UPDATE settlement_item SET amount_minor = 1",
        "UPDATE settlement_item SET statement_id = NULL",
        "DELETE FROM settlement_item",
        "UPDATE settlement_statement SET payable_minor = 1, items_minor = 1",
        "UPDATE settlement_statement SET state = 'paid', ended_at = now()",
        "UPDATE settlement_statement SET number = 'x'",
        "DELETE FROM settlement_statement",
        "TRUNCATE settlement_approval",
        "INSERT INTO settlement_line SELECT shop_id, statement_id, tx_id, amount_minor, seq + 9 FROM settlement_line",
        "UPDATE settlement_statement SET state = 'confirmed'; UPDATE settlement_statement SET state = 'approved'",
    ):
        with pytest.raises(DatabaseError):
            sql(statement)
    assert queries.statement(SHOP, made.id) == made
    assert broken() == {}


def test_the_audit_finds_what_gets_past_the_guards(people: People) -> None:
    acme = people.add(party())
    share(acme, 10_00)
    stated(acme)
    sql("SET session_replication_role = replica")
    try:
        sql("UPDATE settlement_item SET amount_minor = 900")
        assert set(broken()) == {"settlement_items_are_postings", "settlement_statements_are_whole"}
        sql("UPDATE settlement_item SET amount_minor = 1000, statement_id = NULL")
        assert set(broken()) == {"settlement_statements_are_whole"}
    finally:
        sql("SET session_replication_role = DEFAULT")
