"""What needs no shop: cycles, accounts, kinds, machines, lines of a lock."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.ledger.tests.factories import sql
from goodfor.settlement import accounts, kinds, schedule, states
from goodfor.settlement.invariants import LISTED

BEIJING = ZoneInfo("Asia/Shanghai")


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


def test_each_cycle_ends_at_midnight_in_beijing() -> None:
    noon = at(3, 10, 12)
    assert schedule.cutoffs("t1", 1, None, noon) == [at(3, 10)]
    assert schedule.cutoffs("weekly", 1, None, noon) == [at(3, 9)]
    assert schedule.cutoffs("weekly", 3, None, noon) == [at(3, 4)]
    assert schedule.cutoffs("monthly", 5, None, noon) == [at(3, 5)]
    assert schedule.cutoffs("monthly", 28, None, noon) == [at(2, 28)]
    assert schedule.cutoffs("prepaid", 17, None, noon) == [at(3, 1)]
    assert schedule.cutoffs("manual", 1, None, noon) == []


def test_a_cut_off_waits_until_the_books_are_quiet() -> None:
    assert schedule.cutoffs("t1", 1, at(3, 9), at(3, 10, 0, 29)) == []
    assert schedule.cutoffs("t1", 1, at(3, 9), at(3, 10, 0, 30)) == [at(3, 10)]
    # The same moment said in another zone.
    assert schedule.cutoffs("t1", 1, at(3, 9).astimezone(UTC), at(3, 10, 0, 30).astimezone(UTC)) == [at(3, 10)]


def test_missed_cut_offs_are_made_up_for_oldest_first() -> None:
    assert schedule.cutoffs("t1", 1, at(3, 6), at(3, 10, 12)) == [at(3, 7), at(3, 8), at(3, 9), at(3, 10)]
    assert schedule.cutoffs("monthly", 1, at(1, 1), at(3, 10)) == [at(2, 1), at(3, 1)]
    assert schedule.cutoffs("t1", 1, at(3, 10), at(3, 10, 12)) == []
    many = schedule.cutoffs("t1", 1, at(1, 1) - timedelta(days=300), at(3, 10, 12))
    assert len(many) == schedule.MADE_UP
    assert many[-1] == at(3, 10)


def test_the_day_of_payment_is_counted_from_the_cut_off() -> None:
    assert schedule.due_on(at(3, 10).astimezone(UTC), 3) == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("account", "listed"),
    [
        ("2202:supplier:acme:accrued", True),
        ("2202:supplier:acme:t1:accrued", True),
        ("2202:supplier:acme:statement:supplier-acme-1", False),
        ("1123:supplier:acme:prepaid", True),
        ("2206:shop:s:payable", True),
        ("2206:shop:s:deposit", False),
        ("2206:shop:s:statement:shop-s-1", False),
        ("2206:brand:b:payable", True),
        ("2206:distributor:d", True),
        ("2206:distributor:d:statement:distributor-d-1", False),
        ("2206:party:p:deposit", False),
    ],
)
def test_what_is_listed_is_the_same_for_the_audit(account: str, listed: bool) -> None:
    assert accounts.is_listed(account) is listed
    assert bool(re.match(LISTED, account)) is listed
    assert account.startswith(accounts.READ)


def test_every_accrued_account_is_listed() -> None:
    for kind in ("supplier", "shop", "brand", "distributor"):
        codes = accounts.accrued(kind, "x.y-z_1")
        assert codes
        assert all(accounts.is_listed(code) for code in codes)
        assert not accounts.is_listed(accounts.statement(kind, "x", f"{kind}-x-1"))
    assert accounts.accrued("platform", "x") == ()


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(accounts.accrued("supplier", "a")), st.integers(-(10**12), 10**12)),
    st.lists(st.integers(-(10**9), 10**9), max_size=4),
    st.integers(0, 10**6),
)
def test_lines_of_a_lock_add_up_to_nothing(items: dict[str, int], carried: list[int], held: int) -> None:
    payable = sum(items.values()) + sum(carried) - held
    lines = accounts.lock_lines(
        accounts=items, carried=[(f"c{n}", amount) for n, amount in enumerate(carried)], held=("h", held),
        to=("to", payable),
    )  # fmt: skip
    assert sum(line.amount_minor for line in lines) == 0
    assert all(line.amount_minor for line in lines)
    assert {line.account: line.amount_minor for line in lines if line.account == "to"} == (
        {"to": -payable} if payable else {}
    )


def test_kinds_are_told_by_how_the_books_name_them() -> None:
    assert kinds.kind_of("share", "share:1:2") == kinds.SALE
    assert kinds.kind_of("unshare", "unshare:1") == kinds.REFUND
    assert kinds.kind_of("recourse", "comprec:1") == kinds.RECOURSE
    assert kinds.kind_of("settlement.release", "release:1") == kinds.HOLD_BACK
    assert kinds.kind_of("share.reversed", "x") == kinds.SALE
    assert kinds.kind_of("supply_purchase", "buy:1") == kinds.PURCHASE
    assert kinds.kind_of("other", "by hand") == kinds.ADJUSTMENT
    # As finance names what it books on parties' accounts.
    assert kinds.kind_of("finance.shares", "share:1:2") == kinds.SALE
    assert kinds.kind_of("finance.unshared", "unshare:1:2") == kinds.REFUND
    assert kinds.kind_of("finance.reshared", "reshare:1:2") == kinds.RESHARED
    assert kinds.kind_of("finance.split_paid", "bysplit:1:0") == kinds.BY_SPLIT
    assert kinds.kind_of("finance.fee", "fee:1:2") == kinds.FEE
    assert kinds.kind_of("supply_return", "returned:1:5") == kinds.PURCHASE
    assert kinds.kind_of("purchase", "import:1") == kinds.PURCHASE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("machine", "function"),
    [(states.STATEMENT, "settlement_statement_moves"), (states.PAYOUT, "settlement_payout_moves")],
)
def test_the_database_knows_the_same_moves(machine: states.Machine, function: str) -> None:
    moves = {(one, two) for one, following in machine.transitions.items() for two in following}
    assert set(sql(f"SELECT before, after FROM {function}()")) == moves


def test_machines_end_where_they_should() -> None:
    assert states.STATEMENT.terminal == {states.PAID, states.CLOSED, states.REJECTED}
    assert states.PAYOUT.terminal == {states.SUCCEEDED, states.FAILED}
    # What was sent is never taken back, and what is paid never rejected.
    assert states.REJECTED not in states.STATEMENT.transitions[states.PAYING]
    assert states.PAYOUT.states - states.UNFINISHED == states.PAYOUT.terminal
