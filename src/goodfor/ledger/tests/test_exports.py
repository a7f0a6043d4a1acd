"""The books in other forms: same sums, every line, of one moment."""

import csv
import io
import re
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries
from goodfor.ledger.chart import CHART
from goodfor.ledger.dated import BUSINESS
from goodfor.ledger.exports import FORMATS, ExportOptions, read_accounts, write_export
from goodfor.ledger.exports.beancount import account
from goodfor.ledger.exports.types import Account
from goodfor.ledger.operations import fill_days, hold, post
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, entry, put, wallet
from goodfor.ledger.types import Entry, Line

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
FIRST, LAST = date(2025, 12, 2), date(2025, 12, 31)
ACCRUED = "2202:supplier:S_1.x:t1:accrued"
SKU = uuid4()


def at(day: int) -> datetime:
    return datetime(2025, 12, day, 12, tzinfo=BUSINESS)


@pytest.fixture
def books() -> None:
    """Money before the first day, sales in it, something after it; held money; another currency; another shop."""
    put(SHOP, entry("open", (BANK, 100_000), ("4103:opening", -100_000), at=at(1)))
    for n in range(1, 9):
        put(
            SHOP,
            Entry(f"sell:{n}", "delivery", (Line(ORDER, 990, sku_id=SKU), Line(SALES, -990, channel="wx")), at(n + 1)),
            Entry(f"pay:{n}", "payment", (Line(BANK, 990), Line(ORDER, -990)), at(n + 1), ("order", uuid4())),
            Entry(f"cost:{n}", "cost", (Line("5401:cogs:codes", 805), Line(ACCRUED, -805)), at(n + 1), rule_version=2),
        )
    fill_days(now=NOW)
    put(SHOP, entry("back", (ORDER, 5), (BANK, -5), at=at(3), kind="payment"))
    code = wallet(SHOP, 100)
    hold(shop_id=SHOP, currency="CNY", entry=entry("h:1", (code, 5), (ORDER, -5)), now=NOW)
    post(
        shop_id=SHOP, currency="JPY", entries=[Entry("y:1", "x", (Line(BANK, 500), Line(SALES, -500)), at(4))], now=NOW
    )
    put(uuid4(), entry("r:1", (BANK, 7), (SALES, -7), at=at(4)))


def export(
    form: str, first: date = FIRST, last: date = LAST, options: ExportOptions | None = None
) -> tuple[bytes, int]:
    file = io.BytesIO()
    count = write_export(shop_id=SHOP, form=form, first_day=first, last_day=last, file=file, options=options)
    return file.getvalue(), count


def rows_of(data: bytes, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(encoding), newline="")))


def test_the_journal_has_every_line_of_its_days(books: None) -> None:
    data, count = export("journal-csv")
    rows = rows_of(data)
    assert count == len(rows) == 2 * (8 * 3 + 1 + 1)
    assert {r["reference"] for r in rows} >= {"sell:1", "pay:8", "back", "y:1"}
    assert not {r["reference"] for r in rows} & {"open", "h:1", "r:1"}
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["account"], row["currency"]] += Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
    assert sums == {
        (BANK, "CNY"): Decimal("79.15"), (ORDER, "CNY"): Decimal("0.05"), (SALES, "CNY"): Decimal("-79.20"),
        ("5401:cogs:codes", "CNY"): Decimal("64.40"), (ACCRUED, "CNY"): Decimal("-64.40"),
        (BANK, "JPY"): Decimal(500), (SALES, "JPY"): Decimal(-500),
    }  # fmt: skip
    sale = next(r for r in rows if r["reference"] == "sell:1" and r["account"] == SALES)
    assert (sale["channel"], sale["day"], sale["account_name"]) == ("wx", "2025-12-02", "销售收入")
    assert [r["rule_version"] for r in rows if r["reference"] == "cost:2"] == ["2", "2"]
    gbk = rows_of(export("journal-csv", options=ExportOptions(encoding="gbk"))[0], "gbk")
    assert gbk == rows


def test_the_trial_balance_leads_from_opening_to_closing(books: None) -> None:
    rows = rows_of(export("trial-csv")[0])
    for row in rows:
        moved = Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
        opening = Decimal(row["opening_debit"] or 0) - Decimal(row["opening_credit"] or 0)
        closing = Decimal(row["closing_debit"] or 0) - Decimal(row["closing_credit"] or 0)
        assert opening + moved == closing, row
    bank = next(r for r in rows if r["account"] == BANK and r["currency"] == "CNY")
    assert (bank["opening_debit"], bank["debit"], bank["credit"], bank["closing_debit"]) == (
        "1000.00", "79.20", "0.05", "1079.15",
    )  # fmt: skip
    for column in ("opening", "closing"):
        for currency in ("CNY", "JPY"):
            mine = [r for r in rows if r["currency"] == currency]
            assert sum(Decimal(r[f"{column}_debit"] or 0) - Decimal(r[f"{column}_credit"] or 0) for r in mine) == 0


def test_sheets_hold_the_same_as_text(books: None, tmp_path: Path) -> None:
    for form in ("journal", "trial"):
        data, count = export(f"{form}-xlsx")
        (tmp_path / "a.xlsx").write_bytes(data)
        sheet = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
        plain = rows_of(export(f"{form}-csv")[0])
        assert len(sheet) == count + 1 == len(plain) + 1
        columns = list(plain[0])
        for got, want in zip(sheet[1:], plain, strict=True):
            for name in ("debit", "credit"):
                cell = got[columns.index(name)]
                assert Decimal(str(cell or 0)).normalize() == Decimal(want[name] or 0).normalize()
    empty, count = export("journal-xlsx", date(2020, 1, 1), date(2020, 1, 2))
    assert count == 0
    assert empty[:2] == b"PK"


LINE = re.compile(r"^  ((?:Assets|Liabilities|Equity|Income|Expenses):\S+)  (-?[0-9.]+) ([A-Z]{3})$")
BALANCE = re.compile(r"^(\S+) balance (\S+)  (-?[0-9.]+) ([A-Z]{3})$")


def read_beancount(text: str) -> tuple[dict[tuple[str, str], Decimal], list[tuple[str, str, str, Decimal]], set[str]]:
    """As another program reads it: sums by account and currency, what is asserted, what was opened."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    opened = {line.split()[2] for line in text.splitlines() if " open " in line}
    for block in text.split("\n\n"):
        mine: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in block.splitlines():
            if found := LINE.match(line):
                sums[found[1], found[3]] += Decimal(found[2])
                mine[found[3]] += Decimal(found[2])
        assert not any(mine.values()), block
    asserted = [(f[1], f[2], f[4], Decimal(f[3])) for f in map(BALANCE.match, text.splitlines()) if f]
    return dict(sums), asserted, opened


def test_another_program_comes_to_the_same_balances(books: None) -> None:
    data, count = export("beancount")
    text = data.decode()
    sums, asserted, opened = read_beancount(text)
    assert count == 8 * 3 + 2
    assert {name for name, _ in sums} <= opened
    assert {day for day, *_ in asserted} == {"2026-01-01"}
    assert {(name, currency): amount for _, name, currency, amount in asserted if amount} == {
        key: amount for key, amount in sums.items() if amount
    }
    ours = {
        (account(r.code), r.currency): Decimal(r.debit_minor - r.credit_minor) / (100 if r.currency == "CNY" else 1)
        for r in queries.trial_balance(SHOP, LAST)
    }
    assert {(name, currency): amount for _, name, currency, amount in asserted} == ours
    assert f'    sku: "{SKU}"' in text
    assert "  rule: 2" in text
    assert '2025-12-02 * "delivery" "sell:1"' in text
    assert f'2025-12-01 open {account(ACCRUED)} CNY\n  code: "{ACCRUED}"' in text


def test_a_balance_there_is_that_of_an_account_and_all_below_it() -> None:
    """A distributor's statements are named below what is owed to it: beancount adds them up."""
    own, stated = "2206:distributor:li", "2206:distributor:li:statement:distributor-li-1"
    put(
        SHOP,
        entry("share:1", (BANK, 500), (own, -500), at=at(5)),
        entry("stmt:1", (own, 200), (stated, -200), at=at(6)),
    )
    data, _count = export("beancount")
    _sums, asserted, _opened = read_beancount(data.decode())
    told = {name: amount for _day, name, _currency, amount in asserted}
    assert told == {account(BANK): Decimal(5), account(own): Decimal(-5), account(stated): Decimal(-2)}


def test_names_of_accounts_there_are_one_to_one() -> None:
    parts = [
        "a",
        "A",
        "a-1",
        "A-1",
        "a_1",
        "a.1",
        "-a",
        "_a",
        ".a",
        "1",
        "1a",
        "a--1",
        "a-u1",
        "Ac",
        "ac",
        "A-c",
        "x-x",
        "X-x",
    ]
    names = {account(f"1405:codes:{part}") for part in parts}
    assert len(names) == len(parts)
    for line in CHART:
        code = ":".join(p if not p.startswith("{") else "a_1.B" for p in line.pattern.split(":"))
        assert re.fullmatch(r"(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+", account(code))


def voucher_sums(rows: list[tuple[str, str, str, str, str]]) -> None:
    """Each voucher (day, number) has equal sides."""
    sides: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for day, number, _code, debit, credit in rows:
        assert (Decimal(debit or 0) == 0) != (Decimal(credit or 0) == 0)
        sides[day, number] += Decimal(debit or 0) - Decimal(credit or 0)
    assert set(sides.values()) == {Decimal(0)}


def test_kingdee_vouchers(books: None) -> None:
    data, count = export("kingdee", options=ExportOptions(encoding="gbk"))
    rows = rows_of(data, "gbk")
    assert count == len(rows) > 0
    voucher_sums([(r["日期"], r["凭证号"], r["科目代码"], r["借方金额"], r["贷方金额"]) for r in rows])
    assert {r["币别"] for r in rows} == {"RMB"}
    assert len({(r["日期"], r["凭证号"]) for r in rows}) == 8 * 3
    assert [int(r["凭证号"]) for r in rows] == sorted(int(r["凭证号"]) for r in rows)
    cost = next(r for r in rows if r["科目代码"] == "2202")
    assert (cost["供应商"], cost["贷方金额"], cost["摘要"]) == ("S_1.x", "8.05", "2025-12-02 cost")
    paid = [r for r in rows if r["摘要"] == "2025-12-03 payment"]
    assert [(r["科目代码"], r["借方金额"], r["贷方金额"]) for r in paid] == [
        ("1002", "9.90", ""), ("2203", "0.05", ""), ("1002", "", "0.05"), ("2203", "", "9.90"),
    ]  # fmt: skip


def test_yonyou_vouchers_with_the_accountants_accounts(books: None, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("2202:supplier:,220201,暂估应付\n2202,2202\n\n5,6001,收入\n", encoding="utf-8")
    accounts = read_accounts(path)
    assert accounts == {
        "2202:supplier:": Account("220201", "暂估应付"), "2202": Account("2202"), "5": Account("6001", "收入"),
    }  # fmt: skip
    data, count = export("yonyou", options=ExportOptions(encoding="gbk", accounts=accounts, maker="张三"))
    first, *lines = data.decode("gbk").split("\r\n")[:-1]
    fields = [line.split(",") for line in lines]
    assert first == "填制凭证,V800"
    assert count == len(lines)
    assert {len(f) for f in fields} == {21}
    voucher_sums([(f[0], f[2], f[5], f[6], f[7]) for f in fields])
    assert {f[5] for f in fields} == {"1002", "2203", "6001", "220201"}
    assert {f[18] for f in fields if f[5] == "220201"} == {"S_1.x"}
    assert {(f[1], f[11]) for f in fields} == {("记", "张三")}
    path.write_text("1002\n", encoding="utf-8")
    with pytest.raises(InvalidInput):
        read_accounts(path)


@pytest.mark.parametrize("form", FORMATS)
def test_a_shop_without_books_has_empty_exports(form: str) -> None:
    file = io.BytesIO()
    assert write_export(shop_id=uuid4(), form=form, first_day=FIRST, last_day=LAST, file=file) == 0
    assert not file.closed


def test_what_makes_no_sense_is_refused() -> None:
    for form, first, last in (("pdf", FIRST, LAST), ("kingdee", LAST, FIRST)):
        with pytest.raises(InvalidInput):
            export(form, first, last)
    with pytest.raises(InvalidInput):
        export("kingdee", options=ExportOptions(encoding="big5"))  # type: ignore[arg-type]
