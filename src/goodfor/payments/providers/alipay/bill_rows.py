"""The two tables of an Alipay bill, pure: lines in, rows and sums out; everything unknown is refused.

`#` begins a comment; the table stands between two comments, ...列表 and ...列表结束. Fields carry tabs at their ends.
Columns are found by name. The columns of the balance's bill (账务明细) are not confirmed by a document: a header that
differs is refused, not guessed.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from goodfor.kernel.money import Money
from goodfor.payments.providers.alipay.shapes import beijing_time
from goodfor.payments.providers.bills import BadBill, BillKind, BillRow, RowKind

Lines = Iterator[tuple[int, str]]

_TRADE_MONEY: Final = (
    "订单金额（元）", "商家实收（元）", "支付宝红包（元）", "集分宝（元）", "支付宝优惠（元）", "商家优惠（元）",
    "券核销金额（元）", "商家红包消费金额（元）", "卡消费金额（元）", "服务费（元）", "分润（元）",
)  # fmt: skip
_TRADE: Final = frozenset(_TRADE_MONEY) | {
    "支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间", "完成时间", "门店编号", "门店名称",
    "操作员", "终端号", "对方账户", "券名称", "退款批次号/请求号", "备注",
}  # fmt: skip
_FUND_MONEY: Final = ("收入金额（+元）", "支出金额（-元）")
_FUND: Final = frozenset(_FUND_MONEY) | {
    "账务流水号", "业务流水号", "商户订单号", "商品名称", "发生时间", "对方账号", "账户余额（元）",
    "交易渠道", "业务类型", "备注",
}  # fmt: skip
_NEEDED: Final[Mapping[BillKind, frozenset[str]]] = {
    "trade": frozenset({
        "支付宝交易号", "商户订单号", "业务类型", "完成时间", "订单金额（元）", "商家实收（元）",
        "退款批次号/请求号", "服务费（元）",
    }),
    "fund": frozenset({"账务流水号", "商户订单号", "发生时间", "账户余额（元）", "业务类型", *_FUND_MONEY}),
}  # fmt: skip
_COLUMNS: Final[Mapping[BillKind, frozenset[str]]] = {"trade": _TRADE, "fund": _FUND}
_MONEY: Final[Mapping[BillKind, tuple[str, ...]]] = {"trade": _TRADE_MONEY, "fund": _FUND_MONEY}
#: Sums that a summary must tell: without them nothing would show that a row is missing.
_SUMMED: Final[Mapping[BillKind, frozenset[str]]] = {
    "trade": frozenset({"订单金额（元）", "商家实收（元）", "服务费（元）"}),
    "fund": frozenset(_FUND_MONEY),
}
_WORDS: Final = frozenset({"门店编号", "门店名称", "业务类型", "类型"})
_NET, _TOTAL, _ALL = "实收净额（元）", "总金额（元）", "合计"
_FUND_KINDS: Final[Mapping[str, tuple[RowKind, int]]] = {
    "在线支付": ("payment", 1), "交易付款": ("payment", 1), "交易退款": ("refund", -1), "退款": ("refund", -1),
    "收费": ("fee", -1), "服务费": ("fee", -1), "提现": ("payout", -1), "交易分账": ("split", -1),
    "分账": ("split", -1),
}  # fmt: skip
_ACCOUNT = re.compile(r"账号[：:]\s*\[?\s*(\d+)")
_NUMBER = re.compile(r"[+-]?[0-9]{1,13}(\.[0-9]{1,8})?")
MAX_SUMMARY_ROWS: Final = 10_000


@dataclass(slots=True)
class Totals:
    """Sums by column in yuan, and how many rows came in and went out; None: the summary does not tell."""

    sums: dict[str, Decimal] = field(default_factory=dict)
    came: int | None = None
    went: int | None = None

    def add(self, name: str, amount: Decimal) -> None:
        """Add to a column."""
        self.sums[name] = self.sums.get(name, Decimal(0)) + amount

    def count(self, *, incoming: bool) -> None:
        """One row more."""
        if incoming:
            self.came = (self.came or 0) + 1
        else:
            self.went = (self.went or 0) + 1


def compare(found: Totals, told: Totals) -> None:
    """Raise BadBill unless the rows add up to what the summary tells."""
    for ours, theirs in ((found.came, told.came), (found.went, told.went)):
        if theirs is not None and (ours or 0) != theirs:
            raise BadBill("count_differs")
    for name, amount in told.sums.items():
        if found.sums.get(name, Decimal(0)) != amount:
            raise BadBill("total_differs")


def read_detail(lines: Lines, kind: BillKind, seller_id: str, totals: Totals) -> Iterator[BillRow]:
    """The rows; `totals` has their sums at the end. Raises BadBill."""
    for number, cells in _table(lines, kind, seller_id, "明细列表"):
        money = {name: _amount(cells[name], number) for name in _MONEY[kind] if name in cells}
        row = _trade_row(number, cells, money) if kind == "trade" else _fund_row(number, cells, money)
        for name, amount in money.items():
            totals.add(name, amount)
        totals.count(incoming=not row.amount.is_negative)
        yield row


def _table(lines: Lines, kind: BillKind, seller_id: str, marker: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and cells of each row between the markers. Raises BadBill."""
    header: list[str] = []
    inside = ended = False
    for number, line in lines:
        if line.startswith("#"):
            _same_account(line, seller_id, number)
            if f"{marker}结束" in line:
                if not inside or not header:
                    raise BadBill("unexpected_end", number)
                inside, ended = False, True
            elif marker in line:
                if inside or ended:
                    raise BadBill("second_table", number)
                inside = True
            continue
        if not line.strip():
            continue
        if not inside:
            raise BadBill("outside_of_table", number)
        cells = _cells(line, number)
        if not header:
            header = _header(cells, kind, number, summary=marker != "明细列表")
        else:
            yield number, _named(header, cells, number)
    if not ended:
        raise BadBill("missing_end")


def _same_account(line: str, seller_id: str, number: int) -> None:
    match = _ACCOUNT.search(line)
    # The number of the account is that of the merchant with some digits after it.
    if match and not match[1].startswith(seller_id):
        raise BadBill("foreign_merchant", number)


def _cells(line: str, number: int) -> list[str]:
    try:
        (cells,) = csv.reader([line], strict=True)
    except (csv.Error, ValueError):
        raise BadBill("not_csv", number) from None
    return [cell.strip() for cell in cells]


def _named(header: list[str], cells: list[str], number: int) -> dict[str, str]:
    # A line may end in a comma.
    if len(cells) == len(header) + 1 and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != len(header):
        raise BadBill("wrong_columns", number)
    return dict(zip(header, cells, strict=True))


def _header(cells: list[str], kind: BillKind, number: int, *, summary: bool) -> list[str]:
    names = [cell.replace("(", "（").replace(")", "）") for cell in (cells if cells[-1] else cells[:-1])]
    known = _COLUMNS[kind] | ({_NET, _TOTAL} | _WORDS if summary else frozenset())
    needed = _SUMMED[kind] if summary else _NEEDED[kind]
    strange = [name for name in names if name not in known and not (summary and _is_count(name))]
    if strange or len(set(names)) != len(names) or not needed <= set(names):
        raise BadBill("unknown_header", number)
    return names


def _is_count(name: str) -> bool:
    return name.endswith("笔数") or name.endswith("笔数（笔）")


def _amount(text: str, number: int) -> Decimal:
    if text == "":
        return Decimal(0)
    if not _NUMBER.fullmatch(text):
        raise BadBill("bad_amount", number)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise BadBill("bad_amount", number) from None


def _money(amount: Decimal, number: int) -> Money:
    minor = amount.scaleb(2)
    if minor != minor.to_integral_value():
        raise BadBill("bad_amount", number)
    return Money(int(minor), "CNY")


def _when(text: str, number: int) -> datetime:
    moment = beijing_time(text)
    if moment is None:
        raise BadBill("bad_time", number)
    return moment


def _ref(text: str, number: int, *, needed: bool = False) -> str:
    if len(text) > 64 or not text.isprintable() or (needed and not text):
        raise BadBill("bad_number", number)
    return text


def _trade_row(number: int, cells: Mapping[str, str], money: Mapping[str, Decimal]) -> BillRow:
    amount = _money(money["订单金额（元）"], number)
    word = cells["业务类型"]
    if word not in ("交易", "退款"):
        raise BadBill("unknown_kind", number)
    if amount.amount_minor == 0 or amount.is_negative != (word == "退款"):
        raise BadBill("bad_amount", number)
    return BillRow(
        line=number,
        kind="refund" if word == "退款" else "payment",
        happened_at=_when(cells["完成时间"], number),
        amount=amount,
        fee=money["服务费（元）"],
        our_ref=_ref(cells["商户订单号"], number, needed=True),
        channel_ref=_ref(cells["支付宝交易号"], number, needed=True),
        refund_ref=_ref(cells["退款批次号/请求号"], number, needed=word == "退款"),
        state=word,
        note=cells.get("备注", "")[:200],
    )


def _fund_row(number: int, cells: Mapping[str, str], money: Mapping[str, Decimal]) -> BillRow:
    came, went = (money[name] for name in _FUND_MONEY)
    if came < 0 or went > 0 or (came == 0) == (went == 0):
        raise BadBill("bad_amount", number)
    amount = _money(came + went, number)
    word = cells["业务类型"]
    kind, sign = _FUND_KINDS.get(word, ("other", 0))
    balance = cells["账户余额（元）"]
    if not balance:
        raise BadBill("bad_amount", number)
    return BillRow(
        line=number,
        # What goes the other way (a fee given back, a bounced payout) is for people to see.
        kind=kind if (sign < 0) == amount.is_negative else "other",
        happened_at=_when(cells["发生时间"], number),
        amount=amount,
        our_ref=_ref(cells["商户订单号"], number),
        channel_ref=_ref(cells.get("业务流水号", ""), number) or _ref(cells["账务流水号"], number, needed=True),
        balance=_money(_amount(balance, number), number),
        state=word[:64],
        note=cells.get("备注", "")[:200],
    )


def read_summary(lines: Lines, kind: BillKind, seller_id: str) -> Totals:
    """What the summary tells: its row 合计, which must be the sum of the others, or else their sum. Raises BadBill."""
    summed, told = Totals(), None
    rows = 0
    for number, cells in _table(lines, kind, seller_id, "汇总列表"):
        rows += 1
        if rows > MAX_SUMMARY_ROWS or told is not None:
            raise BadBill("bad_summary", number)
        if next(iter(cells.values())) == _ALL:
            told = Totals()
            _add(told, cells, kind, number)
        else:
            _add(summed, cells, kind, number)
    if rows == 0:
        return Totals(dict.fromkeys(_SUMMED[kind], Decimal(0)), 0, 0)
    if told is not None and rows > 1 and told != summed:
        raise BadBill("bad_summary")
    return told or summed


def _add(totals: Totals, cells: Mapping[str, str], kind: BillKind, number: int) -> None:
    amounts = {name: _amount(text, number) for name, text in cells.items() if name.endswith("元）")}
    for name in _MONEY[kind]:
        if name in amounts:
            totals.add(name, amounts[name])
    if _NET in amounts:
        base, shared = amounts["商家实收（元）"] + amounts["服务费（元）"], amounts.get("分润（元）", Decimal(0))
        if amounts[_NET] not in (base + shared, base - shared):
            raise BadBill("bad_summary", number)
    if _TOTAL in amounts and amounts[_TOTAL] != sum(amounts.get(name, Decimal(0)) for name in _FUND_MONEY):
        raise BadBill("bad_summary", number)
    for name, text in cells.items():
        if not _is_count(name):
            continue
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise BadBill("bad_summary", number)
        if "退款" in name or "支出" in name:
            totals.went = (totals.went or 0) + int(text)
        elif "交易" in name or "收入" in name:
            totals.came = (totals.came or 0) + int(text)
