"""A list as a file: CSV that a spreadsheet opens rightly, or XLSX; written row by row, however long the list is.

A text that a spreadsheet would take for a formula is quoted: names and notes of buyers come from strangers.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

Value = str | int | Decimal | datetime | None
#: What makes a formula of a text (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX_ROWS = 1_048_575
Tick = Callable[[int], None]


def is_formula(text: str) -> bool:
    """True when a spreadsheet might calculate this text."""
    return text.startswith(FORMULA_STARTS)


def csv_text(value: Value) -> str:
    """A value of a CSV file; texts that look like formulas get an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, str):
        return f"'{value}" if is_formula(value) else value
    return str(value)


def write_csv(path: Path, heads: Sequence[str], pages: Iterator[list[list[Value]]], tick: Tick) -> int:
    """Write the file; how many rows. The mark at the beginning tells Excel that it is UTF-8."""
    rows = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([csv_text(head) for head in heads])
        for page in pages:
            out.writerows([[csv_text(value) for value in row] for row in page])
            rows += len(page)
            tick(rows)
    return rows


def write_xlsx(path: Path, heads: Sequence[str], pages: Iterator[list[list[Value]]], tick: Tick) -> int:
    """Write the file, a new sheet where one is full; how many rows."""
    rows = 0
    options: dict[str, Any] = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        formats = {
            "head": book.add_format({"bold": True}),
            "quoted": book.add_format({"quote_prefix": True}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        sheet, at = _sheet(book, heads, formats), 0
        for page in pages:
            for row in page:
                if at == XLSX_ROWS:
                    sheet, at = _sheet(book, heads, formats), 0
                at += 1
                for column, value in enumerate(row):
                    _write(sheet, at, column, value, formats)
            rows += len(page)
            tick(rows)
    return rows


def _sheet(book: Any, heads: Sequence[str], formats: dict[str, Any]) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(heads), 18)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, formats["head"])
    return sheet


def _write(sheet: Any, row: int, column: int, value: Value, formats: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, formats["time"])
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, value, formats["money"])
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, value[:32_767], formats["quoted"] if is_formula(value) else None)
