"""Suppliers' own accounts: files as they are exported, taken in once and matched to purchases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from goodfor.kernel.clock import utc_now
from goodfor.supply import queries
from goodfor.supply.errors import StatementKnown, StatementRefused
from goodfor.supply.operations.hold_statement import forget_statements, hold_statement
from goodfor.supply.operations.take_statement import (
    ask_about_statement,
    fetch_statement,
    look_at_statement,
    match_again,
    profile_of,
    take_statement,
)
from goodfor.supply.statement_profile import Profile, amount_of, time_of
from goodfor.supply.tests.market import Market

HEADER = "平台订单号,商户订单号,交易类型,金额,交易时间"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def held(fair: Market, name: str, data: bytes, filename: str = "账单.csv") -> str:
    parts = [data[:7], data[7:]]
    return hold_statement(shop_id=fair.shop, supplier_id=fair.ids[name], filename=filename, parts=parts)


def taken(fair: Market, name: str, data: bytes, filename: str = "账单.csv") -> UUID:
    mark = held(fair, name, data, filename)
    seen = look_at_statement(shop_id=fair.shop, supplier_id=fair.ids[name], mark=mark)
    return take_statement(
        shop_id=fair.shop, supplier_id=fair.ids[name], mark=mark, filename=filename, profile=seen.profile,
        actor="test", now=utc_now(),
    )  # fmt: skip


def bought(fair: Market, count: int) -> list[Any]:
    found = []
    for _ in range(count):
        line = fair.want()
        fair.buy()
        found += fair.attempts(line)
    return found


def at(attempt: Any, seconds: int = 0) -> str:
    local = (attempt.sent_at + timedelta(seconds=seconds)).astimezone(ZoneInfo("Asia/Shanghai"))
    return f"{local:%Y-%m-%d %H:%M:%S}"


def test_a_dirty_file_is_matched_and_nothing_in_the_books_moves(fair: Market) -> None:
    site = fair.supplier("anna")
    right, refunded, missing, last = bought(fair, 4)
    site.act(refunded.number, "refund", amount="3.00", tell=False)
    lines = [
        "供货商账单,,,,", "导出时间：2026-01-01,,,,", HEADER,
        f'{right.ref},"\t{right.number}",消费,"￥8.00",{at(right, -2)}',
        f'{right.ref},"\t{right.number}",消费,"￥8.00",{at(right, -2)}',
        f"{refunded.ref},,消费,8.00,{at(refunded)}",
        f"{refunded.ref},,订单退款,3.00元,{at(refunded, 5)}",
        f'S-unknown,123456789012345678,消费,"1,234.50",{at(last)}',
        f",,退回充值,50.00,{at(last)}",
        f"{last.ref},{last.number},消费,8,{at(last, 2)}",
        "", '合计,,,"1,272.50",', "",
    ]  # fmt: skip
    before = fair.prepaid("anna")
    data = "\r\n".join(lines).encode("gb18030")
    statement_id = taken(fair, "anna", data)
    found = queries.statement(fair.shop, statement_id)
    counts = {verdict: one[0] for verdict, one in found.sums.items()}
    assert counts == {"matched": 2, "double": 1, "amount": 2, "theirs": 1, "other": 1, "ours": 1}
    assert found.sums["amount"][1:] == (Decimal("-5"), Decimal("-8"))
    assert found.sums["theirs"][1] == Decimal("-1234.5")
    (ours,) = queries.statement_lines(fair.shop, statement_id, verdict="ours")
    assert (ours.number, ours.ours) == (missing.number, Decimal("-8"))
    assert fair.prepaid("anna") == before
    with pytest.raises(StatementKnown):
        taken(fair, "anna", data)
    # What the file says of a refund is asked about, and then the books know.
    assert ask_about_statement(shop_id=fair.shop, statement_id=statement_id, actor="test", now=utc_now()) == 2
    fair.later(1)
    match_again(shop_id=fair.shop, statement_id=statement_id)
    assert "amount" not in queries.statement(fair.shop, statement_id).sums
    assert fair.prepaid("anna") == before + 300
    profile = profile_of(fair.shop, fair.ids["anna"])
    assert profile is not None
    assert (profile.number, profile.ref, profile.sign) == ("商户订单号", "平台订单号", "kind")
    # Another export of the same supplier, with other columns: what its header says.
    mark = held(fair, "anna", "外部单号\t总价\n1\t-2\n".encode())
    other = look_at_statement(shop_id=fair.shop, supplier_id=fair.ids["anna"], mark=mark)
    assert (other.rows, other.profile.number, other.separator) == (1, "外部单号", "\t")


def test_a_dry_run_says_what_is_wrong_with_which_line(fair: Market) -> None:
    fair.supplier("anna")
    common = {"shop_id": fair.shop, "supplier_id": fair.ids["anna"]}
    text = (
        "\ufeff订单编号;成本金额;退款金额;下单时间\nA1;8.00;0;2026-03-01 08:00\n"
        "A2;acht;;2026-03-01\nA3;7;2;31.02.2026\n总计;15;2;\n"
    )
    mark = held(fair, "anna", text.encode())
    seen = look_at_statement(**common, mark=mark)
    assert (seen.encoding, seen.separator, seen.header_line, seen.rows, seen.skipped, seen.wrong) == (
        "utf-8", ";", 1, 1, 1, 2,
    )  # fmt: skip
    assert [(one.place, one.code, one.text) for one in seen.problems] == [
        (3, "bad_amount", "acht"), (4, "bad_time", "31.02.2026"),
    ]  # fmt: skip
    assert (seen.went, seen.came, seen.profile.sign) == (Decimal(8), 0, "cost")
    assert seen.from_at == datetime(2026, 3, 1, tzinfo=UTC)
    wrong = {"filename": "x.csv", "actor": "test", "now": utc_now()}
    with pytest.raises(StatementRefused) as no:
        take_statement(**common, mark=mark, profile=seen.profile, **wrong)
    assert no.value.data == {"reason": "bad_amount", "line": 3}
    with pytest.raises(StatementRefused) as no:
        take_statement(**common, mark=mark, profile=Profile(amount="成本金额", ref="没有"), **wrong)
    assert no.value.data == {"reason": "no_column", "column": "没有"}
    assert look_at_statement(**common, mark=mark, profile=Profile(amount="x", ref="y")).missing == "y"
    assert queries.statements(fair.shop, fair.ids["anna"]) == []
    for name, data, reason in (("a.pdf", b"%PDF", "unsupported_type"), ("a.csv", b"", "empty_file")):
        with pytest.raises(StatementRefused) as no:
            held(fair, "anna", data, name)
        assert no.value.data["reason"] == reason
    for gone in ("0" * 64, "../../etc/passwd"):
        with pytest.raises(StatementRefused):
            look_at_statement(**common, mark=gone)
    assert forget_statements() == 0
    with pytest.raises(StatementRefused) as no:
        fetch_statement(**common, day=utc_now().date(), actor="test", now=utc_now())
    assert no.value.data["reason"] == "not_offered"


def test_a_spreadsheet_says_when_excel_has_rounded_a_number(fair: Market) -> None:
    fair.supplier("anna")
    (one,) = bought(fair, 1)
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, ["外部单号", "总价", "创建时间"])
        sheet.write_string(1, 0, one.number)
        sheet.write_number(1, 1, -8.0)
        sheet.write_datetime(1, 2, one.sent_at.astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None), day)
        sheet.write_number(2, 0, 123456789012345678)
        sheet.write_row(2, 1, [-1.5, "2026-01-01"])
    mark = held(fair, "anna", made.getvalue(), "账单.xlsx")
    seen = look_at_statement(shop_id=fair.shop, supplier_id=fair.ids["anna"], mark=mark)
    assert (seen.encoding, seen.rows, seen.wrong, seen.problems[0].code) == ("xlsx", 1, 1, "digits_lost")
    assert (seen.first[0].number, seen.first[0].amount) == (one.number, Decimal(-8))
    assert seen.first[0].at == one.sent_at.replace(microsecond=0)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("¥1,234.50", "1234.50"), ("-8元", "-8"), ("（12.00）", "-12.00"), ("+3", "3"), ("−0.5", "-0.5"), ("CNY 7", "7")],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert amount_of(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "1.2.3", "abc", "1e5", "NaN", "9" * 30, "0.1234567"])
def test_what_is_no_amount_is_none(text: str) -> None:
    with pytest.raises(InvalidOperation):
        amount_of(text)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("2026-03-01 08:30:00", "ymd"), ("2026/3/1 8:30", "ymd"), ("2026年03月01日 08时30分", "ymd"),
        ("20260301083000", "ymd"), ("2026-03-01T00:30:00+00:00", "ymd"), ("01.03.2026 08:30", "dmy"),
        ("03/01/2026 08:30", "mdy"), ("1772325000", "unix"), ("1772325000000", "unix"),
    ],
)  # fmt: skip
def test_times_are_of_their_zone(text: str, times: str) -> None:
    assert time_of(text, times, ZoneInfo("Asia/Shanghai")) == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
