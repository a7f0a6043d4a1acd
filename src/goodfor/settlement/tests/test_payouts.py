"""Paying: once, to the account that was approved, whatever the provider says or does not say."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries as ledger
from goodfor.ledger.tests.factories import sql
from goodfor.settlement import queries, states
from goodfor.settlement.errors import (
    BankChanged,
    BankDetailsUnfit,
    FileChanged,
    NoBankDetails,
    PayoutMoved,
    PayoutNotFound,
    PayoutsFrozen,
    StatementMoved,
    UnknownWay,
)
from goodfor.settlement.operations import (
    execute_payout,
    fetch_payout_file,
    make_payout_file,
    reject_statement,
    resolve_payout,
    run_due_payouts,
    set_policy,
    start_payout,
)
from goodfor.settlement.tests.conftest import broken
from goodfor.settlement.tests.factories import (
    ANN,
    BOB,
    NOW,
    SHOP,
    Carrier,
    People,
    approve,
    approved,
    party,
    share,
)
from goodfor.settlement.types import BankDetails, Party, PayoutView, PolicyView, StatementView

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)
AFTER_FROST = NOW + timedelta(hours=25)


def ready(people: People, amount: int = 80_00, **changes: Any) -> tuple[Party, StatementView]:
    one = people.add(party(**changes))
    share(one, amount)
    return one, approved(one)


def start(made: StatementView, now: datetime = NOW, way: str = "carrier") -> PayoutView:
    return start_payout(shop_id=SHOP, statement_id=made.id, way=way, actor=ANN, now=now)


def run(payout: PayoutView, now: datetime = NOW) -> PayoutView:
    return execute_payout(shop_id=SHOP, payout_id=payout.id, now=now)


def state_of(made: StatementView) -> str:
    return queries.statement(SHOP, made.id).state


def balances() -> dict[str, int]:
    """Where the money is, empty accounts aside."""
    found = {one.code: one.posted_minor for one in ledger.balances(SHOP, "")}
    return {code: amount for code, amount in found.items() if amount and not code.startswith("5401")}


def written() -> tuple[int, ...]:
    return sql(
        "SELECT (SELECT count(*) FROM settlement_payout), (SELECT count(*) FROM ledger_tx),"
        " (SELECT count(*) FROM kernel_history), (SELECT count(*) FROM settlement_file)"
    )[0]


def test_a_statement_is_paid(people: People, carrier: Carrier) -> None:
    _acme, made = ready(people)
    payout = start(made)
    assert (payout.number, payout.state, payout.amount_minor) == ("supplier-acme-1.1", states.CREATED, 80_00)
    assert payout.bank_tail == "4567"
    assert state_of(made) == states.PAYING
    assert balances() == {"1013:transit": -80_00}
    assert run_due_payouts(now=NOW) == 1
    assert run_due_payouts(now=NOW) == 0
    [view] = queries.payouts(SHOP, made.id)
    assert (view.state, view.provider_ref, view.attempts) == (states.SUCCEEDED, "ref-1", 1)
    assert state_of(made) == states.PAID
    assert balances() == {"1002:bank:main": -80_00}
    assert carrier.paid == [payout.number]
    assert carrier.books[payout.number] == ("done", "6222020200001234567")
    for again in (
        lambda: start(made),
        lambda: reject_statement(shop_id=SHOP, statement_id=made.id, reason="x", actor=ANN, now=NOW),
    ):
        with pytest.raises(StatementMoved):
            again()
    assert sql("SELECT name FROM kernel_event ORDER BY id DESC LIMIT 1") == [("settlement.payout_succeeded",)]
    assert broken() == {}


def test_a_slow_payout_is_asked_about(people: People, carrier: Carrier) -> None:
    _acme, made = ready(people)
    payout = start(made)
    carrier.next = ["slow"]
    assert run(payout).state == states.REQUESTED
    assert run(payout).attempts == 1, "not before its time"
    assert run(payout, NOW + timedelta(seconds=11)).state == states.REQUESTED
    carrier.books[payout.number] = ("done", "")
    assert run(payout, LATER).state == states.SUCCEEDED
    assert carrier.paid == [payout.number]
    assert len(carrier.asked) == 2
    assert broken() == {}


@pytest.mark.parametrize("how", ["lost_after", "lost_before"])
def test_an_unknown_end_is_asked_about_and_never_repeated_blindly(people: People, carrier: Carrier, how: str) -> None:
    _acme, made = ready(people)
    payout = start(made)
    carrier.next = [how]
    assert run(payout).state == states.UNKNOWN
    assert state_of(made) == states.PAYING
    carrier.next = ["silent"]
    assert run(payout, LATER).state == states.UNKNOWN
    assert carrier.paid == [payout.number]
    assert run(payout, LATER + timedelta(hours=2)).state == states.SUCCEEDED
    # What the provider never heard of goes once more, under the same number; what it has is not sent again.
    assert carrier.paid == [payout.number] * (2 if how == "lost_before" else 1)
    assert carrier.books == {payout.number: ("done", "6222020200001234567")}
    assert balances() == {"1002:bank:main": -80_00}
    assert broken() == {}


def test_what_certainly_was_not_sent_is_sent_later(people: People, carrier: Carrier) -> None:
    _acme, made = ready(people)
    payout = start(made)
    carrier.next = ["not_sent"]
    assert run(payout).state == states.CREATED
    assert run(payout, LATER).state == states.SUCCEEDED
    assert carrier.asked == []
    assert broken() == {}


def test_what_an_earlier_try_may_have_sent_is_not_unsent(people: People, carrier: Carrier) -> None:
    acme, made = ready(people)
    payout = start(made)
    carrier.next = ["lost_before"]
    assert run(payout).state == states.UNKNOWN
    carrier.next = ["", "not_sent"]
    view = run(payout, LATER)
    assert (view.state, view.failure) == (states.UNKNOWN, "unreachable")
    # The first one arrives after all, whatever the party's account is by now.
    carrier.books[payout.number] = ("done", "6222020200001234567")
    people.new_bank(acme, LATER)
    assert run(payout, LATER + timedelta(hours=2)).state == states.SUCCEEDED
    assert broken() == {}


def test_a_refused_payout_gives_the_statement_back(people: People, carrier: Carrier) -> None:
    _acme, made = ready(people)
    first = start(made)
    carrier.next = ["refused"]
    view = run(first)
    assert (view.state, view.failure) == (states.FAILED, "no_such_account")
    assert state_of(made) == states.APPROVED
    assert balances() == {"2202:supplier:acme:statement:supplier-acme-1": 80_00}
    second = start(made)
    assert second.number == "supplier-acme-1.2"
    assert run(second).state == states.SUCCEEDED
    assert [one.state for one in queries.payouts(SHOP, made.id)] == [states.FAILED, states.SUCCEEDED]
    assert broken() == {}


def test_a_no_that_means_done_before_is_a_yes(people: People, carrier: Carrier) -> None:
    _acme, made = ready(people)
    payout = start(made)
    carrier.books[payout.number] = ("done", "x")
    carrier.next = ["refused"]
    assert run(payout).state == states.SUCCEEDED
    assert broken() == {}


def test_nothing_is_paid_while_the_bank_account_is_fresh(people: People, carrier: Carrier) -> None:
    acme = people.add(party())
    people.new_bank(acme, NOW)
    share(acme, 80_00)
    made = approved(acme)
    before = written()
    with pytest.raises(PayoutsFrozen):
        start(made)
    with pytest.raises(PayoutsFrozen):
        make_payout_file(shop_id=SHOP, statement_ids=[made.id], bank_format="plain", actor=ANN, now=NOW)
    assert written() == before
    assert run(start(made, AFTER_FROST), AFTER_FROST).state == states.SUCCEEDED
    assert carrier.books["supplier-acme-1.1"][1] == "6214830000009876"


def test_another_bank_account_after_the_approval_needs_a_new_one(people: People, carrier: Carrier) -> None:
    acme, made = ready(people)
    people.new_bank(acme, NOW)
    with pytest.raises(PayoutsFrozen):
        start(made)
    assert state_of(made) == states.APPROVED
    with pytest.raises(BankChanged):
        start(made, AFTER_FROST)
    assert state_of(made) == states.CONFIRMED
    assert queries.payouts(SHOP, made.id) == []
    # The same person may: it is another round.
    assert approve(made.id, now=AFTER_FROST).state == states.APPROVED
    assert run(start(made, AFTER_FROST), AFTER_FROST).state == states.SUCCEEDED
    assert carrier.books["supplier-acme-1.1"][1] == "6214830000009876"
    assert broken() == {}


def test_another_bank_account_before_it_is_sent_stops_it(people: People, carrier: Carrier) -> None:
    acme, made = ready(people)
    payout = start(made)
    people.new_bank(acme, NOW)
    view = run(payout)
    assert (view.state, view.failure) == (states.FAILED, "bank_changed")
    assert carrier.paid == []
    assert state_of(made) == states.APPROVED
    assert balances() == {"2202:supplier:acme:statement:supplier-acme-1": 80_00}
    assert broken() == {}


def test_another_bank_account_after_it_may_have_been_sent(people: People, carrier: Carrier) -> None:
    acme, made = ready(people)
    payout = start(made)
    carrier.next = ["lost_after"]
    run(payout)
    people.new_bank(acme, NOW)
    # It was sent to the old one: that is what the books must say.
    assert run(payout, LATER).state == states.SUCCEEDED
    assert carrier.books[payout.number][1] == "6222020200001234567"
    assert broken() == {}
    share(acme, 10_00)
    second = approved(acme, now=AFTER_FROST)
    payout = start(second, AFTER_FROST)
    carrier.next = ["lost_before"]
    run(payout, AFTER_FROST)
    people.new_bank(acme, AFTER_FROST)
    people.banks[acme.id] = BankDetails("x", "x", "1")
    # Never heard of there yet, but it may be on its way: nothing ends before the other account could be paid.
    view = run(payout, AFTER_FROST + timedelta(hours=1))
    assert (view.state, view.failure) == (states.UNKNOWN, "bank_changed")
    assert state_of(second) == states.PAYING
    # It never came, and it does not go to another account than the one approved.
    view = run(payout, AFTER_FROST + timedelta(hours=25))
    assert (view.state, view.failure) == (states.FAILED, "bank_changed")
    assert payout.number not in carrier.books
    assert broken() == {}


@pytest.mark.parametrize("point", ["payouts.claimed", "payouts.called", "payouts.settling"])
def test_killed_between_it_is_paid_once(
    people: People, carrier: Carrier, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    _acme, made = ready(people)
    payout = start(made)

    def die(name: str) -> None:
        if name == point:
            raise SystemExit(name)

    with monkeypatch.context() as patch:
        for module in ("execute_payout", "settle_payout"):
            patch.setattr(import_module(f"goodfor.settlement.operations.{module}"), "reach", die)
        with pytest.raises(SystemExit):
            run(payout)
    assert queries.payout(SHOP, payout.id).state == states.REQUESTED
    assert run(payout, NOW + timedelta(seconds=30)).state == states.REQUESTED, "leased"
    assert run(payout, LATER).state == states.SUCCEEDED
    assert carrier.paid == [payout.number]
    assert balances() == {"1002:bank:main": -80_00}
    assert broken() == {}


def test_who_has_no_bank_account_and_what_is_no_way(people: People, carrier: Carrier) -> None:
    acme = people.add(party(), bank=False)
    share(acme, 80_00)
    made = approved(acme)
    before = written()
    with pytest.raises(NoBankDetails):
        start(made)
    with pytest.raises(UnknownWay):
        start(made, way="nobody")
    with pytest.raises(UnknownWay):
        make_payout_file(shop_id=SHOP, statement_ids=[made.id], bank_format="x", actor=ANN, now=NOW)
    assert written() == before
    assert state_of(made) == states.APPROVED


def test_a_person_decides_what_nobody_can_tell(people: People, carrier: Carrier) -> None:
    _acme, made = ready(people)
    payout = start(made)
    ask: dict[str, Any] = {"shop_id": SHOP, "payout_id": payout.id, "actor": BOB, "now": NOW}
    with pytest.raises(PayoutMoved):
        resolve_payout(arrived=True, reference="b1", note="", **ask)
    carrier.next = ["lost_before"]
    run(payout)
    with pytest.raises(InvalidInput):
        resolve_payout(arrived=False, reference="", note="", **ask)
    assert resolve_payout(arrived=False, reference="", note="bank's list", **ask).state == states.FAILED
    assert state_of(made) == states.CONFIRMED
    assert run(payout, LATER).state == states.FAILED
    assert carrier.asked == []
    assert broken() == {}


def file_of(people: People, bank_format: str) -> tuple[list[StatementView], UUID, bytes]:
    policy = PolicyView(1_000_000, "icbc", "工行上海分行", "上海卡铺有限公司", "1001000100010001")
    set_policy(shop_id=SHOP, policy=policy, actor=ANN, now=NOW)
    made = [ready(people, 80_00 + n, code=f"p{n}", name=f"供应商{n}")[1] for n in range(3)]
    ids = [one.id for one in made]
    file, content = make_payout_file(shop_id=SHOP, statement_ids=ids, bank_format=bank_format, actor=ANN, now=NOW)
    assert (file.count, file.total_minor, file.currency) == (3, 240_03, "CNY")
    assert file.number.startswith("F20260310-")
    return made, file.id, content


@pytest.mark.parametrize(("bank_format", "encoding"), [("icbc", "gb18030"), ("plain", "utf-8-sig")])
def test_a_file_for_the_bank(people: People, bank_format: str, encoding: str) -> None:
    made, file_id, content = file_of(people, bank_format)
    lines = content.decode(encoding).split("\r\n")
    assert len(lines) == 5
    assert lines[-1] == ""
    for n, line in enumerate(lines[1:4]):
        assert f"80.0{n}" in line.split(",")
        assert f"供应商{n}有限公司" in line.split(",")
        assert "6222020200001234567" in line.split(",")
        assert f"supplier-p{n}-1.1" in line.split(",")
    if bank_format == "icbc":
        assert lines[1].startswith("工行上海分行,1001000100010001,上海卡铺有限公司,中国工商银行,,,")
    assert {state_of(one) for one in made} == {states.PAYING}
    assert fetch_payout_file(shop_id=SHOP, file_id=file_id, actor=BOB, now=LATER) == content
    assert sql("SELECT actor FROM kernel_audit WHERE action = 'settlement.file_fetched'") == [(BOB,)]
    with pytest.raises(PayoutNotFound):
        fetch_payout_file(shop_id=uuid4(), file_id=file_id, actor=BOB, now=LATER)
    first, second, third = (queries.payouts(SHOP, one.id)[0] for one in made)
    ask: dict[str, Any] = {"shop_id": SHOP, "actor": BOB, "now": LATER}
    for one in (first, second):
        resolve_payout(payout_id=one.id, arrived=True, reference="B77", note="", **ask)
    resolve_payout(payout_id=third.id, arrived=False, reference="", note="account closed", **ask)
    assert [state_of(one) for one in made] == [states.PAID, states.PAID, states.CONFIRMED]
    assert balances() == {"1002:bank:icbc": -160_01, "2202:supplier:p2:statement:supplier-p2-1": 80_02}
    assert run_due_payouts(now=LATER) == 0
    assert broken() == {}


def test_a_file_is_never_another_one(people: People) -> None:
    made, file_id, _content = file_of(people, "plain")
    people.new_bank(people.known[made[0].party_id], NOW)
    with pytest.raises(FileChanged):
        fetch_payout_file(shop_id=SHOP, file_id=file_id, actor=BOB, now=LATER)


@pytest.mark.parametrize(
    "bank",
    [
        BankDetails("工行", "=cmd()", "6222020200001234567"),
        BankDetails("工行", "甲,乙", "6222020200001234567"),
        BankDetails("工行", "甲\n乙", "6222020200001234567"),
        BankDetails("工行", "甲", "6222 0202"),
        BankDetails("工行", "甲", ""),
        BankDetails("", "甲", "6222020200001234567"),
    ],
)
def test_details_that_a_file_cannot_hold_stop_all_of_it(people: People, bank: BankDetails) -> None:
    acme, made = ready(people)
    _bolt, other = ready(people, code="bolt")
    people.banks[acme.id] = bank
    before = written()
    for bank_format in ("icbc", "plain"):
        with pytest.raises(BankDetailsUnfit):
            make_payout_file(
                shop_id=SHOP, statement_ids=[made.id, other.id], bank_format=bank_format, actor=ANN, now=NOW
            )
    assert written() == before
    assert {state_of(made), state_of(other)} == {states.APPROVED}


def test_one_changed_account_stops_the_file_and_takes_its_approval_back(people: People) -> None:
    acme, made = ready(people)
    _bolt, other = ready(people, code="bolt")
    people.new_bank(acme, NOW - timedelta(hours=30))
    with pytest.raises(BankChanged):
        make_payout_file(shop_id=SHOP, statement_ids=[made.id, other.id], bank_format="plain", actor=ANN, now=NOW)
    assert (state_of(made), state_of(other)) == (states.CONFIRMED, states.APPROVED)
    assert sql("SELECT count(*) FROM settlement_payout") == [(0,)]
    with pytest.raises(InvalidInput):
        make_payout_file(shop_id=SHOP, statement_ids=[], bank_format="plain", actor=ANN, now=NOW)


def test_bank_accounts_lie_nowhere(people: People, carrier: Carrier) -> None:
    _acme, made = ready(people)
    run(start(made))
    columns = sql(
        "SELECT table_name, string_agg(quote_ident(column_name) || '::text', ', ') FROM information_schema.columns"
        " WHERE table_schema = 'public' AND (table_name LIKE 'settlement%' OR table_name LIKE 'kernel%'"
        " OR table_name LIKE 'ledger%') GROUP BY table_name"
    )
    for table, texts in columns:
        found = sql(f"SELECT count(*) FROM {table} WHERE concat_ws(' ', {texts}) LIKE '%6222020200001234567%'")
        assert found == [(0,)], table
