"""Sheets out and back, as people really treat them: Excel's encodings, lost digits, merged cells, other names."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.supply.providers.files import table
from goodfor.supply.providers.files.answers import Answers, read_answers
from goodfor.supply.providers.files.columns import Profile
from goodfor.supply.providers.files.connector import CONNECTOR
from goodfor.supply.providers.files.prices import money, read_catalogue
from goodfor.supply.providers.files.problems import CELL, FILE, FileRefused
from goodfor.supply.providers.files.sheet import HEADER, OrderRow, order_sheet
from goodfor.supply.providers.files.statement import read_statement
from goodfor.supply.providers.files.table import read_rows
from goodfor.supply.providers.values import (
    Accepted,
    Code,
    ConfigProblem,
    Doubt,
    OrderRef,
    PlaceRequest,
    Refused,
    Site,
    Stock,
)
from goodfor.supply.providers.wire import Wire

ONE, TWO, THREE = "202601010000000001", "202601010000000002", "202601010000000003"
ROWS = [
    OrderRow(ONE, "001", "=cmd|' /C calc'!A0", 2, "月卡", wish="-急"),
    OrderRow(TWO, "K2", "流量", 3, form={"手机号": "13800138000", "区": "+1"}, codes=False),
]


def xlsx(*rows: list[Any]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(at, column, cell)
    book.close()
    return out.getvalue()


def told(found: Answers) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.code) for problem in found.problems]


def test_the_sheet_opens_without_formulas_and_keeps_digits() -> None:
    book = python_calamine.load_workbook(io.BytesIO(order_sheet(ROWS)))
    cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert cells[0] == list(HEADER)
    assert [row[:7] for row in cells[1:]] == [
        [ONE, "001", "=cmd|' /C calc'!A0", "月卡", "1", "", "-急"],
        [ONE, "001", "=cmd|' /C calc'!A0", "月卡", "1", "", "-急"],
        [TWO, "K2", "流量", "", "3", "手机号：13800138000；区：+1", ""],
    ]
    text = order_sheet(ROWS, "csv")
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert rows[1][:3] == ["N" + ONE, "001", "'=cmd|' /C calc'!A0"]
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]
    with pytest.raises(ValueError):
        order_sheet([OrderRow(ONE, "1", "x", 50_000)])


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_sheet_that_comes_back_empty_answers_nothing(kind: Any) -> None:
    found = read_answers(order_sheet(ROWS, kind), f"a.{kind}")
    assert (found.answers, found.problems) == ((), ())


FILLED = [
    ["订单 2026-01"],
    ["我方单号", "商品名称", "卡号", "卡密", "有效期", "结果", "备注"],
    ["N" + ONE, "x", "0001", " 00 aB-1\u200b", "2026-12-31", "成功", "发货"],
    [ONE, "x", "0002", "00ab-2", "", "", "发货"],
    [],
    [TWO, "y", "", "", "", "已充值", ""],
    [THREE, "z", "", "", "", "无货", "没货了"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_what_comes_back(encoding: str, separator: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(FILLED)
    check_answers(read_answers(out.getvalue().encode(encoding, "ignore"), "回单.CSV"))


def test_what_comes_back_in_a_workbook() -> None:
    check_answers(read_answers(xlsx(*FILLED), "回单.xlsx"))


def check_answers(found: Answers) -> None:
    assert found.problems == ()
    one, two, three = found.answers
    last = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert one.codes == [Code("0001", "00 aB-1", expires_at=last), Code("0002", "00ab-2")]
    assert (one.number, one.result, one.remark, one.rows) == (ONE, "done", "发货", [3, 4])
    assert (two.number, two.result, two.codes) == (TWO, "done", [])
    assert (three.number, three.result, three.remark) == (THREE, "failed", "没货了")
    assert "aB-1" not in repr(found)


def test_every_problem_says_where_and_what_to_do() -> None:
    found = read_answers(
        xlsx(
            ["单号", "卡号", "卡密", "有效期", "结果"],
            [int(ONE), "1", "P1", None, None],
            ["2.02601E+17", "1", "P2", None, None],
            [None, "1", "P3", None, None],
            [ONE, "A", "S-0001", None, None],
            [TWO, "B", "s0001", None, None],
            [THREE, "C", "S-0003", "明年", "也许"],
            ["202601010000000004", "C", "S-0004", None, "失败"],
            ["202601010000000005", "C\nD", "S-0005", None, None],
            ["202601010000000006", "C", None, None, None],
            ["202601010000000007", "C", 1234567890123456, None, None],
            ["202601010000000008", "C", "1.5E+18", None, None],
            ["202601010000000009", "E\nF", "S-0009\r\nS-0010", None, None],
        ),
        "a.xlsx",
    )
    assert told(found) == [
        (2, "单号", "digits_lost"), (2, "单号", "no_number"), (3, "单号", "bad_number"), (4, "单号", "no_number"),
        (7, "有效期", "bad_date"), (7, "结果", "unknown_word"), (9, "卡号", "parts_differ"),
        (10, "卡号", "number_without_secret"), (11, "卡密", "digits_lost"), (11, "卡号", "number_without_secret"),
        (12, "卡密", "scientific_notation"), (8, "结果", "failed_with_codes"),
    ]  # fmt: skip
    # "A:S0001" and "B:s0001" are short passwords of two numbers: no doubles.
    assert [answer.number[-1] for answer in found.answers] == ["1", "2", "9"]
    assert [code.number for code in found.answers[2].codes] == ["E", "F"]
    assert found.problems[0].words() == "第 2 行「单号」列：" + str(CELL["digits_lost"])
    assert all(problem.code in CELL for problem in found.problems)


def test_a_code_twice_in_a_file() -> None:
    found = read_answers(f"单号,卡密\n{ONE},ABCD-1234\n{TWO},abcd 1234\n".encode(), "a.csv")
    assert told(found) == [(3, "卡密", "doubled_code")]
    assert [answer.number for answer in found.answers] == [ONE]


def test_whether_it_failed_may_be_asked() -> None:
    data = f"单号,是否失败,卡密\n{ONE},是,\n{TWO},否,\n{THREE},否,ABCD1234\n".encode("gb18030")
    assert [(one.number, one.result) for one in read_answers(data, "a.csv").answers] == [(ONE, "failed"), (THREE, "")]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "empty_file"), (b"\n \n", "a.csv", "empty_file"), (b"PK\x03\x04x", "a.xlsx", "broken_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "unsupported_type"), (b"%PDF-1.7", "a.csv", "binary_file"),
        (b"a,b\n1,2\n", "a.csv", "no_header"), ("卡密\nABCD\n".encode(), "a.csv", "missing_column"),
        ("单号,我方单号\n1,2\n".encode(), "a.csv", "two_columns"),
        (b"x" * (20 * 1024 * 1024 + 1), "a.csv", "file_too_large"), (b'a\n"b"c"\n', "a.csv", "no_header"),
    ],
)  # fmt: skip
def test_files_that_are_refused(data: bytes, name: str, code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read_answers(data, name)
    assert caught.value.code == code
    assert str(FILE[code]) in caught.value.words()


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_ROWS", 3)
    assert len(read_rows(b"a\nb\nc\n", "a.csv")) == 3
    for data, name in ((b"a\nb\nc\nd\n", "a.csv"), (xlsx(["a"], ["b"], ["c"], ["d"]), "a.xlsx")):
        with pytest.raises(FileRefused) as caught:
            read_rows(data, name)
        assert caught.value.code == "too_many_rows"


def test_columns_by_profile() -> None:
    profile = Profile.read('{"answers": {"number": "Auftrag Nr.", "secret": "单号"}}', "answers")
    found = read_answers(f"auftrag-nr,单号,卡密\n{ONE},ABCD1234,no\n".encode(), "a.csv", profile)
    assert [(one.number, one.codes) for one in found.answers] == [(ONE, [Code(secret="ABCD1234")])]
    assert Profile.read(" ", "answers") == Profile()
    for broken in (
        "[]",
        "{",
        '{"answers": []}',
        '{"answers": {"x": "y"}}',
        '{"other": {}}',
        '{"answers": {"number": ""}}',
    ):
        with pytest.raises(FileRefused):
            Profile.read(broken, "statement")


def test_a_price_list() -> None:
    found = read_catalogue(
        xlsx(
            ["价目表"],
            ["商品编号", "商品名称", "进价（元）", "库存", "面值", "状态", "类型"],
            ["001", "月卡", 9.9, 12, 10, "上架", "卡密"],
            [2, "年卡", "¥1,200.50", "充足", None, "下架", "直充"],
            ["3", "周卡", 0.1 + 0.2, "缺货", None, None, "怪"],
            ["001", "再", 1, 1, None, None, None],
            [None, "无号", 1, 1, None, None, None],
            ["5", "x", "面议", 1, None, None, None],
            ["6", "x", None, 1, None, None, None],
            ["7", "x", -1, 1, None, None, None],
        ),
        "a.xlsx", "CNY",
    )  # fmt: skip
    shown = [(one.id, one.cost, one.stock, one.state, one.kind, one.face_value) for one in found.items]
    assert shown == [
        ("001", Decimal("9.9"), Stock("exact", 12), "on", "card", Decimal(10)),
        ("2", Decimal("1200.50"), Stock("in_stock"), "paused", "direct", None),
        ("3", Decimal("0.3"), Stock("out"), "on", "manual", None),
    ]
    assert [(problem.row, problem.code) for problem in found.problems] == [
        (6, "doubled_item"), (7, "no_item"), (8, "bad_amount"), (9, "no_amount"), (10, "bad_amount"),
    ]  # fmt: skip
    assert [money(text) for text in ("1,2", "9.9元", "1e3", "", "１")] == [None, Decimal("9.9"), None, None, None]


def test_a_statement() -> None:
    text = f"交易时间,变动金额,外部单号,流水号,类型\n2026/1/2 08:00,-9.90,N{ONE},S1,采购\n"
    text += "20260103,+100,,S2,充值\n昨天,1,,,\n2026-01-02,x,,,\n"
    found = read_statement(text.encode("gb18030"), "a.csv", "CNY")
    shown = [(row.at, row.amount, row.number, row.ref, row.kind) for row in found.rows]
    assert shown == [
        (datetime(2026, 1, 2, tzinfo=UTC), Decimal("-9.90"), ONE, "S1", "采购"),
        (datetime(2026, 1, 2, 16, tzinfo=UTC), Decimal(100), "", "S2", "充值"),
    ]
    assert [(problem.row, problem.code) for problem in found.problems] == [(4, "bad_time"), (5, "bad_amount")]
    turned = read_statement(text.encode(), "a.csv", "CNY", sign="turned")
    assert [row.amount for row in turned.rows] == [Decimal("9.90"), Decimal(-100)]
    two = "时间,收入,支出\n2026-01-02 00:00:01,,9.9\n2026-01-02,5,--\n2026-02-30,1,\n2026-01-02,,\n".encode()
    found = read_statement(two, "a.csv", "CNY")
    assert [row.amount for row in found.rows] == [Decimal("-9.9"), Decimal(5)]
    assert [(problem.row, problem.code) for problem in found.problems] == [(4, "bad_time"), (5, "no_amount")]


def test_dates_of_a_workbook() -> None:
    found = read_statement(
        xlsx(["时间", "金额"], [datetime.fromisoformat("2026-01-02T08:00"), -1.1], [date(2026, 1, 2), 2]),
        "a.xlsx",
        "CNY",
    )
    assert [row.at.hour for row in found.rows] == [0, 16]


def test_a_quoted_cell_is_one_row() -> None:
    assert [row.at for row in read_rows(b'a,"b\nc"\nd,e\n', "a.csv")] == [1, 2]
    assert read_rows(b'"a', "a.csv")[0].cells == ("a",)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(alphabet="AB01-=+@' é卡", min_size=1, max_size=20).map(str.strip).filter(bool), max_size=5))
def test_names_survive_the_way_there_and_back(names: list[str]) -> None:
    rows = [OrderRow(ONE, "1", name, 1) for name in names]
    if not rows:
        return
    for kind in ("csv", "xlsx"):
        data = order_sheet(rows, kind)  # type: ignore[arg-type]
        assert len(read_rows(data, f"a.{kind}")) == len(rows) + 1


def test_a_person_is_waited_for() -> None:
    site = Site(uuid4(), uuid4(), "f", "CNY", {"mail": "a@b.example"}, {})
    wire = Wire(0.0, lambda: 0.0)
    order = OrderRef(ONE, "", datetime(2026, 1, 1, tzinfo=UTC))
    request = PlaceRequest(ONE, "001", 1, Decimal(10), "CNY")
    assert CONNECTOR.purchase.place(site, wire, request) == Accepted()
    assert CONNECTOR.purchase.place(site, wire, PlaceRequest(ONE, "", 1, Decimal(1), "CNY")) == Refused(
        "request", "item_id"
    )
    assert CONNECTOR.purchase.place(site, wire, PlaceRequest(ONE, "1", 1, Decimal(1), "USD")) == Refused(
        "request", "currency"
    )
    assert CONNECTOR.purchase.query(site, wire, order) == Doubt("waits_for_person")
    assert CONNECTOR.catalogue.page(site, wire, None, None) == Doubt("waits_for_person")
    CONNECTOR.catalogue.check(site)
    for wrong in ({"mail": "x"}, {"format": "doc"}, {"columns": "{"}, {"sign": "?"}):
        with pytest.raises(ConfigProblem):
            CONNECTOR.catalogue.check(Site(uuid4(), uuid4(), "f", "CNY", wrong, {}))
    assert wire.exchanges == []
