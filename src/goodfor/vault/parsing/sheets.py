"""Spreadsheets: a guard before they are opened, and cells as text. Pure but for reading the given file."""

import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from goodfor.vault.parsing import problems
from goodfor.vault.parsing.layout import CELL, SPOILED, spoil
from goodfor.vault.parsing.problems import BROKEN_XLSX, ZIP_BOMB, FileProblem

#: All members unzipped together. A million rows of one short column are about 45 MB.
MAX_UNZIPPED = 60 * 1024 * 1024
MAX_MEMBERS = 500
#: Text in XML shrinks 10 to 40 times; a member that shrinks more than this, and is not small, was made to.
MAX_RATIO = 250
SMALL = 1024 * 1024
#: Excel keeps 15 digits of a number: beyond, what stands in the cell is not what was typed.
MAX_EXACT = 10**15
_STEP = 256 * 1024
_LOCAL_HEADER = 30


def guard(path: Path, *, max_unzipped: int = MAX_UNZIPPED) -> None:
    """Refuse what would eat the machine when opened: measured by unzipping, not by what the file claims.

    Raises FileProblem: broken_xlsx, zip_bomb.
    """
    try:
        with path.open("rb") as raw:
            guard_file(raw, max_unzipped=max_unzipped)
    except OSError as error:
        raise FileProblem(BROKEN_XLSX) from error


def guard_file(raw: BinaryIO, *, max_unzipped: int = MAX_UNZIPPED) -> None:
    """The same for what is open already; it is left open, somewhere inside. Raises FileProblem as `guard`."""
    try:
        with zipfile.ZipFile(raw) as archive:
            members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise FileProblem(ZIP_BOMB, members=len(members))
        if "[Content_Types].xml" not in {member.filename for member in members}:
            raise FileProblem(BROKEN_XLSX)
        left = max_unzipped
        for member in members:
            left -= _unzipped_size(raw, member, left)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise FileProblem(BROKEN_XLSX) from error


def _unzipped_size(raw: BinaryIO, member: zipfile.ZipInfo, limit: int) -> int:
    if member.flag_bits & 0x1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileProblem(BROKEN_XLSX)
    raw.seek(member.header_offset)
    header = raw.read(_LOCAL_HEADER)
    if len(header) != _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise FileProblem(BROKEN_XLSX)
    raw.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    if member.compress_type == zipfile.ZIP_STORED:
        size = member.compress_size
    else:
        size = _inflated(raw, member.compress_size, limit)
    if size > limit or (size > SMALL and size > MAX_RATIO * max(1, member.compress_size)):
        raise FileProblem(ZIP_BOMB, limit=MAX_UNZIPPED)
    return size


def _inflated(raw: BinaryIO, compressed: int, limit: int) -> int:
    unpack, size = zlib.decompressobj(-15), 0
    while compressed > 0 and size <= limit and not unpack.eof:
        block = raw.read(min(_STEP, compressed))
        if not block:
            raise FileProblem(BROKEN_XLSX)
        compressed -= len(block)
        while block and size <= limit and not unpack.eof:
            size += len(unpack.decompress(block, _STEP))
            block = unpack.unconsumed_tail
    return size


def row_text(cells: list[Any]) -> str:
    """One row as a line for the parser: cells as they would be read, or marked with what spoiled them."""
    return CELL.join([cell if type(cell) is str and cell.isalnum() else _cell_text(cell) for cell in cells])


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.strip()
        if any(mark in text for mark in ("\n", CELL, SPOILED)):
            return spoil(problems.CONTROL_CHARACTER, "")
        return text
    if isinstance(cell, bool):
        return spoil(problems.NOT_TEXT, "")
    if isinstance(cell, int | float):
        return _number_text(cell)
    if isinstance(cell, datetime):
        return spoil(problems.NOT_TEXT, cell.strftime("%Y-%m-%d %H:%M:%S"))
    if isinstance(cell, date):
        return spoil(problems.NOT_TEXT, cell.isoformat())
    return spoil(problems.NOT_TEXT, "")


def _number_text(value: float) -> str:
    if value != value or abs(value) >= MAX_EXACT:
        return spoil(problems.NUMBER_CELL_TOO_LONG, "")
    if value != int(value):
        return spoil(problems.FRACTIONAL_NUMBER, f"{value:.4f}".rstrip("0"))
    return str(int(value))
