"""Lists that people wrote with a spreadsheet: bytes to rows, with what is wrong in them. Pure.

UTF-8 with and without its mark, UTF-16 with one, and GB 18030 (and so GBK); commas, semicolons or tabs. Of what
spreadsheets do to cells: ="0012", a leading apostrophe, full-width digits, spaces of all kinds, 1,234.50, 12.0.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from goodfor.welfare.calendar import is_day
from goodfor.welfare.errors import FileUnreadable

MOST_BYTES: Final = 8_000_000
MOST_LINES: Final = 100_000
#: Of faulty lines that are told one by one.
MOST_FAULTS: Final = 500

UNKNOWN, TWICE, NUMBER, GONE, EMPTY = "unknown", "twice", "number", "left", "empty"
BUDGET, MAIL, DOMAIN, DAY, CELL, LONG = "budget", "mail", "domain", "day", "cell", "long"
SURPLUS, SPLIT = "surplus", "split"

WORK_ID, MAIL_OF, PHONE, NAME, DEPARTMENT = "work_id", "mail", "phone", "name", "department"
BIRTHDAY, JOINED_ON, AMOUNT, NOTE = "birthday", "joined_on", "amount", "note"
#: How columns may be called, in lower case.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    WORK_ID: ("工号", "员工编号", "员工号", "编号", "work id", "work_id", "employee id", "employee_id", "id"),
    MAIL_OF: ("邮箱", "工作邮箱", "企业邮箱", "电子邮箱", "mail", "email", "e-mail", "work mail", "work email"),
    PHONE: ("手机", "手机号", "手机号码", "电话", "phone", "mobile"),
    NAME: ("姓名", "名字", "员工姓名", "name"),
    DEPARTMENT: ("部门", "所属部门", "department", "team"),
    BIRTHDAY: ("生日", "出生日期", "birthday", "birth date"),
    JOINED_ON: ("入职日期", "入职时间", "入职", "joined", "joined on", "joined_on", "start date"),
    AMOUNT: ("金额", "金额（元）", "金额(元)", "发放金额", "元", "amount", "yuan"),
    NOTE: ("备注", "说明", "note", "remark"),
}
_COLUMN: Final = {name: column for column, names in _NAMES.items() for name in names}
_AS_TEXT: Final = re.compile(r'=\s*"(.*)"\Z', re.DOTALL)
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+\Z")
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")
#: The two halves of 12,500.00 where its comma has parted it.
_HEAD: Final = re.compile(r"[¥￥]?\s*\d{1,3}\Z", re.ASCII)
_REST: Final = re.compile(r"\d{3}(?:\.\d+)?\s*元?\Z", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?\Z")
_MONTH_DAY: Final = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?\Z")
#: Of what a person sees as nothing.
_INVISIBLE: Final = re.compile(r"[\u200b-\u200f\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line of a list; line 0: with all of it. `what`: the cell as far as it may be shown."""

    line: int
    code: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list by its columns; `line` counts from the header as 1. `fault`: of its cells by the header."""

    line: int
    cells: Mapping[str, str]
    fault: str = ""

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def rows_of(data: bytes, needs: Callable[[frozenset[str]], bool]) -> list[Row]:
    """All lines with something in them. `needs`: whether these columns will do.

    Raises FileUnreadable (size, encoding, columns, empty).
    """
    if len(data) > MOST_BYTES:
        raise FileUnreadable(reason="size")
    text = _decoded(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise FileUnreadable(reason="empty")
    csv.field_size_limit(10_000)
    try:
        mark = _delimiter(first)
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error:
        raise FileUnreadable(reason="encoding") from None
    start = next((n for n, cells in enumerate(table) if any(cell.strip() for cell in cells)), None)
    if start is None:
        raise FileUnreadable(reason="empty")
    columns = [_COLUMN.get(clean(cell).casefold(), "") for cell in table[start]]
    named = [one for one in columns if one]
    if len(set(named)) != len(named) or not needs(frozenset(named)):
        raise FileUnreadable(reason="columns")
    width = max(n for n, cell in enumerate(table[start], 1) if clean(cell))
    found = [
        _row(start + n + 1, columns, cells, width, mark)
        for n, cells in enumerate(([clean(cell) for cell in cells] for cells in table[start + 1 :]), 1)
        if any(cells)
    ]
    if not found:
        raise FileUnreadable(reason="empty")
    if len(found) > MOST_LINES:
        raise FileUnreadable(reason="size")
    return found


def _row(line: int, columns: Sequence[str], cells: Sequence[str], width: int, mark: str) -> Row:
    """A line, and whether a comma within a cell has moved what follows: 12,500.00 must not become 12 yuan.

    `width`: of the header, without empty cells at its end.
    """
    told = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    if any(cells[width:]):
        return Row(line, told, SURPLUS)
    after = columns.index(AMOUNT) + 1 if AMOUNT in columns else len(cells)
    # A work id beside an amount may well be three digits, and is looked up.
    looked = mark == "," and after < len(cells) and columns[after : after + 1] != [WORK_ID]
    parted = looked and _HEAD.match(told[AMOUNT]) and _REST.match(cells[after])
    return Row(line, told, SPLIT if parted else "")


def _decoded(data: bytes) -> str:
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _by(data, (name,))
    return _by(data, ("utf-8", "gb18030"))


def _by(data: bytes, names: Sequence[str]) -> str:
    for name in names:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileUnreadable(reason="encoding")


def _delimiter(first: str) -> str:
    return max(",;\t", key=first.count)


def clean(cell: str) -> str:
    """A cell as a person means it."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", cell)).strip()
    if match := _AS_TEXT.match(text):
        text = match[1].strip()
    return text[1:].strip() if text.startswith("'") else text


def is_number_gone_wrong(text: str) -> bool:
    """Whether a spreadsheet has made 1.2E+11 of a long number, whose digits are lost."""
    return _SCIENTIFIC.match(text) is not None


def identifier(text: str) -> str:
    """A work id: 1001.0 was 1001."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def minor_of(text: str) -> int | None:
    """Yuan as minor units: above 0, at most two decimals; None: no such amount."""
    plain = text.removesuffix("元").strip().lstrip("¥￥").strip()
    if _GROUPED.match(plain):
        plain = plain.replace(",", "")
    if not plain.isascii() or not plain.replace(".", "", 1).isdigit() or len(plain) > 16:
        return None
    try:
        minor = Decimal(plain) * 100
    except InvalidOperation:
        return None
    return int(minor) if minor == minor.to_integral_value() and minor > 0 else None


def day_of(text: str) -> date | None:
    """A date as people write it; None: none."""
    match = _DATE.match(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def birthday_of(text: str) -> int | None:
    """Month and day of a birthday, with or without its year, as 1231; None: none."""
    if (day := day_of(text)) is not None:
        return day.month * 100 + day.day
    match = _MONTH_DAY.match(text)
    key = int(match[1]) * 100 + int(match[2]) if match else 0
    return key if is_day(key) else None
