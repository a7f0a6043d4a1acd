"""Opening accounts, closing months, reading."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries
from goodfor.ledger.chart import CHART, classify
from goodfor.ledger.errors import AccountExists, AccountNotOpen, UnknownAccount
from goodfor.ledger.operations import close_period, hold, open_account, post
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, audit, counts, entry, put, sql, together, wallet

SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")


@pytest.mark.django_db(transaction=True)
def test_an_account_is_opened_once_on_the_same_terms() -> None:
    code = "2207:wallet:c1"
    first = open_account(shop_id=SHOP, code=code, currency="CNY", guarded=True, floor_minor=0)
    assert open_account(shop_id=SHOP, code=code, currency="CNY", guarded=True, floor_minor=0) == first
    with pytest.raises(AccountExists):
        open_account(shop_id=SHOP, code=code, currency="CNY", slices=4)
    for bad in ({"guarded": False}, {"code": "7777:x"}):
        with pytest.raises((UnknownAccount, AccountExists)):
            open_account(**{"shop_id": SHOP, "code": code, "currency": "CNY", **bad})  # type: ignore[arg-type]
    for bad in ({"floor_minor": 1}, {"slices": 0}, {"slices": 65}, {"slices": 2, "guarded": False}):
        with pytest.raises(InvalidInput):
            open_account(**{"shop_id": SHOP, "code": "2207:wallet:c2", "currency": "CNY", **bad})  # type: ignore[arg-type]
    assert counts() == (0, 0, 1, 0)
    assert audit() == {}


@pytest.mark.django_db(transaction=True)
def test_an_account_opened_by_many_at_once_is_one() -> None:
    results = together([lambda: open_account(shop_id=SHOP, code="2207:wallet:c1", currency="CNY") for _ in range(8)])
    assert len(set(results)) == 1
    assert (
        together(
            [(lambda n=n: put(SHOP, entry(f"r:{n}", (BANK, 1), (f"1405:codes:{n % 2}", -1)))[0] > 0) for n in range(8)]
        )
        == [True] * 8
    )
    assert counts()[2] == 4


@pytest.mark.django_db(transaction=True)
def test_reads() -> None:
    code = wallet(SHOP, 100, slices=3)
    post(shop_id=SHOP, currency="USD", entries=[entry("u:1", (BANK, 7), (ORDER, -7))], now=NOW)
    put(SHOP, entry("r:1", (code, 30), (ORDER, -30)), entry("r:2", (ORDER, 30), (SALES, -30)))
    assert queries.balance(SHOP, BANK, "USD") == 7
    with pytest.raises(InvalidInput):
        queries.balance(SHOP, BANK)
    with pytest.raises(UnknownAccount):
        queries.balance(SHOP, "7777:x")
    assert queries.balance(SHOP, "2205:refund") == 0
    assert queries.available(SHOP, code) == 70
    with pytest.raises(AccountNotOpen):
        queries.available(SHOP, "2207:wallet:none")
    with pytest.raises(InvalidInput):
        queries.available(SHOP, SALES)
    assert [(b.code, b.currency, b.posted_minor) for b in queries.balances(SHOP, "2")] == [
        (ORDER, "CNY", 0),
        (ORDER, "USD", 7),
        (code, "CNY", 70),
    ]
    rows = queries.trial_balance(SHOP)
    for currency, total in (("CNY", 100), ("USD", 7)):
        assert sum(r.debit_minor for r in rows if r.currency == currency) == total
        assert sum(r.credit_minor for r in rows if r.currency == currency) == total
    assert queries.trial_balance(uuid4()) == []


@pytest.mark.django_db(transaction=True)
def test_a_statement_is_read_page_by_page() -> None:
    put(SHOP, *(entry(f"r:{n}", (BANK, n), (BANK, n), (ORDER, -2 * n)) for n in range(1, 6)))
    put(SHOP, *(entry(f"q:{n}", (BANK, n), (ORDER, -n)) for n in range(1, 6)))
    seen, cursor = [], ""
    while page := queries.statement(SHOP, BANK, "CNY", cursor=cursor, limit=4):
        seen += page
        cursor = page[-1].cursor
    assert [line.amount_minor for line in seen] == [5, 4, 3, 2, 1, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert queries.statement(uuid4(), BANK, "CNY") == []
    for bad in ("x", "1.2", "1.2.x", "1.2.99999999999999999999"):
        with pytest.raises(InvalidInput):
            queries.statement(SHOP, BANK, "CNY", cursor=bad)
    with pytest.raises(InvalidInput):
        queries.statement(SHOP, BANK, "CNY", limit=0)


@pytest.mark.django_db(transaction=True)
def test_entries_of_an_account_are_whole_transactions() -> None:
    code = wallet(SHOP, 100)
    order = uuid4()
    put(SHOP, *(entry(f"r:{n}", (code, n), (code, n), (ORDER, -2 * n), order_id=order) for n in range(1, 4)))
    hold(shop_id=SHOP, currency="CNY", entry=entry("h:1", (code, 5), (ORDER, -5)), now=NOW)
    first = queries.entries_of_account(SHOP, code, limit=2)
    assert [(e.reference, e.amount_minor, e.order_id) for e in first] == [("r:3", 6, order), ("r:2", 4, order)]
    rest = queries.entries_of_account(SHOP, code, before=first[-1].tx_id)
    assert [e.amount_minor for e in rest] == [2, -100]
    assert queries.entries_of_account(uuid4(), code) == []
    for bad in ({"before": 10**12}, {"limit": 0}, {"limit": 501}):
        with pytest.raises(InvalidInput):
            queries.entries_of_account(SHOP, code, **bad)
    with pytest.raises(InvalidInput):
        queries.entries_of_account(uuid4(), code, before=first[-1].tx_id)


@pytest.mark.django_db(transaction=True)
def test_a_month_closes_when_those_who_saw_it_open_are_done() -> None:
    december = date(2025, 12, 1)

    def writing() -> None:
        with transaction.atomic():
            put(SHOP, entry("r:1", (BANK, 1), (ORDER, -1)))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.6)")

    def closing() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        return [close_period(shop_id=SHOP, month=december, now=NOW) for _ in range(2)]

    assert together([writing, closing]) == [None, ["closing", "closing"]]
    assert close_period(shop_id=SHOP, month=december, now=NOW) == "closed"
    assert close_period(shop_id=SHOP, month=december, now=NOW) == "closed"
    for bad in (date(2026, 1, 1), date(2025, 11, 2)):
        with pytest.raises(InvalidInput):
            close_period(shop_id=SHOP, month=bad, now=NOW)
    assert sql("SELECT state FROM ledger_period") == [("closed",)]


def test_every_line_of_the_chart_knows_its_own_codes() -> None:
    for line in CHART:
        parts = [p if not p.startswith("{") else "a-1" for p in line.pattern.split(":")]
        assert classify(":".join(parts)) is line
    for bad in (
        "",
        "2203",
        "2203:orders",
        "2203:order:x",
        "2207:wallet:",
        "2207:wallet:a b",
        "2207:wallet:a\n",
        "x" * 200,
    ):
        assert classify(bad) is None


@pytest.mark.django_db(transaction=True)
def test_many_lines_with_new_accounts_open_each_once() -> None:
    """Known ones among them, of another currency and shop, stay as they are; one that may not be stops all of it."""
    put(SHOP, entry("k:1", (BANK, 1), (SALES, -1)))
    post(shop_id=SHOP, currency="USD", entries=[entry("u:1", (BANK, 1), (SALES, -1))], now=NOW)
    before = counts()[2]
    many = [
        entry(f"m:{n}", (BANK, 1), (SALES, -1), (f"1405:codes:{n % 3}", 1), (f"2206:distributor:{n % 2}", -1))
        for n in range(60)
    ]
    put(SHOP, *many)
    assert counts()[2] == before + 5
    opened = sql("SELECT code, type, normal_side, guarded FROM ledger_account WHERE code LIKE '%%:_' ORDER BY code")
    assert [row[1:] for row in opened] == [("asset", 1, False)] * 3 + [("liability", -1, False)] * 2
    for bad, error in (("7777:x", UnknownAccount), ("2207:wallet:none", AccountNotOpen)):
        with pytest.raises(error):
            put(SHOP, entry("n:1", (BANK, 1), ("2206:distributor:new", -1)), entry("n:2", (BANK, 1), (bad, -1)))
    assert counts()[2] == before + 5
    assert audit() == {}
