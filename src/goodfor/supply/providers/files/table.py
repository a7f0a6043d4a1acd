"""Files of a person as rows of text: CSV in the encodings of this country, or the first sheet of an XLSX. Pure."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, Final

import python_calamine

from goodfor.supply.providers.files.problems import FileRefused
from goodfor.vault.reading import FileProblem, clean, detect, guard_file, kind_of

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 60
_HEAD: Final = 64 * 1024
#: In the order in which they are believed.
_SEPARATORS: Final = "\t,;|，；"
#: Beyond, a spreadsheet does not keep the digits of a number.
_EXACT: Final = 10**15
#: A cell whose text is lost: it stands for the problem of this name.
LOST: Final = "\x02"
#: What a sheet of ours puts before a text that would be a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file with anything in it. `at`: as spreadsheets count, from 1."""

    at: int
    cells: tuple[str, ...] = field(repr=False)


def read_rows(data: bytes, name: str) -> list[Row]:
    """All rows that are not empty, cells cleaned at their ends. Raises FileRefused."""
    if len(data) > MAX_BYTES:
        raise FileRefused("file_too_large")
    try:
        raw = _sheet(data) if kind_of(PurePath(name).suffix, data[:8]) == "sheet" else _text(data)
        rows = []
        for at, cells in enumerate(raw, 1):
            if at > MAX_ROWS:
                raise FileRefused("too_many_rows")
            tidy = tuple(_cell(cell) for cell in cells[:MAX_COLUMNS])
            if any(tidy):
                rows.append(Row(at, tidy))
    except FileProblem as problem:
        raise FileRefused(problem.code) from None
    if not rows:
        raise FileRefused("empty_file")
    return rows


def _text(data: bytes) -> Iterator[list[Any]]:
    encoding, bom = detect(data[:_HEAD], whole_is_utf8=_fits(data, "utf-8"), whole_is_gb18030=_fits(data, "gb18030"))
    try:
        text = data[bom:].decode(encoding)
    except UnicodeDecodeError:
        raise FileRefused("encoding_unknown") from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    at = 0
    try:
        for cells in reader:
            # A quoted cell may take several lines of the file; spreadsheets count it as one.
            at += 1
            yield list(cells)
    except csv.Error:
        raise FileRefused("broken_csv", row=at + 1) from None


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _separator(text: str) -> str:
    """What parts most lines of the beginning into equally many columns, in doubt a comma."""
    lines = [line for line in text[:_HEAD].splitlines()[:50] if line.strip()]
    found = {sign: sum(1 for line in lines if sign in line) for sign in _SEPARATORS}
    best = max(found, key=lambda sign: (found[sign], -_SEPARATORS.index(sign)))
    return best if found[best] > len(lines) / 2 else ","


def _sheet(data: bytes) -> Iterator[list[Any]]:
    raw = io.BytesIO(data)
    guard_file(raw)
    raw.seek(0)
    try:
        with python_calamine.load_workbook(raw) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MAX_ROWS + 1)
    except (python_calamine.CalamineError, OSError, ValueError, IndexError):
        raise FileRefused("broken_xlsx") from None
    return iter(rows)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        text = clean(value.replace(LOST, ""))
        # Its own quoting, from a sheet of ours.
        return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else ""


def _number(value: float) -> str:
    if value != value or abs(value) >= _EXACT:
        return LOST
    return str(int(value)) if value == int(value) else format(value, ".15g")
