"""How lines of a supplier's file are read: which column is what, and what is wrong with a line. Pure.

Suppliers export what their back office shows: columns are found by the words above them, amounts may carry signs of
money and thousands, sums stand below the last line, and times are of their own zone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from goodfor.vault.reading import LOST, clean

#: `signed`: what they charged is negative; `opposite`: positive. `cost`: all are charges. `kind`: the kind tells.
SIGNS: Final = ("signed", "opposite", "cost", "kind")
TIMES: Final = ("ymd", "dmy", "mdy", "unix")
SEPARATORS: Final = (",", "\t", ";", "|")
#: The header stands within so many lines.
HEADER_WITHIN: Final = 20
LONGEST: Final = 64
#: Headers that mean a column, in the order in which they are believed.
_MEANINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": (
        "商户订单号", "商户单号", "外部订单号", "外部单号", "客户订单号", "下游订单号", "下游单号",
        "合作方订单号", "我方单号",
        "external_orderno", "out_trade_no", "usorderno", "outer_order_id", "customer_order_no",
    ),
    "ref": (
        "平台订单号", "系统订单号", "系统单号", "订单编号", "订单号", "单号", "流水号", "ordersn",
        "order_no", "orderno", "id",
    ),
    "amount": (
        "扣款金额", "实付金额", "支付金额", "结算金额", "成本金额", "订单金额", "交易金额", "变动金额", "总价", "金额",
        "amount", "total_price",
    ),
    "refunded": ("退款金额", "已退金额", "退回金额", "has_back_money", "refunded"),
    "time": ("交易时间", "下单时间", "创建时间", "完成时间", "支付时间", "时间", "日期", "time", "created_at", "date"),
    "kind": ("交易类型", "收支类型", "业务类型", "类型", "type", "kind"),
}  # fmt: skip
_SUMMARY: Final = re.compile(
    r"(?:合计|总计|小计|共计|汇总|总额|共\s*\d|说明|备注|注[:：]|导出|total|sum|#)", re.IGNORECASE
)
_MONEY: Final = re.compile(r"[¥￥$€£元,，\s'+]|CNY|RMB|USD|EUR", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"[-−－]?[0-9]+(?:\.[0-9]+)?")
_BRACKETS: Final = re.compile(r"\((.+)\)|（(.+)）")
_DIGITS: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """Column names as they stand in the header; empty: there is none. `refunded`: what came back of a line's amount.

    `back`: words in the kind of a line that say the money came back, separated by commas. `encoding`, `separator` and
    `header` (line of the header, from 1) are found out where they are empty or 0.
    """

    amount: str = ""
    number: str = ""
    ref: str = ""
    time: str = ""
    kind: str = ""
    refunded: str = ""
    sign: str = "signed"
    back: str = "退款,退回,返还,refund"
    times: str = "ymd"
    encoding: str = ""
    separator: str = ""
    header: int = 0

    def as_json(self) -> dict[str, Any]:
        """For the table."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Profile":
        """From the table or a form; what it does not know is left out."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in names})


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One line, read. `place`: its line in the file, from 1."""

    place: int
    at: datetime | None
    number: str
    ref: str
    kind: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line: a stable name, the column, and what stands there."""

    place: int
    code: str
    column: str
    text: str


def guess(header: Sequence[str]) -> Profile:
    """Which column is what, by the words above them."""
    named = {clean(name).lower(): clean(name) for name in header if clean(name)}
    found: dict[str, Any] = {}
    for role, words in _MEANINGS.items():
        taken = set(found.values())
        found[role] = next((named[word] for word in words if word in named and named[word] not in taken), "")
    sign = "cost" if found["refunded"] else ("kind" if found["kind"] else "signed")
    return Profile(**found, sign=sign)


def looks_like_header(cells: Sequence[str], profile: Profile | None) -> bool:
    """Whether a line holds the columns that the profile names, or words that mean an amount and a number."""
    names = {clean(cell) for cell in cells}
    if profile is not None and profile.amount:
        return profile.amount in names
    found = guess(cells)
    return bool(found.amount and (found.number or found.ref))


def is_summary(cells: Sequence[str]) -> bool:
    """A line of sums, a note, or nothing."""
    filled = [clean(cell) for cell in cells if clean(cell)]
    return not filled or bool(_SUMMARY.match(filled[0]))


class LineReader:
    """Reads the lines below a header. Raises ValueError with the name of a column that is not there."""

    def __init__(self, profile: Profile, header: Sequence[str], zone: str) -> None:
        self.profile, self.zone = profile, ZoneInfo(zone)
        names = [clean(name) for name in header]
        self._at = {role: self._place(names, getattr(profile, role)) for role in _MEANINGS}
        self._back = tuple(word for word in map(str.strip, re.split("[,，]", profile.back.lower())) if word)
        if self._at["amount"] is None:
            raise ValueError("amount")
        if self._at["number"] is None and self._at["ref"] is None:
            raise ValueError("number")

    @staticmethod
    def _place(names: Sequence[str], wanted: str) -> int | None:
        if not wanted:
            return None
        if wanted not in names:
            raise ValueError(wanted)
        return names.index(wanted)

    def read(self, place: int, cells: Sequence[str]) -> StatementEntry | LineProblem | None:
        """None: a line of sums or notes, also one without numbers and time that holds an amount only."""
        if is_summary(cells):
            return None
        number, ref, kind, when = (self._text(cells, role) for role in ("number", "ref", "kind", "time"))
        if not number and not ref and not when:
            return None
        for role, text in (("number", number), ("ref", ref)):
            if LOST in text:
                return self._wrong(place, "digits_lost", role, text)
            if len(text) > LONGEST:
                return self._wrong(place, "too_long", role, text)
        try:
            amount = self._amount(cells, kind)
        except InvalidOperation:
            return self._wrong(place, "bad_amount", "amount", self._text(cells, "amount"))
        try:
            at = self._time(when)
        except (ValueError, OverflowError):
            return self._wrong(place, "bad_time", "time", when)
        return StatementEntry(place, at, number, ref, kind[:32], amount)

    def _wrong(self, place: int, code: str, role: str, text: str) -> LineProblem:
        return LineProblem(place, code, getattr(self.profile, role), text[:40])

    def _text(self, cells: Sequence[str], role: str) -> str:
        at = self._at[role]
        # Excel is kept from rounding long numbers by a tab, a quote or ="..." around them.
        return clean(cells[at]).strip("`'=\"\t ").replace("\x00", "") if at is not None and at < len(cells) else ""

    def _amount(self, cells: Sequence[str], kind: str) -> Decimal:
        amount = amount_of(self._text(cells, "amount"))
        sign = self.profile.sign
        if sign == "opposite":
            amount = -amount
        elif sign == "cost":
            amount = -abs(amount)
        elif sign == "kind":
            came_back = any(word in kind.lower() for word in self._back)
            amount = abs(amount) if came_back else -abs(amount)
        back = self._text(cells, "refunded")
        return amount + (abs(amount_of(back)) if back not in ("", "-", "--") else 0)

    def _time(self, text: str) -> datetime | None:
        if self._at["time"] is None or not text:
            return None
        return time_of(text, self.profile.times, self.zone)


def amount_of(text: str) -> Decimal:
    """ "¥1,234.50", "(12.00)", "-8元" and the like. Raises InvalidOperation."""
    bare = _MONEY.sub("", text)
    if match := _BRACKETS.fullmatch(bare):
        bare = "-" + (match[1] or match[2])
    if not _AMOUNT.fullmatch(bare) or len(bare) > 24:
        raise InvalidOperation(text[:40])
    amount = Decimal(bare.replace("−", "-").replace("－", "-"))
    if amount != round(amount, 6) or abs(amount) >= Decimal(10**12):
        raise InvalidOperation(text[:40])
    return amount


def time_of(text: str, times: str, zone: ZoneInfo) -> datetime:
    """In UTC; what is given without a zone is of theirs. Raises ValueError."""
    if times == "unix":
        seconds = int(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 10**11 else seconds, UTC)
    if times == "ymd" and "T" in text:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    groups = _DIGITS.findall(text)
    if len(groups) == 1 and len(groups[0]) in (8, 14):
        bare = groups[0]
        groups = [bare[:4], *(bare[at : at + 2] for at in range(4, len(bare), 2))]
    if not 3 <= len(groups) <= 7:
        raise ValueError("not a time")
    first, second, third, *rest = map(int, groups[:6])
    order = {"ymd": (first, second, third), "dmy": (third, second, first), "mdy": (third, first, second)}
    year, month, day = order[times]
    hour, minute, second = (*rest, 0, 0, 0)[:3]
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
