"""A process that reads one spreadsheet and sends its rows as text: what a hostile file can eat is limited to it.

calamine holds a whole sheet in memory, and a small file can describe a huge one; so the reader runs under a memory
limit of its own, and dying of it means that the file is refused, not that the shop stops.
"""

import sys
from pathlib import Path
from typing import BinaryIO

import python_calamine

from goodfor.vault.importing.worker import receive, send
from goodfor.vault.parsing.problems import BROKEN_XLSX, EMPTY_FILE, ZIP_BOMB
from goodfor.vault.parsing.sheets import row_text

try:
    import resource
except ImportError:  # not on every system
    resource = None  # type: ignore[assignment]

MEMORY_BYTES = 1 << 30


def read(path: Path, start_row: int, rows_per_chunk: int, sink: BinaryIO) -> None:
    """Send (bytes, first row number from 1, rows, rows in all) for each chunk of the first visible sheet, then None."""
    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        name = next(
            (
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
                and sheet.visible == python_calamine.SheetVisibleEnum.Visible
            ),
            None,
        )
        if name is None:
            send(sink, (EMPTY_FILE, {}))
            return
        sheet = book.get_sheet_by_name(name)
        total = sheet.total_height
        lines: list[str] = []
        for row_no, cells in enumerate(sheet.iter_rows(), 1):
            if row_no <= start_row:
                continue
            lines.append(row_text(cells))
            if len(lines) == rows_per_chunk:
                _send_lines(sink, lines, row_no, total)
                lines = []
        if lines:
            _send_lines(sink, lines, row_no, total)
    send(sink, None)


def _send_lines(sink: BinaryIO, lines: list[str], last_row: int, total: int) -> None:
    data = ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
    send(sink, (data, last_row - len(lines) + 1, len(lines), total))


def main() -> None:
    """Read one request from stdin, answer on stdout."""
    sink = sys.stdout.buffer
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path, start_row, rows_per_chunk = receive(sys.stdin.buffer)
    try:
        read(Path(path), start_row, rows_per_chunk, sink)
    except MemoryError:
        send(sink, (ZIP_BOMB, {}))
    except (python_calamine.CalamineError, ValueError, OSError):
        send(sink, (BROKEN_XLSX, {}))


if __name__ == "__main__":
    try:
        main()
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)
