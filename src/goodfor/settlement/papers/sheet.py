"""A statement as XLSX: what it says on the first sheet, its items on the next ones; written row by row."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter
from django.utils.translation import gettext as _

from goodfor.settlement.papers import content
from goodfor.settlement.types import ItemView, StatementView

ROWS: Final = 1_048_575
_OPTIONS: Final[dict[str, Any]] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "in_memory": False,
}


def write(view: StatementView, items: Iterable[ItemView], out: IO[bytes]) -> int:
    """Write the workbook; how many items."""
    count = 0
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        formats = {
            "bold": book.add_format({"bold": True}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        _summary(book, view, formats)
        sheet, at = _items_sheet(book, formats), 0
        for one in items:
            if at == ROWS:
                sheet, at = _items_sheet(book, formats), 0
            at, count = at + 1, count + 1
            _row(sheet, at, content.item(one, view.currency), formats)
    return count


def _summary(book: Any, view: StatementView, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(_("结算单"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 30)
    at = 0
    for label, value in content.head(view):
        _row(sheet, at, (label, value), formats)
        at += 1
    at += 1
    _row(sheet, at, content.sum_heads(), formats, bold=True)
    for kind in content.sums(view):
        at += 1
        _row(sheet, at, kind, formats)


def _items_sheet(book: Any, formats: dict[str, Any]) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 6, 20)
    _row(sheet, 0, content.item_heads(), formats, bold=True)
    return sheet


def _row(sheet: Any, at: int, cells: Sequence[content.Cell], formats: dict[str, Any], *, bold: bool = False) -> None:
    for column, value in enumerate(cells):
        if isinstance(value, datetime):
            sheet.write_datetime(at, column, value, formats["time"])
        elif isinstance(value, Decimal):
            sheet.write_number(at, column, value, formats["money"])
        elif isinstance(value, int):
            sheet.write_number(at, column, value)
        else:
            sheet.write_string(at, column, value, formats["bold"] if bold else None)
