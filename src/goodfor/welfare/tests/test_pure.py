"""Prices, days and lists, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodfor.welfare import parsing, states
from goodfor.welfare.calendar import days_after, is_day, keys_of
from goodfor.welfare.errors import FileUnreadable
from goodfor.welfare.worth import MOST_MARKUP_BP, MOST_MINOR, back, buys, priced

_MINOR = st.integers(1, MOST_MINOR)
_MARKUP = st.integers(0, MOST_MARKUP_BP)


@given(_MINOR, _MARKUP)
def test_a_price_with_markup_is_rounded_to_the_nearest(minor: int, markup: int) -> None:
    """Never more than half a unit off."""
    assert abs(priced(minor, markup) * 10_000 - minor * (10_000 + markup)) * 2 <= 10_000
    assert priced(minor, markup) >= minor


@given(_MINOR, _MARKUP)
def test_units_buy_as_much_as_they_can(units: int, markup: int) -> None:
    """One minor unit more would cost more than there is."""
    minor = buys(units, markup)
    assert priced(minor, markup) <= units < priced(minor + 1, markup)


@given(_MINOR, _MARKUP, st.lists(st.integers(1, 10**6), max_size=6))
def test_what_comes_back_is_whole_in_the_end(minor: int, markup: int, parts: list[int]) -> None:
    """In parts, each brings at least what it is of the price; all of them bring all."""
    units, gone, had = priced(minor, markup), 0, 0
    for part in [*parts, minor]:
        gone = min(minor, gone + part)
        now = back(units, minor, gone)
        assert now >= had
        assert now >= gone
        had = now
    assert had == units


def test_leap_days() -> None:
    """Who was born on the 29th has his day on the 28th in common years, and on the 29th else."""
    assert keys_of(date(2026, 2, 28)) == (228, 229)
    assert keys_of(date(2028, 2, 28)) == (228,)
    assert keys_of(date(2028, 2, 29)) == (229,)
    assert [key for key in (229, 230, 1231, 1301, 0) if is_day(key)] == [229, 1231]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_each_birthday_comes_once_a_year(first: date) -> None:
    """All days of a year together are each key once."""
    days = [date(first.year, 1, 1) + timedelta(days=n) for n in range(366)]
    keys = [key for day in days if day.year == first.year for key in keys_of(day)]
    assert len(keys) == len(set(keys)) == 366


def test_days_nobody_looked_at() -> None:
    """After a pause all of them, after a long one the last month."""
    today = date(2026, 3, 1)
    assert list(days_after(date(2026, 2, 26), today)) == [date(2026, 2, 27), date(2026, 2, 28), today]
    assert len(days_after(date(2025, 1, 1), today)) == 31


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_lists_as_spreadsheets_write_them(codec: str, mark: str) -> None:
    """Encodings, delimiters, and what becomes of cells."""
    text = '\ufeff工号, 金额（元） ,备注\r\n="0012",１００.50,端午\r\n\'0013,"1,234.5",\r\n,,\r\n 14.0 ,￥8,\u3000\r\n'
    text = text.removeprefix("\ufeff") if codec != "utf-8" else text
    rows = parsing.rows_of(text.replace(",", mark).replace('"1;234.5"', '"1,234.5"').encode(codec), lambda _c: True)
    found = [
        (row.line, parsing.identifier(row[parsing.WORK_ID]), parsing.minor_of(row[parsing.AMOUNT])) for row in rows
    ]
    second = None if mark == "\t" else 123450
    assert found == [(2, "0012", 10050), (3, "0013", second), (5, "14", 800)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("工号,金额\nA,12,500.00", parsing.SURPLUS), ("工号,金额,\nA,1,200", parsing.SURPLUS),
        ("工号,金额,备注\nA,1,200,000", parsing.SURPLUS), ("工号,金额,备注\nA,12,50,x", parsing.SURPLUS),
        ("工号,姓名,部门\nA,林,市场,一部", parsing.SURPLUS),
        ("工号,金额,备注\nA,12,500.00", parsing.SPLIT), ("工号,金额,备注\nA,１,２００,", parsing.SPLIT),
        ("工号,金额,,备注\nA,￥1, 200元,x", parsing.SPLIT), ("工号,金额,签字\nA,1,200", parsing.SPLIT),
        ('工号,金额,备注\nA,"12,500.00",端午', ""), ("工号,金额,备注\nA,100,618 大促", ""),
        ("工号,金额\nA,1,,\u3000,", ""),
        ("工号,金额,备注\nA,1.00,200", ""), ("工号,金额,备注\nA,1234,200", ""), ("金额,工号\n12,500", ""),
        ("工号;金额;备注\nA;100;200", ""), ("工号\t金额\t备注\nA\t100\t200", ""), ("工号,金额,,\nA,1,", ""),
    ],
)  # fmt: skip
def test_commas_within_amounts(text: str, fault: str) -> None:
    """They never make 12 yuan of 12,500; empty cells at the end are harmless."""
    (row,) = parsing.rows_of(text.encode(), bool)
    assert row.fault == fault


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"), ("工号,金额".encode(), "empty"), (b"a,b\n1,2", "columns"),
        ("工号,工号\n1,2".encode(), "columns"),
        ("工号,金额\n1,2".encode() + b"\xff\xff\x80", "encoding"), (b"PK\x03\x04\x00\x00\xff\xfe", "encoding"),
        (b"x" * (parsing.MOST_BYTES + 1), "size"),
    ],
)  # fmt: skip
def test_what_is_no_list(data: bytes, reason: str) -> None:
    """Told by its reason."""
    with pytest.raises(FileUnreadable) as refused:
        parsing.rows_of(data, lambda columns: {parsing.WORK_ID, parsing.AMOUNT} <= columns)
    assert refused.value.data["reason"] == reason


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0", None), ("-1", None), ("1.005", None), ("1e3", None), ("12,34", None), ("abc", None), ("0.01", 1),
        ("1,000,000", 10**8), ("5 元", 500), ("¥ 3.5", 350), ("1.", 100), ("٣", None), ("9" * 20, None),
    ],
)  # fmt: skip
def test_amounts(text: str, minor: int | None) -> None:
    """Yuan with at most two decimals, above nothing."""
    assert parsing.minor_of(parsing.clean(text)) == minor


def test_birthdays_and_days() -> None:
    """With a year and without."""
    assert [parsing.birthday_of(one) for one in ("1990-2-29", "2000/02/29", "2月29日", "12.31", "13-1", "x")] == [
        None, 229, 229, 1231, None, None,
    ]  # fmt: skip
    assert parsing.day_of("2024年1月5日") == date(2024, 1, 5)
    assert parsing.day_of("2024-01-05 00:00:00") == date(2024, 1, 5)
    assert parsing.day_of("2024-13-05") is None


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Rows, or one refusal."""
    try:
        rows = parsing.rows_of(data, lambda columns: bool(columns))
    except FileUnreadable:
        return
    assert all(row.cells for row in rows)


def test_machines() -> None:
    """States reach each other as they say."""
    for machine in (states.COMPANY, states.PERSON, states.EMPLOYEE, states.GRANT, states.INVOICE):
        machine.validate()
