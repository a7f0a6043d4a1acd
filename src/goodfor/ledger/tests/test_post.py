"""Posting: balances, replays, refusals."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries
from goodfor.ledger.errors import (
    AccountNotOpen,
    IdempotencyMismatch,
    InsufficientFunds,
    Unbalanced,
    UnknownAccount,
)
from goodfor.ledger.operations import close_period, post
from goodfor.ledger.tests.factories import BANK, COGS, NOW, ORDER, SALES, audit, counts, entry, put, sql, wallet
from goodfor.ledger.types import Entry, Line

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
STOCK = "1405:codes:sku1"


def sale(order: UUID, code: str, *, amount: int = 990) -> tuple[Entry, ...]:
    return (
        entry(f"pay:{order}", (code, amount), (ORDER, -amount), kind="paid", order_id=order),
        entry(f"deliver:{order}", (ORDER, amount), (SALES, -amount), kind="delivered", order_id=order),
        entry(f"cost:{order}", (COGS, 500), (STOCK, -500), kind="cost", order_id=order),
    )


def test_a_sale_is_three_transactions_and_six_postings_in_one_call() -> None:
    code = wallet(SHOP, 10_000)
    order = uuid4()
    ids = put(SHOP, *sale(order, code))
    assert ids == sorted(ids)
    assert len(set(ids)) == 3
    postings = queries.postings_of_order(SHOP, order)
    assert [(p.account, p.amount_minor) for p in postings] == [
        (code, 990),
        (ORDER, -990),
        (ORDER, 990),
        (SALES, -990),
        (COGS, 500),
        (STOCK, -500),
    ]
    assert queries.balance(SHOP, code) == 9_010 == queries.available(SHOP, code)
    assert queries.balance(SHOP, SALES) == 990
    assert queries.balance(SHOP, ORDER) == 0
    assert queries.balance(SHOP, STOCK) == -500
    assert queries.postings_of_order(uuid4(), order) == []
    assert audit() == {}


def test_the_same_again_is_a_replay_also_in_part() -> None:
    code = wallet(SHOP, 10_000)
    first, second, third = sale(uuid4(), code)
    one = put(SHOP, first)
    before = counts()
    later = Entry(first.reference, first.kind, first.lines, NOW + timedelta(hours=1))
    assert put(SHOP, later) == one
    assert counts() == before
    three = put(SHOP, first, second, third)
    assert three[0] == one[0]
    assert put(SHOP, first, second, third) == three
    assert queries.balance(SHOP, code) == 9_010
    assert audit() == {}


@pytest.mark.parametrize("change", ["amount", "account", "kind", "dimension", "cause", "metadata", "currency"])
def test_the_same_reference_with_another_payload_is_refused(change: str) -> None:
    code = wallet(SHOP, 10_000)
    good = entry("r:1", (code, 100), (ORDER, -100))
    put(SHOP, good)
    before = counts()
    other, currency = good, "CNY"
    if change == "amount":
        other = entry("r:1", (code, 101), (ORDER, -101))
    elif change == "account":
        other = entry("r:1", (code, 100), (SALES, -100))
    elif change == "kind":
        other = entry("r:1", (code, 100), (ORDER, -100), kind="else")
    elif change == "dimension":
        other = entry("r:1", (code, 100), (ORDER, -100), sku_id=uuid4())
    elif change == "cause":
        other = Entry("r:1", "test", good.lines, NOW, ("order", uuid4()))
    elif change == "metadata":
        other = Entry("r:1", "test", good.lines, NOW, metadata={"a": 1})
    else:
        other, currency = entry("r:1", (BANK, 100), (ORDER, -100)), "USD"
    with pytest.raises(IdempotencyMismatch) as raised:
        post(shop_id=SHOP, currency=currency, entries=[other], now=NOW)
    assert raised.value.data == {"subject": "r:1"}
    assert counts() == before


def test_one_reference_twice_in_a_call() -> None:
    good = entry("r:1", (BANK, 100), (ORDER, -100))
    ids = put(SHOP, good, good)
    assert ids[0] == ids[1]
    assert queries.balance(SHOP, ORDER) == 100
    with pytest.raises(IdempotencyMismatch):
        put(SHOP, entry("r:2", (BANK, 1), (ORDER, -1)), entry("r:2", (BANK, 2), (ORDER, -2)))
    assert queries.balance(SHOP, ORDER) == 100


def test_below_the_floor_nothing_happens() -> None:
    code = wallet(SHOP, 100)
    before = counts()
    with pytest.raises(InsufficientFunds):
        put(SHOP, entry("r:0", (BANK, 5), (ORDER, -5)), entry("r:1", (code, 101), (ORDER, -101)))
    assert counts() == before
    put(SHOP, entry("r:1", (code, 100), (ORDER, -100)))
    assert queries.available(SHOP, code) == 0


def test_a_credit_line_is_a_negative_floor() -> None:
    code = wallet(SHOP, floor=-50)
    assert queries.available(SHOP, code) == 50
    put(SHOP, entry("r:1", (code, 50), (ORDER, -50)))
    assert queries.balance(SHOP, code) == -50
    with pytest.raises(InsufficientFunds):
        put(SHOP, entry("r:2", (code, 1), (ORDER, -1)))
    assert audit() == {}


def test_several_guarded_accounts_in_one_call() -> None:
    one, two = wallet(SHOP, 100, name="a"), wallet(SHOP, 100, name="b")
    put(SHOP, entry("r:1", (one, 60), (two, -60)), entry("r:2", (two, 160), (ORDER, -160)))
    assert (queries.balance(SHOP, one), queries.balance(SHOP, two)) == (40, 0)
    assert audit() == {}


def test_unknown_and_unopened_accounts_are_refused() -> None:
    before = counts()
    with pytest.raises(UnknownAccount) as raised:
        put(SHOP, entry("r:1", (BANK, 1), ("7777:nothing", -1)))
    assert raised.value.data == {"subject": "7777:nothing"}
    with pytest.raises(AccountNotOpen):
        put(SHOP, entry("r:1", (BANK, 1), ("2207:wallet:nobody", -1)))
    assert counts() == before


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (((BANK, 1), (ORDER, -2)), Unbalanced),
        (((BANK, 0), (ORDER, 0)), Unbalanced),
        ((), Unbalanced),
        (((BANK, 2**63), (ORDER, -(2**63))), InvalidInput),
        (((BANK, 1), ("2203:order;drop", -1)), InvalidInput),
        (((BANK, 1), ('2203:"order', -1)), InvalidInput),
    ],
)
def test_bad_lines_are_refused_before_the_database(lines: tuple[tuple[str, int], ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        put(SHOP, entry("r:1", *lines))
    assert counts()[0] == 0


@pytest.mark.parametrize("reference", ["", "a b", 'a"b', "a\\b", "x" * 161, "中"])
def test_bad_references_are_refused(reference: str) -> None:
    with pytest.raises(InvalidInput):
        put(SHOP, entry(reference, (BANK, 1), (ORDER, -1)))


def test_odd_names_and_metadata_arrive_as_they_are() -> None:
    good = Entry(
        "NULL", "null", (Line(BANK, 1), Line("2206:distributor:NULL", -1)), NOW, ("null", None), {"o'x": '"{\\'}
    )
    (tx,) = put(SHOP, good)
    row = sql("SELECT reference, kind, cause_type, cause_id, metadata->>%s FROM ledger_tx WHERE id = %s", ["o'x", tx])[
        0
    ]
    assert row == ("NULL", "null", "null", None, '"{\\')


def test_shops_are_apart() -> None:
    other = uuid4()
    put(SHOP, entry("r:1", (BANK, 1), (ORDER, -1)))
    put(other, entry("r:1", (BANK, 2), (ORDER, -2)))
    assert (queries.balance(SHOP, ORDER), queries.balance(other, ORDER)) == (1, 2)


def test_a_late_entry_goes_to_the_first_open_day() -> None:
    shanghai_new_year = datetime(2025, 12, 31, 16, tzinfo=UTC)
    late = Entry("r:1", "test", (Line(BANK, 1), Line(ORDER, -1)), datetime(2025, 11, 3, tzinfo=UTC), metadata={"a": 1})
    assert close_period(shop_id=SHOP, month=datetime(2025, 12, 1).date(), now=NOW) == "closing"  # noqa: DTZ001
    ids = put(SHOP, late, entry("r:2", (BANK, 1), (ORDER, -1)))
    row = sql("SELECT effective_at, metadata FROM ledger_tx WHERE id = %s", [ids[0]])[0]
    assert row[0] == shanghai_new_year
    assert '"a": 1' in row[1]
    assert '"dated": "2025-11-03' in row[1]
    assert sql("SELECT effective_at, metadata FROM ledger_tx WHERE id = %s", [ids[1]])[0] == (NOW, None)
    assert put(SHOP, late) == ids[:1]
    assert audit() == {}


def test_the_callers_transaction_decides() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        put(SHOP, entry("r:1", (BANK, 1), (ORDER, -1)))
        raise RuntimeError
    assert counts() == (0, 0, 0, 0)
    code = wallet(SHOP, 5)
    with pytest.raises(DatabaseError), transaction.atomic():
        with pytest.raises(InsufficientFunds):
            put(SHOP, entry("r:1", (code, 6), (ORDER, -6)))
        put(SHOP, entry("r:2", (code, 1), (ORDER, -1)))
    assert queries.balance(SHOP, code) == 5
