"""Bills: what rows mean, and every damage that is refused whole."""

import gzip
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psutil
import pytest

from goodfor.kernel.money import Money
from goodfor.payments.providers.bills import BadBill, BillKind, BillRow
from goodfor.payments.providers.wechat.bills import WechatBills
from goodfor.payments.providers.wechat.tests.kit import (
    APPID,
    MCHID,
    account,
)

WX = WechatBills()
HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,"
    "费率,订单金额,申请退款金额,费率备注"
)
SUMMARY = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
SUCCESS_COLUMNS = [n for n in range(27) if n not in (*range(14, 20), 25)]
FUND_HEADER = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,"
    "业务凭证号"
)
FUND_SUMMARY = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


def ticked(cells: Iterable[str]) -> str:
    return ",".join(f"`{cell}" for cell in cells)


def cells_of(number: int, *, refund: bool = False) -> list[str]:
    """A trade of 9.90 yuan of which a coupon paid 1.00; the fee is of the rest."""
    back = ["5030000000", f"R{number:05}", "8.90", "1.00", "ORIGINAL", "SUCCESS"]
    return [
        "2026-01-01 08:00:05", APPID, MCHID, "0", "", f"42000000{number:020}", f"P{number:08}", "oTEST", "NATIVE",
        "REFUND" if refund else "SUCCESS", "OTHERS", "CNY", "0.00" if refund else "8.90", "0.00" if refund else "1.00",
        *(back if refund else ["0", "0", "0.00", "0.00", "", ""]), "点卡, 100 点", "",
        "-0.05340" if refund else "0.05340", "0.60%", "0.00" if refund else "9.90", "9.90" if refund else "0.00", "",
    ]  # fmt: skip


def line(number: int, *, refund: bool = False) -> str:
    return ticked(cells_of(number, refund=refund))


def yuan(value: str, times: int) -> str:
    return str(Decimal(value) * times)


def trade_bill(payments: int = 3, refunds: int = 1) -> str:
    rows = [line(n) for n in range(payments)] + [line(n, refund=True) for n in range(refunds)]
    sums = [
        str(payments + refunds), yuan("8.90", payments), yuan("8.90", refunds), yuan("1.00", refunds),
        yuan("0.05340", payments - refunds), yuan("9.90", payments), yuan("9.90", refunds),
    ]  # fmt: skip
    return "\ufeff" + "\r\n".join([HEADER, *rows, SUMMARY, ticked(sums), ""])


def success_bill() -> str:
    names = [HEADER.split(",")[n] for n in SUCCESS_COLUMNS]
    rows = [ticked(cells_of(number)[n] for n in SUCCESS_COLUMNS) for number in range(2)]
    head = "总交易单数,应结订单总金额,手续费总金额,订单总金额"
    return "\n".join([",".join(names), *rows, head, ticked(["2", "17.80", "0.10680", "19.80"])])


def refund_bill() -> str:
    names, cells = HEADER.split(","), cells_of(1, refund=True)
    names[14:14], cells[14:14] = ["退款申请时间", "退款成功时间"], ["2026-01-01 09:00:00", "2026-01-01 09:01:00"]
    sums = ["1", "0.00", "8.90", "1.00", "-0.05", "0.00", "9.90"]
    return "\r\n".join([",".join(names), ticked(cells), SUMMARY, ticked(sums), ""])


def fund_cells(kind: str, way: str, moved: str, after: str, number: int = 1) -> list[str]:
    ref = f"50000305742018{number:010}"
    return [
        "2026-01-01 08:00:05", ref, f"9{number:020}", kind, kind, way, moved, after, "system", "缺货", "REF1"
    ]  # fmt: skip


def fund_bill() -> str:
    moves = [
        ("交易", "收入", "9.90", "109.90"), ("扣除交易手续费", "支出", "0.06", "109.84"),
        ("退款", "支出", "9.90", "99.94"), ("退还手续费", "收入", "0.06", "100.00"),
        ("提现", "支出", "150.00", "-50.00"),
        ("分账", "支出", "1.00", "-51.00"), ("提现", "收入", "151.00", "100.00"), ("冻结", "支出", "0.00", "100.00"),
    ]  # fmt: skip
    rows = [ticked(fund_cells(*move, number=n)) for n, move in enumerate(moves, 1)]
    sums = ticked(["8", "3", "160.96", "5", "160.96"])
    return "\ufeff" + "\r\n".join([FUND_HEADER, *rows, FUND_SUMMARY, sums, ""])


def rows_of(tmp_path: Path, text: str | bytes, kind: BillKind = "trade") -> list[BillRow]:
    path = tmp_path / "bill.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(WX.read_bill(account(), kind, path))


def test_a_bill_of_all_trades(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, trade_bill())
    assert [row.kind for row in rows] == ["payment"] * 3 + ["refund"]
    first, last = rows[0], rows[-1]
    assert first == BillRow(
        line=2, kind="payment", happened_at=datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC), amount=Money(990, "CNY"),
        fee=Decimal("-0.05340"), our_ref="P00000000", channel_ref=f"42000000{0:020}", state="SUCCESS",
        note="点卡, 100 点",
    )  # fmt: skip
    assert (last.amount, last.fee, last.line) == (Money(-990, "CNY"), Decimal("0.05340"), 5)
    assert (last.our_ref, last.refund_ref, last.channel_refund_ref) == ("P00000000", "R00000", "5030000000")
    assert rows_of(tmp_path, trade_bill(0, 0)) == []
    # Without the mark at its beginning, with other ends of lines, without the last one.
    assert rows_of(tmp_path, trade_bill()[1:].replace("\r\n", "\n").rstrip("\n")) == rows


def test_bills_of_payments_and_of_refunds_only(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, success_bill())
    assert [(row.kind, row.amount.amount_minor, row.fee) for row in rows] == [("payment", 990, Decimal("-0.0534"))] * 2
    (row,) = rows_of(tmp_path, refund_bill())
    assert (row.kind, row.amount, row.refund_ref) == ("refund", Money(-990, "CNY"), "R00001")
    assert row.happened_at == datetime(2026, 1, 1, 1, 0, tzinfo=UTC)


def test_taken_back_at_a_card_reader(tmp_path: Path) -> None:
    text = trade_bill(1, 0).replace("`SUCCESS", "`REVOKED")
    (row,) = rows_of(tmp_path, text)
    assert (row.kind, row.state, row.amount) == ("payment", "REVOKED", Money(990, "CNY"))
    head, _, tail = text.rpartition("`0.00\r\n")
    text = head.replace("`9.90,`0.00,`", "`9.90,`9.90,`") + "`9.90\r\n" + tail
    (row,) = rows_of(tmp_path, text)
    assert (row.kind, row.amount) == ("other", Money(0, "CNY"))


def test_a_bill_of_the_balance(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, fund_bill(), "fund")
    assert [row.kind for row in rows] == ["payment", "fee", "refund", "fee", "payout", "split", "other", "other"]
    assert [row.amount.amount_minor for row in rows] == [990, -6, -990, 6, -15000, -100, 15100, 0]
    assert [row.balance.amount_minor if row.balance else None for row in rows[:5]] == [10990, 10984, 9994, 10000, -5000]
    assert (rows[0].channel_ref, rows[2].channel_ref) == ("500003057420180000000001", "")
    assert rows[2].channel_refund_ref == "500003057420180000000003"
    assert (rows[0].our_ref, rows[0].note, rows[0].state) == ("", "缺货 REF1", "交易")
    empty = "\r\n".join([FUND_HEADER.replace("(元)", "（元）"), FUND_SUMMARY, ticked(["0", "0", "0.00", "0", "0.00"])])
    assert rows_of(tmp_path, empty, "fund") == []


def refused(tmp_path: Path, text: str | bytes, kind: BillKind = "trade") -> str:
    with pytest.raises(BadBill) as caught:
        rows_of(tmp_path, text, kind)
    return caught.value.code


def cell(column: str, value: str, *, refund: bool = False) -> Callable[[str], str]:
    """Another value in a row."""

    def edit(text: str) -> str:
        number = 0 if refund else 1
        cells = cells_of(number, refund=refund)
        cells[HEADER.split(",").index(column)] = value
        return text.replace(line(number, refund=refund), ticked(cells))

    return edit


DAMAGES: dict[str, tuple[Callable[[str], str], str]] = {
    "a flipped digit": (cell("订单金额", "9.91"), "total_differs"),
    "a flipped digit of a refund": (cell("申请退款金额", "9.91", refund=True), "total_differs"),
    "a flipped digit of what is settled": (cell("应结订单金额", "8.91"), "total_differs"),
    "a flipped digit of what was settled back": (cell("退款金额", "8.91", refund=True), "total_differs"),
    "a flipped digit of a coupon": (cell("充值券退款金额", "1.01", refund=True), "total_differs"),
    "a flipped last digit of a fee": (cell("手续费", "0.05341"), "total_differs"),
    "a missing row": (lambda t: t.replace(line(1) + "\r\n", ""), "count_differs"),
    "a row twice": (lambda t: t.replace(line(1), f"{line(1)}\r\n{line(1)}"), "count_differs"),
    "a count that is off": (lambda t: t.replace("\n`4,", "\n`5,"), "count_differs"),
    "a count of words": (lambda t: t.replace("\n`4,", "\n`四,"), "bad_summary"),
    "a sum that is off": (lambda t: t.replace("`29.70", "`29.71"), "total_differs"),
    "a sum that is none": (lambda t: t.replace("`29.70", "`"), "bad_amount"),
    "no summary": (lambda t: t[: t.index(SUMMARY)], "missing_end"),
    "a summary without its row": (lambda t: t[: t.index(SUMMARY) + len(SUMMARY)], "missing_end"),
    "an unknown summary": (lambda t: t.replace("充值券退款总金额", "充值券总金额"), "unknown_summary"),
    "a sum less": (lambda t: t.replace(",申请退款总金额", ""), "unknown_summary"),
    "another's summary": (lambda t: t.replace(SUMMARY, FUND_SUMMARY), "unknown_summary"),
    "a row after the end": (lambda t: t + line(9), "unexpected_end"),
    "a second bill": (lambda t: t + t, "unexpected_end"),
    "cut in a row": (lambda t: t[: t.index(line(1)) + 90], "wrong_columns"),
    "cut in the summary": (lambda t: t[: t.rindex("`")], "wrong_columns"),
    "an unknown column": (lambda t: t.replace("费率备注", "备注"), "unknown_header"),
    "a column twice": (lambda t: t.replace("费率备注", "费率"), "unknown_header"),
    "a column less": (lambda t: t.replace(",费率备注", ""), "unknown_header"),
    "a column more": (lambda t: t.replace(",费率备注", ",费率备注,新"), "unknown_header"),
    "no header": (lambda t: t.replace(HEADER + "\r\n", ""), "unknown_header"),
    "two headers": (lambda t: t.replace(HEADER, f"{HEADER}\r\n{HEADER}"), "unknown_summary"),
    "nothing": (lambda t: "", "missing_end"),
    "a page": (lambda t: "<html>expired</html>", "unknown_header"),
    "a cell less": (lambda t: t.replace(line(1), line(1).rpartition(",")[0]), "wrong_columns"),
    "a cell more": (cell("商品名称", "点卡,`100 点"), "wrong_columns"),
    "a name over two lines": (cell("商品名称", "点卡\n100 点"), "wrong_columns"),
    "another merchant": (cell("商户号", "1900000002"), "foreign_merchant"),
    "another currency": (cell("货币种类", "USD"), "bad_currency"),
    "another state": (cell("交易状态", "CLOSED"), "unknown_kind"),
    "a payment below zero": (cell("订单金额", "-9.90"), "bad_amount"),
    "a payment of nothing": (cell("订单金额", "0.00"), "bad_amount"),
    "a payment that tells of a refund": (cell("申请退款金额", "1.00"), "bad_amount"),
    "a refund of nothing": (cell("申请退款金额", "0.00", refund=True), "bad_amount"),
    "a refund above zero": (cell("申请退款金额", "-9.90", refund=True), "bad_amount"),
    "no amount": (cell("订单金额", ""), "bad_amount"),
    "half a fen": (cell("订单金额", "9.905"), "bad_amount"),
    "words for an amount": (cell("订单金额", "1e3"), "bad_amount"),
    "not a number": (cell("手续费", "NaN"), "bad_amount"),
    "digits of another script": (cell("订单金额", "９.90"), "bad_amount"),
    "no time": (cell("交易时间", ""), "bad_time"),
    "a day that is none": (cell("交易时间", "2026-02-30 08:00:00"), "bad_time"),
    "no number": (cell("商户订单号", ""), "bad_number"),
    "a number that is none": (cell("微信订单号", "4 2"), "bad_number"),
    "a refund without number": (cell("商户退款单号", "", refund=True), "bad_number"),
    "a line without end": (cell("商品名称", "长" * 30_000), "line_too_long"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damages(tmp_path: Path, damage: str) -> None:
    edit, code = DAMAGES[damage]
    good = trade_bill()
    edited = edit(good)
    assert edited != good
    assert refused(tmp_path, edited) == code


def test_more_damages(tmp_path: Path) -> None:
    assert refused(tmp_path, trade_bill().encode("gb18030")) == "not_utf8"
    assert refused(tmp_path, gzip.compress(trade_bill().encode())) in ("not_utf8", "unknown_header")
    with pytest.raises(BadBill, match="damaged_file"):
        list(WX.read_bill(account(), "trade", tmp_path / "none"))
    # Bills are not taken for one another.
    assert refused(tmp_path, fund_bill()) == "unknown_header"
    assert refused(tmp_path, trade_bill(), "fund") == "unknown_header"
    assert refused(tmp_path, success_bill().replace("`SUCCESS", "`REFUND", 1)) == "bad_amount"
    # A sum in fen is compared in fen; it is not a licence for more.
    assert refused(tmp_path, refund_bill().replace("`-0.05,`0.00", "`-0.06,`0.00")) == "total_differs"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("`9.90,`109.90", "`9.91,`109.90", "total_differs"), ("`0.06,`109.84", "`0.07,`109.84", "broken_chain"),
        ("`0.06,`109.84", "`0.06,`109.85", "broken_chain"), ("`9.90,`109.90", "`-9.90,`109.90", "bad_amount"),
        ("`9.90,`109.90", "`,`109.90", "bad_amount"), ("`9.90,`109.90", "`9.90,`", "bad_amount"),
        ("`9.90,`109.90", "`9.905,`109.90", "bad_amount"), ("`收入", "`转入", "unknown_kind"),
        ("`收入", "`支出", "count_differs"), ("业务类型", "类型", "unknown_header"),
        ("收入笔数", "收款笔数", "unknown_summary"),
        ("\n`8,`3,", "\n`9,`3,", "count_differs"), ("\n`8,`3,", "\n`8,`4,", "count_differs"),
        ("`5,`160.96", "`4,`160.96", "count_differs"), ("`5,`160.96", "`5,`160.95", "total_differs"),
        ("`160.96,`5", "`160.95,`5", "total_differs"), ("2026-01-01", "2026-13-01", "bad_time"),
        ("`50000305742018", "`5 0", "bad_number"),
    ],
)  # fmt: skip
def test_damages_of_a_bill_of_the_balance(tmp_path: Path, old: str, new: str, code: str) -> None:
    good = fund_bill()
    assert old in good
    # Nothing leads to the first row: what is wrong with it shows in the sums.
    assert refused(tmp_path, good.replace(old, new, 1), "fund") == code


def test_a_missing_movement(tmp_path: Path) -> None:
    good = fund_bill().split("\r\n")
    for gone in range(2, 8):
        assert refused(tmp_path, "\r\n".join(good[:gone] + good[gone + 1 :]), "fund") == "broken_chain"
    for gone in (1, 8):
        assert refused(tmp_path, "\r\n".join(good[:gone] + good[gone + 1 :]), "fund") == "count_differs"
    assert refused(tmp_path, "\r\n".join([*good[:3], good[2], *good[3:]]), "fund") == "broken_chain"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["trade", "fund"])
def test_many_rows_in_little_memory(tmp_path: Path, kind: BillKind) -> None:
    count, path = 60_000, tmp_path / "bill.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write((HEADER if kind == "trade" else FUND_HEADER) + "\r\n")
        for number in range(count):
            balance = str(Decimal(number + 1) / 100)
            row = line(number) if kind == "trade" else ticked(fund_cells("交易", "收入", "0.01", balance, number))
            file.write(f"{row}\r\n")
        sums: Sequence[str] = [str(count), str(count), yuan("0.01", count), "0", "0.00"]
        if kind == "trade":
            settled, fees, paid = (yuan(one, count) for one in ("8.90", "0.05340", "9.90"))
            sums = [str(count), settled, "0.00", "0.00", fees, paid, "0.00"]
        file.write((SUMMARY if kind == "trade" else FUND_SUMMARY) + "\r\n" + ticked(sums) + "\r\n")
    process, grown, start = psutil.Process(), 0, 0
    for number, _ in enumerate(WX.read_bill(account(), kind, path), 1):
        if number % 6_000 == 1:
            now = process.memory_info().rss
            start = start or now
            grown = max(grown, now - start)
    assert number == count
    assert grown < 8_000_000
