"""Rows of a spreadsheet as texts, for rooms that read files of another kind than codes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from goodfor.vault.importing.source import sheet_chunks
from goodfor.vault.parsing import sheets
from goodfor.vault.parsing.layout import CELL, SPOILED
from goodfor.vault.parsing.problems import NUMBER_CELL_TOO_LONG

_AT_ONCE: Final = 2_000
#: Stands for what cannot be read any more: a number of which Excel kept 15 digits, bytes that are no text.
LOST: Final = "\ufffd"


def sheet_rows(path: Path) -> Iterator[list[str]]:
    """Of the first visible sheet, from its first row; numbers and dates as they are written.

    A process of its own reads the file, within its own limit of memory. Raises FileProblem: broken_xlsx, zip_bomb,
    empty_file.
    """
    sheets.guard(path)
    for chunk in sheet_chunks(path, path.stat().st_size, 0, _AT_ONCE):
        for line in chunk.data.decode("utf-8", "replace").split("\n")[:-1]:
            yield [_value(cell) for cell in line.split(CELL)]


def _value(cell: str) -> str:
    if not cell.startswith(SPOILED):
        return cell
    _empty, problem, value = cell.split(SPOILED, 2)
    return LOST if problem == NUMBER_CELL_TOO_LONG else value
