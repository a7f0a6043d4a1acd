"""A file as chunks of whole lines, in constant memory, from any line on."""

import codecs
import hashlib
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from goodfor.vault.importing.processes import start_process, stop_process
from goodfor.vault.importing.worker import receive, send
from goodfor.vault.parsing import encoding, sheets, sniff
from goodfor.vault.parsing.layout import SHEET, TEXT, Layout
from goodfor.vault.parsing.problems import BINARY_FILE, EMPTY_FILE, FILE_CHANGED, FILE_TOO_LARGE, ZIP_BOMB, FileProblem
from goodfor.vault.types import MAX_FILE_BYTES

MAX_BYTES = MAX_FILE_BYTES
LINES_PER_CHUNK = 20_000
SAMPLE_LINES = 400
HEAD_BYTES = 64 * 1024
MAX_LINE_BYTES = 1024 * 1024
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RawChunk:
    """Whole lines, undecoded. `first_line` counts from 1; `end_offset` is how far in the file (bytes) they reach."""

    data: bytes = field(repr=False)
    first_line: int
    end_offset: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass over a file tells."""

    path: Path
    filename: str
    kind: str
    size: int
    sha256: bytes
    stamp: int
    head: bytes = field(repr=False)
    is_utf8: bool
    is_gb18030: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a person said about a file; believed over what it looks like."""

    separator: str | None = None
    columns: tuple[str, ...] | None = None
    skip_lines: int | None = None
    encoding: str | None = None


def scan(path: Path, *, filename: str | None = None, max_bytes: int = MAX_BYTES) -> Scan:
    """Hash the file and see whether it is text, sheet or nothing of ours.

    Raises FileProblem: empty_file, file_too_large, unsupported_type, broken_xlsx, zip_bomb; OSError.
    """
    filename = filename or path.name
    stat = path.stat()
    if stat.st_size == 0:
        raise FileProblem(EMPTY_FILE)
    if stat.st_size > max_bytes:
        raise FileProblem(FILE_TOO_LARGE, size=stat.st_size, limit=max_bytes)
    digest, utf8, head = hashlib.sha256(), _Fits("utf-8"), b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            head = head or block[:HEAD_BYTES]
            digest.update(block)
            utf8.feed(block)
    kind = encoding.kind_of(Path(filename).suffix, head)
    if kind == SHEET:
        sheets.guard(path)
    is_utf8 = utf8.end()
    is_gb18030 = kind == TEXT and not is_utf8 and _fits_whole(path, "gb18030")
    return Scan(path, filename, kind, stat.st_size, digest.digest(), stat.st_mtime_ns, head, is_utf8, is_gb18030)


class _Fits:
    """Whether all of a file decodes."""

    def __init__(self, name: str) -> None:
        self._decoder, self._ok = codecs.getincrementaldecoder(name)("strict"), True

    def feed(self, block: bytes) -> None:
        if self._ok:
            self._try(block, final=False)

    def end(self) -> bool:
        if self._ok:
            self._try(b"", final=True)
        return self._ok

    def _try(self, block: bytes, *, final: bool) -> None:
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError:
            self._ok = False


def _fits_whole(path: Path, name: str) -> bool:
    fits = _Fits(name)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            fits.feed(block)
    return fits.end()


def understand(found: Scan, told: Told) -> Layout:
    """The layout of a scanned file.

    Raises FileProblem: binary_file, encoding_unknown, no_codes, columns_unclear, digits_lost, broken_xlsx, zip_bomb.
    """
    lines, codec, newline, bom = sample(found, told.encoding)
    return sniff.understand(
        lines,
        kind=found.kind,
        encoding=codec,
        newline=newline,
        bom_bytes=bom,
        separator=told.separator,
        columns=told.columns,
        skip_lines=told.skip_lines,
    )


def sample(found: Scan, told_encoding: str | None = None) -> tuple[list[str], str, str, int]:
    """(first lines, encoding, line end, bytes of the byte order mark)."""
    if found.kind == SHEET:
        data = next((chunk.data for chunk in sheet_chunks(found.path, found.size, 0, SAMPLE_LINES)), b"")
        return data.decode("utf-8", "replace").split("\n"), "utf-8", "\n", 0
    codec, bom = encoding.detect(
        found.head, whole_is_utf8=found.is_utf8, whole_is_gb18030=found.is_gb18030, told=told_encoding
    )
    text = codecs.getincrementaldecoder(codec)("replace").decode(found.head[bom:], final=False)
    newline = "\n" if "\n" in text or "\r" not in text else "\r"
    lines = text.split(newline)
    if len(lines) > 1 and found.size > len(found.head):
        lines.pop()
    return [line.removesuffix("\r") for line in lines[:SAMPLE_LINES]], codec, newline, bom


def chunks(found: Scan, layout: Layout, *, offset: int, lines_done: int) -> Generator[RawChunk, None, None]:
    """The rest of the file from `offset` (bytes) and `lines_done` on, about 20,000 lines at a time.

    Raises FileProblem: binary_file for a line of a megabyte, file_changed when the file was written meanwhile.
    """
    if layout.kind == SHEET:
        yield from sheet_chunks(found.path, found.size, lines_done, LINES_PER_CHUNK)
    else:
        per_line = max(8, len(found.head) // max(1, found.head.count(layout.newline.encode())))
        block = min(4 * _BLOCK, max(64 * 1024, per_line * LINES_PER_CHUNK))
        with found.path.open("rb") as file:
            file.seek(max(offset, layout.bom_bytes))
            if layout.encoding.startswith("utf-16"):
                yield from _wide_chunks(file, layout, lines_done, block, found.size)
            else:
                yield from _byte_chunks(file, layout.newline.encode(), lines_done, block, found.size)
    stat = found.path.stat()
    if (stat.st_size, stat.st_mtime_ns) != (found.size, found.stamp):
        raise FileProblem(FILE_CHANGED)


def _byte_chunks(
    file: BinaryIO, newline: bytes, lines_done: int, block_bytes: int, end: int
) -> Generator[RawChunk, None, None]:
    # Neither in UTF-8 nor in GB18030 can a line end be part of a longer character.
    offset, rest = file.tell(), b""
    while block := file.read(min(block_bytes, end - file.tell())):
        data = rest + block
        cut = data.rfind(newline) + 1
        if cut == 0 and len(data) > MAX_LINE_BYTES:
            raise FileProblem(BINARY_FILE)
        whole, rest = data[:cut], data[cut:]
        if whole:
            offset += len(whole)
            yield RawChunk(whole, lines_done + 1, offset)
            lines_done += whole.count(newline)
    if rest:
        yield RawChunk(rest, lines_done + 1, offset + len(rest))


def _wide_chunks(
    file: BinaryIO, layout: Layout, lines_done: int, block_bytes: int, end: int
) -> Generator[RawChunk, None, None]:
    codec, newline = layout.encoding, layout.newline
    offset, rest = file.tell(), b""
    while block := file.read(min(block_bytes * 2, end - file.tell())):
        data = rest + block
        even = len(data) & ~1
        text = data[:even].decode(codec, "surrogatepass" if even == len(data) else "replace")
        cut = text.rfind(newline) + 1
        if cut == 0 and len(data) > 2 * MAX_LINE_BYTES:
            raise FileProblem(BINARY_FILE)
        whole = text[:cut]
        taken = len(whole.encode(codec, "surrogatepass"))
        rest = data[taken:]
        if whole:
            offset += taken
            yield RawChunk(whole.encode("utf-8", "surrogatepass"), lines_done + 1, offset)
            lines_done += whole.count(newline)
    if rest:
        text = rest[: len(rest) & ~1].decode(codec, "surrogatepass")
        yield RawChunk(text.encode("utf-8", "surrogatepass"), lines_done + 1, offset + len(rest))


def sheet_chunks(path: Path, size: int, rows_done: int, rows: int) -> Generator[RawChunk, None, None]:
    """Rows of the first visible sheet from a row on, so many at a time, by a process of its own. Raises FileProblem."""
    process = start_process("goodfor.vault.importing.sheet_reader")
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        send(process.stdin, (str(path), rows_done, rows))
        while (answer := _answer(process.stdout)) is not None:
            data, first_row, count, total = answer
            yield RawChunk(data, first_row, size * (first_row + count - 1) // max(1, total))
    finally:
        stop_process(process)


def _answer(stream: Any) -> tuple[bytes, int, int, int] | None:
    try:
        answer = receive(stream)
    except EOFError:
        # The reader died of its memory limit.
        raise FileProblem(ZIP_BOMB) from None
    if answer is not None and len(answer) == 2:
        raise FileProblem(answer[0], **answer[1])
    return answer  # type: ignore[no-any-return]
