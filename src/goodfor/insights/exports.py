"""Tables as files: CSV that spreadsheets open rightly, and XLSX with the columns' meanings on a sheet of their own."""

import csv
import io
import re
from typing import Any, Final

import xlsxwriter

from goodfor.insights.types import Table

#: A cell that begins so would be run as a formula.
_FORMULA: Final = re.compile(r"^[=+\-@\t\r]")
#: Money and counts stay numbers.
_NUMBER: Final = re.compile(r"^-?[0-9]+(\.[0-9]+)?$")


def as_csv(table: Table) -> bytes:
    """UTF-8 with a mark at the beginning, lines ended by CRLF. Texts that look like formulas get an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([_safe(cell) for cell in row] for row in table.rows)
    return "\ufeff".encode() + out.getvalue().encode()


def as_xlsx(table: Table) -> bytes:
    """A workbook: the rows, and the columns' meanings where there are any."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 1)
    head = book.add_format({"bold": True})
    sheet.write_row(0, 0, table.columns, head)
    for number, row in enumerate(table.rows, 1):
        for place, cell in enumerate(row):
            _write(sheet, number, place, cell)
    if any(table.meanings):
        second = book.add_worksheet()
        for number, pair in enumerate(zip(table.columns, table.meanings, strict=True)):
            second.write_row(number, 0, pair)
    book.close()
    return out.getvalue()


def _safe(cell: Any) -> Any:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


def _write(sheet: Any, row: int, place: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, str) and _NUMBER.match(cell) and len(cell) <= 15:
        # A decimal of at most 15 places is the same in a spreadsheet.
        sheet.write_number(row, place, float(cell))
    elif isinstance(cell, int | float):
        sheet.write_number(row, place, cell)
    else:
        sheet.write_string(row, place, str(cell))
