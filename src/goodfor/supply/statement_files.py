"""A supplier's file as rows of texts, in constant memory, and the place where it waits between two looks at it."""

import codecs
import csv
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from goodfor.kernel.ids import uuid7
from goodfor.supply.errors import StatementRefused
from goodfor.supply.statement_profile import HEADER_WITHIN, SEPARATORS, Profile, looks_like_header
from goodfor.vault.reading import FileProblem, detect, kind_of, sheet_rows

MAX_BYTES: Final = 30 * 1024 * 1024
MAX_ROWS: Final = 200_000
#: A file that nobody confirmed is deleted after so many seconds.
KEPT_SECONDS: Final = 24 * 3600
_HEAD: Final = 64 * 1024
_PIECE: Final = 1 << 20
csv.field_size_limit(64 * 1024)


def folder() -> Path:
    """Readable by us alone, made if need be."""
    path = Path(settings.DATA_DIR) / "statements"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(*, shop_id: UUID, supplier_id: UUID, filename: str, parts: Iterable[bytes]) -> str:
    """Store a file until it is confirmed; its SHA-256 in hex. Raises StatementRefused (too_large, empty_file...)."""
    kind = _kind(filename)
    part = folder() / f"{uuid7()}.part"
    digest, size = hashlib.sha256(), 0
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in parts:
                size += len(piece)
                if size > MAX_BYTES:
                    raise StatementRefused(reason="file_too_large", limit=MAX_BYTES)
                digest.update(piece)
                file.write(piece)
        if not size:
            raise StatementRefused(reason="empty_file")
        mark = digest.hexdigest()
        part.replace(_path(shop_id, supplier_id, mark, kind))
    finally:
        part.unlink(missing_ok=True)
    return mark


def kept(*, shop_id: UUID, supplier_id: UUID, mark: str) -> Path:
    """The file that waits under that mark, for that supplier. Raises StatementRefused(gone)."""
    if len(mark) == 64 and set(mark) <= set("0123456789abcdef"):
        for kind in ("text", "sheet"):
            path = _path(shop_id, supplier_id, mark, kind)
            if path.is_file():
                return path
    raise StatementRefused(reason="gone")


def _path(shop_id: UUID, supplier_id: UUID, mark: str, kind: str) -> Path:
    return folder() / f"{shop_id}.{supplier_id}.{mark}.{kind}"


def _kind(filename: str) -> str:
    try:
        return kind_of(Path(filename).suffix, b"")
    except FileProblem as problem:
        raise StatementRefused(reason=problem.code) from None


def forget_files() -> int:
    """Delete what nobody confirmed; how many."""
    old = time.time() - KEPT_SECONDS
    stale = [path for path in folder().iterdir() if path.is_file() and path.stat().st_mtime < old]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


class Rows:
    """Rows below the header, each with its line in the file. `encoding`, `separator`: as found out or as told."""

    def __init__(self, path: Path, profile: Profile | None) -> None:
        self.encoding, self.separator = "", ""
        try:
            rows = enumerate(self._all(path, profile), 1)
            first = list(islice(rows, HEADER_WITHIN))
        except FileProblem as problem:
            raise StatementRefused(reason=problem.code) from None
        place = _header_in(first, profile)
        self.header_line = place + 1
        self.header = first[place][1]
        self._rest = chain(first[place + 1 :], rows)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Raises StatementRefused."""
        try:
            for count, (line, cells) in enumerate(self._rest):
                if count >= MAX_ROWS:
                    raise StatementRefused(reason="too_many_rows", limit=MAX_ROWS)
                yield line, cells
        except FileProblem as problem:
            raise StatementRefused(reason=problem.code) from None
        except csv.Error:
            raise StatementRefused(reason="bad_quotes") from None

    def _all(self, path: Path, profile: Profile | None) -> Iterator[list[str]]:
        if path.suffix == ".sheet":
            self.encoding = "xlsx"
            return sheet_rows(path)
        with path.open("rb") as raw:
            head = raw.read(_HEAD)
        told = profile.encoding or None if profile else None
        codec, bom = detect(
            head, whole_is_utf8=_fits(path, "utf-8"), whole_is_gb18030=_fits(path, "gb18030"), told=told
        )
        self.encoding = codec
        start = head[bom:].decode(codec, "replace")
        self.separator = (profile.separator if profile else "") or _separator(start, profile)
        return self._text_rows(path, codec)

    def _text_rows(self, path: Path, codec: str) -> Iterator[list[str]]:
        with path.open(encoding=codec, errors="replace", newline="") as file:
            for number, cells in enumerate(csv.reader(_without_mark(file), delimiter=self.separator)):
                if number == 0 and cells:
                    cells[0] = cells[0].lstrip("\ufeff")
                yield cells


def _without_mark(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\x00", "")


def _separator(start: str, profile: Profile | None) -> str:
    """The one whose lines look like a header; else the most frequent."""
    lines = start.splitlines()[:HEADER_WITHIN]
    for separator in SEPARATORS:
        if any(looks_like_header([cell.strip('" ') for cell in line.split(separator)], profile) for line in lines):
            return separator
    return max(SEPARATORS, key=start.count)


def _header_in(first: list[tuple[int, list[str]]], profile: Profile | None) -> int:
    if not first:
        raise StatementRefused(reason="empty_file")
    if profile is not None and 0 < profile.header <= len(first):
        return profile.header - 1
    for place, (_line, cells) in enumerate(first):
        if looks_like_header(cells, profile):
            return place
    # The line with the most words: whoever looks at it says which column is what.
    return max(range(len(first)), key=lambda place: sum(bool(cell.strip()) for cell in first[place][1]))


def _fits(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
