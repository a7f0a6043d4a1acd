"""Two at once, arrivals in the middle, kills between, and many."""

import time
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction

from goodfor.ledger import queries as ledger
from goodfor.ledger.operations import post
from goodfor.ledger.tests.factories import sql, together
from goodfor.ledger.types import Entry, Line
from goodfor.settlement import queries, states
from goodfor.settlement.errors import NothingToState, SamePerson, StatementMoved
from goodfor.settlement.operations import (
    approve_statement,
    collect,
    confirm_statement,
    execute_payout,
    make_due_statements,
    make_payout_file,
    make_statement,
    reject_statement,
    start_payout,
)
from goodfor.settlement.tests.conftest import broken
from goodfor.settlement.tests.factories import (
    ANN,
    COST,
    NOW,
    SHOP,
    Carrier,
    People,
    approved,
    party,
    share,
    stated,
)

pytestmark = pytest.mark.django_db(transaction=True)
HOURS = timedelta(hours=1)


def kinds_of(results: list[Any]) -> dict[str, int]:
    names = [type(one).__name__ for one in results]
    return {name: names.count(name) for name in set(names)}


def test_of_many_who_lock_at_once_one_does(people: People) -> None:
    acme = people.add(party())
    for amount in range(1, 21):
        share(acme, amount)
    results = together([lambda: stated(acme)] * 6)
    assert kinds_of(results) == {"StatementView": 1, NothingToState.__name__: 5}
    assert sql("SELECT count(*), sum(payable_minor) FROM settlement_statement") == [(1, 210)]
    assert ledger.balance(SHOP, "2202:supplier:acme:statement:supplier-acme-1") == 210
    assert broken() == {}


def test_workers_and_people_at_once_state_each_item_once(people: People) -> None:
    parties = [people.add(party(code=f"p{n}")) for n in range(3)]
    for one in parties:
        for amount in range(1, 11):
            share(one, amount, at=NOW - 30 * HOURS)
    work = [lambda: make_due_statements(now=NOW)] * 3 + [lambda one=one: stated(one) for one in parties]
    results = together(work)
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, NothingToState)], results
    assert sql("SELECT count(*), sum(items_minor) FROM settlement_statement") == [(3, 165)]
    assert broken() == {}


def test_what_comes_while_a_statement_is_made_is_on_one_statement(people: People) -> None:
    acme = people.add(party())

    def sell() -> int:
        for amount in range(1, 31):
            share(acme, amount)
        return 465

    def state() -> int:
        made = 0
        for _ in range(12):
            try:
                made += stated(acme).items_minor
            except NothingToState:
                time.sleep(0.01)
        return made

    results = together([sell, sell, state, state])
    assert all(isinstance(one, int) for one in results), results
    try:
        rest = stated(acme).items_minor
    except NothingToState:
        rest = 0
    assert results[2] + results[3] + rest == 930
    assert sql("SELECT count(*), count(DISTINCT (tx_id, seq)) FROM settlement_line") == [(60, 60)]
    assert ledger.balance(SHOP, "2202:supplier:acme:t1:accrued") == 0
    assert broken() == {}


def test_what_is_not_committed_yet_is_not_missed_later(people: People) -> None:
    """A transaction that began before the statement and ends after it: its posting comes on the next."""
    acme = people.add(party())
    share(acme, 1_00)

    def slow() -> int:
        with transaction.atomic():
            share(acme, 5_00)
            time.sleep(1.5)
        return 1

    def quick() -> int:
        time.sleep(0.5)
        # Its id is younger than that of the slow one, and it ends before it.
        share(acme, 3_00)
        collect(shop_id=SHOP, now=NOW)
        return stated(acme).items_minor

    results = together([slow, quick])
    assert results == [1, 1_00]
    assert stated(acme).items_minor == 8_00
    assert broken() == {}


def test_of_approving_and_rejecting_at_once_one_holds(people: People) -> None:
    for round_ in range(3):
        acme = people.add(party(code=f"p{round_}"))
        share(acme, 10_000_00)
        made = stated(acme)
        from_party = {"shop_id": SHOP, "statement_id": made.id, "now": NOW}
        results = together(
            [
                lambda given=from_party: reject_statement(reason="x", actor=ANN, **given),
                lambda given=from_party: _confirm_and_approve(given, ANN),
                lambda given=from_party: _confirm_and_approve(given, ANN),
            ]
        )
        expected = (StatementMoved, SamePerson)
        assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, expected)], results
        # One person said yes twice at once: that is one person.
        assert queries.statement(SHOP, made.id).state in (states.REJECTED, states.CONFIRMED)
    assert broken() == {}


def _confirm_and_approve(given: dict[str, Any], actor: str) -> object:
    confirm_statement(actor=actor, **given)
    return approve_statement(actor=actor, **given)


def test_of_many_who_pay_at_once_one_does(people: People, carrier: Carrier) -> None:
    acme = people.add(party())
    share(acme, 80_00)
    made = approved(acme)
    pay = lambda: start_payout(shop_id=SHOP, statement_id=made.id, way="carrier", actor=ANN, now=NOW)  # noqa: E731
    file = lambda: make_payout_file(  # noqa: E731
        shop_id=SHOP, statement_ids=[made.id], bank_format="plain", actor=ANN, now=NOW
    )
    results = together([pay, file, pay, file])
    assert sum(isinstance(one, StatementMoved) for one in results) == 3, results
    [payout] = queries.payouts(SHOP, made.id)
    if payout.way == "carrier":
        together([lambda: execute_payout(shop_id=SHOP, payout_id=payout.id, now=NOW)] * 4)
        assert carrier.paid == [payout.number]
        assert queries.statement(SHOP, made.id).state == states.PAID
    assert broken() == {}


@pytest.mark.parametrize("point", ["settlement.taken", "settlement.booked"])
def test_killed_while_a_statement_is_made_nothing_is_left_of_it(
    people: People, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    acme = people.add(party())
    share(acme, 10_00)
    share(acme, 5_00)
    collect(shop_id=SHOP, now=NOW)
    before = sql("SELECT count(*) FROM ledger_tx")

    def die(name: str) -> None:
        if name == point:
            raise SystemExit(name)

    with monkeypatch.context() as patch:
        patch.setattr(import_module("goodfor.settlement.operations.state_items"), "reach", die)
        with pytest.raises(SystemExit):
            stated(acme)
    assert sql("SELECT count(*) FROM ledger_tx") == before
    assert sql("SELECT count(*) FROM settlement_statement") == [(0,)]
    assert queries.owed(acme, SHOP).amount_minor == 15_00
    made = stated(acme)
    assert (made.number, made.items_minor) == ("supplier-acme-1", 15_00)
    assert broken() == {}


def many(acme_account: str, count: int, each: int = 1_000) -> None:
    """So many postings on one account, by transactions of many lines as allocations of costs are."""
    for first in range(0, count, each):
        lines = [Line(acme_account, -(first + n + 1)) for n in range(min(each, count - first))]
        lines.append(Line(COST, -sum(line.amount_minor for line in lines)))
        entry = Entry(f"share:many:{first}", "share", tuple(lines), NOW - 30 * HOURS)
        post(shop_id=SHOP, currency="CNY", entries=[entry], now=NOW - 30 * HOURS)


@pytest.mark.soak
def test_a_hundred_thousand_postings_are_one_statement(people: People) -> None:
    acme = people.add(party())
    count = 100_000
    many("2202:supplier:acme:t1:accrued", count)
    connection.ensure_connection()
    sql("ANALYZE ledger_posting")
    began = time.monotonic()
    collect(shop_id=SHOP, now=NOW)
    read = time.monotonic() - began
    began = time.monotonic()
    made = make_statement(shop_id=SHOP, party_id=acme.id, cutoff=NOW, actor=ANN, now=NOW)
    locked = time.monotonic() - began
    print(f"read {read:.1f} s, locked {locked:.1f} s")  # noqa: T201
    assert (made.item_count, made.items_minor) == (count, count * (count + 1) // 2)
    assert sql("SELECT count(*) FROM settlement_item WHERE statement_id = %s", [made.id]) == [(count,)]
    assert ledger.balance(SHOP, "2202:supplier:acme:t1:accrued") == 0
    assert sum(1 for _ in queries.all_items(SHOP, made.id)) == count
    began = time.monotonic()
    reject_statement(shop_id=SHOP, statement_id=made.id, reason="x", actor=ANN, now=NOW)
    print(f"rejected {time.monotonic() - began:.1f} s")  # noqa: T201
    assert queries.owed(acme, SHOP).count == count
    assert broken() == {}
    assert locked < 30
