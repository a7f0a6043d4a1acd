"""The two tables of a WeChat Pay bill, pure: lines in, rows out; everything unknown is refused.

A header, rows with a backtick before each value, then a second header with one row of sums. A name of goods may hold
commas, so values part at comma and backtick together. Columns are found by name. Each column of money must add up to
its sum; in the bill of the balance each row must lead from the last balance to its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from goodfor.kernel.money import Money
from goodfor.payments.providers.bills import BadBill, BillRow, RowKind
from goodfor.payments.providers.wechat.shapes import BEIJING, is_long_number

Lines = Iterator[tuple[int, str]]
Cells = Mapping[str, str]

_PAID: Final = (
    "交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号", "用户标识", "交易类型",
    "交易状态", "付款银行", "货币种类", "应结订单金额", "代金券金额", "商品名称", "商户数据包", "手续费", "费率",
    "订单金额", "费率备注",
)  # fmt: skip
_BACK: Final = (
    "微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态", "申请退款金额",
)  # fmt: skip
_BACK_TIMES: Final = ("退款申请时间", "退款成功时间")
#: The column of each sum.
_PAID_SUMS: Final = {"应结订单总金额": "应结订单金额", "手续费总金额": "手续费", "订单总金额": "订单金额"}
_BACK_SUMS: Final = {"退款总金额": "退款金额", "充值券退款总金额": "充值券退款金额", "申请退款总金额": "申请退款金额"}
_COUNT: Final = "总交易单数"
_FUND: Final = (
    "记账时间", "微信支付业务单号", "资金流水单号", "业务名称", "业务类型", "收支类型", "收支金额(元)", "账户结余(元)",
    "资金变更提交申请人", "备注", "业务凭证号",
)  # fmt: skip
_FUND_SUMMARY: Final = ("资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额")
#: What a movement is, and the way that its money goes; 0: either. Anything else is for people to see.
_FUND_KINDS: Final[Mapping[str, tuple[RowKind, int]]] = {
    "交易": ("payment", 1), "退款": ("refund", -1), "扣除交易手续费": ("fee", -1), "退还手续费": ("fee", 1),
    "提现": ("payout", -1), "分账": ("split", 0), "分账回退": ("split", 0),
}  # fmt: skip
_NUMBER = re.compile(r"[+-]?[0-9]{1,13}(\.[0-9]{1,8})?", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_FEN: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Table:
    """Names of the columns, and of the sums."""

    columns: frozenset[str]
    summary: frozenset[str]


_SUCCESS = Table(frozenset(_PAID), frozenset({_COUNT, *_PAID_SUMS}))
_ALL = Table(frozenset(_PAID + _BACK), frozenset({_COUNT, *_PAID_SUMS, *_BACK_SUMS}))
_REFUND = Table(frozenset(_PAID + _BACK + _BACK_TIMES), _ALL.summary)
_TRADE_TABLES: Final = (_ALL, _SUCCESS, _REFUND)
_FUND_TABLES: Final = (Table(frozenset(_FUND), frozenset(_FUND_SUMMARY)),)


@dataclass(slots=True)
class _Sheet:
    """A file read from its first line to its last; `told` is its row of sums, once the rows are through."""

    lines: Lines
    tables: tuple[Table, ...]
    told: dict[str, str] = field(default_factory=dict)
    line: int = 0

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Number and cells of each row. Raises BadBill."""
        number, names = self._header()
        table = next((one for one in self.tables if one.columns == set(names)), None)
        if table is None:
            raise BadBill("unknown_header", number)
        for number, line in self._full():
            if not line.startswith("`"):
                self._summary(table, number, line)
                return
            yield number, _cells(names, line, number)
        raise BadBill("missing_end")

    def _summary(self, table: Table, number: int, line: str) -> None:
        names = _names(line)
        if set(names) != table.summary or len(set(names)) != len(names):
            raise BadBill("unknown_summary", number)
        for number, told in self._full():
            if self.told or not told.startswith("`"):
                raise BadBill("unexpected_end", number)
            self.told, self.line = _cells(names, told, number), number
        if not self.told:
            raise BadBill("missing_end")

    def _header(self) -> tuple[int, list[str]]:
        for number, line in self._full():
            names = _names(line.removeprefix("\ufeff"))
            if len(set(names)) != len(names):
                raise BadBill("unknown_header", number)
            return number, names
        raise BadBill("missing_end")

    def _full(self) -> Lines:
        return ((number, line) for number, line in self.lines if line)

    def count(self, name: str, found: int) -> None:
        """Raises BadBill unless the file tells this count."""
        told = self.told[name]
        if not (told.isascii() and told.isdigit() and len(told) <= 9):
            raise BadBill("bad_summary", self.line)
        if int(told) != found:
            raise BadBill("count_differs", self.line)

    def sum(self, name: str, found: Decimal) -> None:
        """Raises BadBill unless the file tells this sum; one that it tells in fen is compared in fen."""
        told = amount(self.told[name], self.line)
        fine = len(self.told[name].partition(".")[2]) > 2
        if told != (found if fine else found.quantize(_FEN, ROUND_HALF_UP)):
            raise BadBill("total_differs", self.line)


def read_trade(lines: Lines, mchid: str) -> Iterator[BillRow]:
    """The rows of a bill of trades: all, payments only or refunds only, as its header says. Raises BadBill."""
    sheet, count = _Sheet(lines, _TRADE_TABLES), 0
    sums = {**_PAID_SUMS, **_BACK_SUMS}
    found = dict.fromkeys(sums.values(), Decimal(0))
    for number, cells in sheet.rows():
        if cells["商户号"] != mchid:
            raise BadBill("foreign_merchant", number)
        if cells["货币种类"] != "CNY":
            raise BadBill("bad_currency", number)
        money = {name: amount(cells[name], number) for name in found if name in cells}
        for name, value in money.items():
            found[name] += value
        count += 1
        yield _trade_row(number, cells, money)
    sheet.count(_COUNT, count)
    for name in sheet.told.keys() - {_COUNT}:
        sheet.sum(name, found[sums[name]])


def _trade_row(number: int, cells: Cells, money: Mapping[str, Decimal]) -> BillRow:
    state = cells["交易状态"]
    if state not in ("SUCCESS", "REFUND", "REVOKED"):
        raise BadBill("unknown_kind", number)
    paid, back = money["订单金额"], money.get("申请退款金额", Decimal(0))
    # A taken-back payment by card reader (REVOKED) is none of ours: where it tells of money given back, people see it.
    strange = state == "REVOKED" and back != 0
    refund = state == "REFUND"
    # The order's own total and what was asked back: coupons are between the buyer and whoever gave them.
    value = paid - back if strange else -back if refund else paid
    if not strange and (value == 0 or (value < 0) != refund or (not refund and back != 0)):
        raise BadBill("bad_amount", number)
    return BillRow(
        line=number,
        kind="other" if strange else "refund" if refund else "payment",
        happened_at=_when(cells.get("退款申请时间") or cells["交易时间"], number),
        amount=_money(value, number),
        fee=-money["手续费"],
        our_ref=_ref(cells["商户订单号"], number),
        channel_ref=_ref(cells["微信订单号"], number),
        refund_ref=_ref(cells["商户退款单号"], number) if refund else "",
        channel_refund_ref=_ref(cells["微信退款单号"], number) if refund else "",
        state=(cells["退款状态"] if refund else state)[:64],
        note=cells["商品名称"][:200],
    )


def read_fund(lines: Lines) -> Iterator[BillRow]:
    """The rows of a bill of the balance, each led to by the one before it. Raises BadBill."""
    sheet, balance = _Sheet(lines, _FUND_TABLES), None
    came = went = Decimal(0)
    comings = goings = 0
    for number, cells in sheet.rows():
        row = _fund_row(number, cells, moved := amount(cells["收支金额(元)"], number))
        after = amount(cells["账户结余(元)"], number)
        incoming = cells["收支类型"] == "收入"
        if balance is not None and balance + (moved if incoming else -moved) != after:
            raise BadBill("broken_chain", number)
        balance = after
        if incoming:
            came, comings = came + moved, comings + 1
        else:
            went, goings = went + moved, goings + 1
        yield row
    sheet.count("资金流水总笔数", comings + goings)
    sheet.count("收入笔数", comings)
    sheet.count("支出笔数", goings)
    sheet.sum("收入金额", came)
    sheet.sum("支出金额", went)


def _fund_row(number: int, cells: Cells, moved: Decimal) -> BillRow:
    way = {"收入": 1, "支出": -1}.get(cells["收支类型"], 0)
    if way == 0:
        raise BadBill("unknown_kind", number)
    if moved < 0:
        raise BadBill("bad_amount", number)
    word = cells["业务类型"]
    kind, usual = _FUND_KINDS.get(word, ("other", 0))
    # What goes the other way (a refund or payout that bounced) is for people to see.
    kind = kind if usual in (0, way) else "other"
    ref = cells["微信支付业务单号"] or cells["资金流水单号"]
    # Whose number 业务凭证号 is, is not confirmed by a document: shown, never matched.
    note = " ".join(filter(None, (cells["备注"], cells["业务凭证号"])))
    return BillRow(
        line=number,
        kind=kind,
        happened_at=_when(cells["记账时间"], number),
        amount=_money(way * moved, number),
        channel_ref="" if kind == "refund" else _ref(ref, number),
        channel_refund_ref=_ref(ref, number) if kind == "refund" else "",
        balance=_money(amount(cells["账户结余(元)"], number), number),
        state=word[:64],
        note=note[:200],
    )


def _names(line: str) -> list[str]:
    return [name.strip().lstrip("`").replace("（", "(").replace("）", ")") for name in line.split(",")]


def _cells(names: list[str], line: str, number: int) -> dict[str, str]:
    values = line[1:].split(",`")
    if len(values) != len(names):
        raise BadBill("wrong_columns", number)
    return dict(zip(names, (value.strip() for value in values), strict=True))


def amount(text: str, number: int) -> Decimal:
    """A plain decimal number of yuan. Raises BadBill."""
    if not _NUMBER.fullmatch(text):
        raise BadBill("bad_amount", number)
    return Decimal(text)


def _money(value: Decimal, number: int) -> Money:
    minor = value.scaleb(2)
    if minor != minor.to_integral_value():
        raise BadBill("bad_amount", number)
    return Money(int(minor), "CNY")


def _ref(text: str, number: int) -> str:
    if not is_long_number(text):
        raise BadBill("bad_number", number)
    return text


def _when(text: str, number: int) -> datetime:
    try:
        if not _TIME.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadBill("bad_time", number) from None
