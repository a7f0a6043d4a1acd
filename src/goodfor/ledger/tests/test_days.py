"""Daily balances and reads by day, against plain sums over random histories."""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries
from goodfor.ledger.dated import BUSINESS
from goodfor.ledger.operations import fill_days, hold, post, roll_up
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, audit, entry, put, sql, together, wallet
from goodfor.ledger.types import Entry, Line

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
FIRST = date(2025, 12, 1)
ACCOUNTS = (BANK, ORDER, SALES, "5401:cogs:codes", "1405:codes:s1")
SIDES = {BANK: 1, ORDER: -1, SALES: -1, "5401:cogs:codes": 1, "1405:codes:s1": 1}


class Past:
    """What was posted: (effective day, recorded day, account, amount, sku)."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.rows: list[tuple[date, date, str, int, UUID | None]] = []
        self.skus = [uuid4(), uuid4(), None]

    def write(self, count: int) -> None:
        for _ in range(count):
            day = FIRST + timedelta(days=self.rng.randint(0, 20))
            known = day + timedelta(days=self.rng.choice((0, 0, 1, 9)))
            at, now = (
                datetime(d.year, d.month, d.day, self.rng.randint(0, 23), 59, tzinfo=BUSINESS) for d in (day, known)
            )
            a, b = self.rng.sample(ACCOUNTS, 2)
            amount, sku = self.rng.randint(1, 500), self.rng.choice(self.skus)
            lines = (Line(a, amount, sku_id=sku), Line(b, -amount))
            put(SHOP, Entry(f"r:{uuid4()}", "test", lines, at), now=now)
            self.rows += [(day, known, a, amount, sku), (day, known, b, -amount, None)]

    def balance(self, code: str, day: date, known: date | None = None) -> int:
        return sum(r[3] for r in self.rows if r[2] == code and r[0] <= day and (known is None or r[1] <= known))


def compare(past: Past, known: date | None = None) -> None:
    first, last = FIRST + timedelta(days=4), FIRST + timedelta(days=12)
    rows = [r for r in past.rows if known is None or r[1] <= known]
    wanted = []
    for code in sorted(ACCOUNTS):
        days: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
        for day, _known, account, amount, _sku in rows:
            if account == code and first <= day <= last:
                days[day][amount < 0] += abs(amount)
        for day in sorted(days):
            closing = SIDES[code] * past.balance(code, day, known)
            wanted.append((code, "CNY", day, *days[day], closing))
    found = queries.daily(SHOP, "", first, last, known)
    assert [(r.code, r.currency, r.day, r.debit_minor, r.credit_minor, r.closing_minor) for r in found] == wanted
    assert queries.daily(SHOP, "5", first, last, known) == [r for r in found if r.code.startswith("5")]
    for day in (FIRST - timedelta(days=1), first, last, FIRST + timedelta(days=40)):
        trial = queries.trial_balance(SHOP, day, known)
        assert {r.code: r.debit_minor - r.credit_minor for r in trial} == {
            code: past.balance(code, day, known) for code in {r.code for r in trial}
        }
        assert sum(r.debit_minor - r.credit_minor for r in trial) == 0
    for by in ("", "sku", "order"):
        sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        for day, _known, account, amount, sku in rows:
            if account[0] == "5" and first <= day <= last:
                sums[str(sku or "") if by == "sku" else "", account] -= amount
        statement = queries.income_statement(SHOP, first, last, by, known)  # type: ignore[arg-type]
        assert {(r.dimension, r.code): r.result_minor for r in statement} == dict(sums)


@pytest.mark.parametrize("seed", range(4))
def test_reads_by_day_equal_plain_sums(seed: int) -> None:
    past = Past(seed)
    put(uuid4(), entry("r:1", (BANK, 5), (SALES, -5), at=datetime(2025, 12, 6, tzinfo=BUSINESS)))
    compare(past)
    for _ in range(4):
        past.write(12)
        compare(past)
        fill_days(now=NOW, batch=past.rng.choice((1, 5, 100)))
        compare(past)
    while fill_days(now=NOW):
        pass
    for known in (None, FIRST + timedelta(days=8), FIRST + timedelta(days=30)):
        compare(past, known)
    trial = queries.trial_balance(SHOP)
    assert trial == queries.trial_balance(SHOP, as_known_on=date(2026, 12, 31))
    assert trial == queries.trial_balance(SHOP, as_of=date(2026, 12, 31))
    assert audit() == {}


def test_a_posting_dated_back_moves_the_later_closings() -> None:
    for day in (2, 3, 9):
        put(SHOP, entry(f"r:{day}", (BANK, day), (ORDER, -day), at=datetime(2025, 12, day, 12, tzinfo=BUSINESS)))
    assert fill_days(now=NOW) == 6
    put(SHOP, entry("back", (BANK, 100), (ORDER, -100), at=datetime(2025, 12, 3, tzinfo=BUSINESS)))
    assert fill_days(now=NOW) == 4
    assert sql(
        "SELECT extract(day FROM d.day)::integer, d.debit_minor, d.credit_minor, d.closing_minor FROM ledger_daily d "
        "JOIN ledger_account a ON a.id = d.account_id WHERE a.code = %s ORDER BY d.day",
        [BANK],
    ) == [(2, 2, 0, 2), (3, 103, 0, 105), (9, 9, 0, 114)]
    assert fill_days(now=NOW) == 0
    assert audit() == {}


def test_a_day_is_a_day_in_shanghai() -> None:
    put(SHOP, entry("r:1", (BANK, 1), (ORDER, -1), at=datetime(2025, 12, 1, 23, 59, tzinfo=BUSINESS)))
    put(SHOP, entry("r:2", (BANK, 2), (ORDER, -2), at=datetime(2025, 12, 2, 0, 0, tzinfo=BUSINESS)))
    days = {r.day: r.debit_minor for r in queries.daily(SHOP, BANK, date(2025, 11, 1), date(2025, 12, 31))}
    assert days == {date(2025, 12, 1): 1, date(2025, 12, 2): 2}
    assert queries.business_day(datetime(2025, 12, 2, 0, 0, tzinfo=BUSINESS)) == date(2025, 12, 2)


def test_what_is_held_is_not_in_it_and_other_currencies_are_apart() -> None:
    code = wallet(SHOP, 100)
    hold(shop_id=SHOP, currency="CNY", entry=entry("h:1", (code, 5), (ORDER, -5)), now=NOW)
    put_usd = Entry("u:1", "test", (Line(BANK, 7), Line(ORDER, -7)), NOW)
    post(shop_id=SHOP, currency="USD", entries=[put_usd], now=NOW)
    for _ in range(2):
        day = NOW.date()
        rows = {(r.code, r.currency): r.closing_minor for r in queries.daily(SHOP, "", day, day)}
        assert rows == {(BANK, "CNY"): 100, (BANK, "USD"): 7, (code, "CNY"): 100, (ORDER, "USD"): 7}
        fill_days(now=NOW)
    assert audit() == {}


def test_days_are_exact_while_others_write() -> None:
    wrong: list[tuple[int, int]] = []
    day = NOW.date()

    def writer(seed: int) -> int:
        for step in range(60):
            put(SHOP, entry(f"w:{seed}:{step}", (BANK, 3), (ORDER, -3), at=NOW - timedelta(days=step % 5)))
        return 0

    def filler() -> int:
        return sum(fill_days(now=NOW, batch=7) for _ in range(80))

    def reader() -> int:
        for _ in range(60):
            with transaction.atomic():
                sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                seen = sum(r.credit_minor for r in queries.daily(SHOP, ORDER, day - timedelta(days=9), day))
                plain = sql(
                    "SELECT coalesce(-sum(p.amount_minor), 0)::bigint FROM ledger_posting p JOIN ledger_account a "
                    "ON a.id = p.account_id WHERE p.shop_id = %s AND a.code = %s",
                    [SHOP, ORDER],
                )[0][0]
                if seen != plain:
                    wrong.append((seen, plain))
        return 0

    results = together([*[(lambda s=s: writer(s)) for s in range(3)], filler, reader])
    assert not [r for r in results if isinstance(r, Exception)], results
    assert wrong == []
    while fill_days(now=NOW) or roll_up(now=NOW):
        pass
    assert sum(r.credit_minor for r in queries.daily(SHOP, ORDER, day - timedelta(days=9), day)) == 540
    assert audit() == {}


def test_days_the_wrong_way_round_and_unknown_dimensions() -> None:
    for bad in (
        lambda: queries.daily(SHOP, "", date(2026, 1, 2), date(2026, 1, 1)),
        lambda: queries.income_statement(SHOP, date(2026, 1, 2), date(2026, 1, 1)),
        lambda: queries.income_statement(SHOP, date(2026, 1, 2), date(2026, 1, 1), "sku"),
        lambda: queries.income_statement(SHOP, date(2026, 1, 1), date(2026, 1, 1), "shop_id"),  # type: ignore[arg-type]
    ):
        with pytest.raises(InvalidInput):
            bad()
