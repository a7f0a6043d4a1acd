"""The sheet of orders that a person is mailed. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import xlsxwriter

from goodfor.supply.providers.files.table import FORMULA, MAX_ROWS

HEADER: Final = (
    "我方单号", "商品编号", "商品名称", "规格", "数量", "充值信息", "要求", "卡号", "卡密", "有效期", "结果", "备注",
)  # fmt: skip
_WIDTHS: Final = (22, 16, 28, 16, 8, 32, 20, 24, 28, 14, 10, 24)
_NUMBER: Final = 0
#: From here on the person fills in.
_FILL: Final = 7
#: Before our number in a CSV: 18 bare digits would be rounded when the file is opened.
LETTER: Final = "N"
_LONGEST: Final = 32_000
_EMPTY: Final = ("",) * (len(HEADER) - _FILL)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order. `codes`: a row for each unit, to be filled in; else one row, for what is topped up."""

    number: str
    item_id: str
    item_name: str
    quantity: int
    sku_name: str = ""
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    codes: bool = True
    #: What the person should know.
    wish: str = ""


def order_sheet(rows: Sequence[OrderRow], kind: Literal["xlsx", "csv"] = "xlsx") -> bytes:
    """The file. Raises ValueError for more rows than can be read back."""
    if sum(row.quantity if row.codes else 1 for row in rows) >= MAX_ROWS:
        raise ValueError("too many rows")
    return _xlsx(rows) if kind == "xlsx" else _csv(rows)


def _lines(rows: Sequence[OrderRow]) -> Iterator[list[str]]:
    for row in rows:
        form = "；".join(f"{name}：{value}" for name, value in row.form.items())
        head = [row.number, row.item_id, row.item_name, row.sku_name]
        if not row.codes:
            yield [*head, str(row.quantity), form, row.wish, *_EMPTY]
            continue
        for _unit in range(row.quantity):
            yield [*head, "1", form, row.wish, *_EMPTY]


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take it for one (OWASP, CSV injection)."""
    return text.startswith(FORMULA)


def _csv(rows: Sequence[OrderRow]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for cells in _lines(rows):
        cells[_NUMBER] = LETTER + cells[_NUMBER]
        writer.writerow([_one_line(f"'{cell}" if is_formula(cell) else cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _one_line(text: str) -> str:
    return " ".join(text[:_LONGEST].replace("\x00", "").splitlines())


def _xlsx(rows: Sequence[OrderRow]) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("订单")
    text = book.add_format({"num_format": "@"})
    quoted = book.add_format({"num_format": "@", "quote_prefix": True})
    bold = book.add_format({"bold": True, "num_format": "@"})
    for column, (name, width) in enumerate(zip(HEADER, _WIDTHS, strict=True)):
        # Whole columns as text, so that what is typed in stays as it was typed.
        sheet.set_column(column, column, width, text)
        sheet.write_string(0, column, name, bold)
    for at, cells in enumerate(_lines(rows), 1):
        for column, cell in enumerate(cells):
            if cell or column < _FILL:
                sheet.write_string(at, column, _one_line(cell), quoted if is_formula(cell) else text)
    sheet.freeze_panes(1, 1)
    book.close()
    return out.getvalue()
