"""Where files on their way in lie: in a folder of ours, readable by us alone, under names that nobody chose."""

import hashlib
import os
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from goodfor.vault.errors import refusal
from goodfor.vault.importing import source
from goodfor.vault.parsing.encoding import SHEET_SUFFIXES
from goodfor.vault.parsing.problems import FILE_TOO_LARGE, FileProblem
from goodfor.vault.types import ReceivedFile

PART = ".part"


def folder() -> Path:
    """The folder, made if need be."""
    path = Path(settings.DATA_DIR) / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def received_path(name: str) -> Path:
    """A file that arrived and is nobody's yet."""
    return folder() / Path(name).name


def intake_path(intake_id: UUID, filename: str) -> Path:
    """The file of an intake. Readers of spreadsheets want to see a suffix."""
    sheet = Path(filename).suffix.lower() in SHEET_SUFFIXES
    return folder() / f"{intake_id}{'.xlsx' if sheet else '.txt'}"


class Receiving:
    """A file as it arrives: written through, hashed, never larger than allowed. Call `close` or `discard`."""

    def __init__(self, max_bytes: int = source.MAX_BYTES) -> None:
        self._name = f"{uuid4().hex}{PART}"
        self._max, self._size, self._digest = max_bytes, 0, hashlib.sha256()
        self._path = folder() / self._name
        self._fd: int | None = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def write(self, data: bytes) -> None:
        """Append. Raises FileRefused (file_too_large), and then keeps nothing."""
        assert self._fd is not None
        self._size += len(data)
        if self._size > self._max:
            self.discard()
            raise refusal(FileProblem(FILE_TOO_LARGE, limit=self._max))
        self._digest.update(data)
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]

    def close(self) -> ReceivedFile:
        """The whole file."""
        self._end()
        return ReceivedFile(self._name, self._size, self._digest.digest())

    def discard(self) -> None:
        """Keep nothing of it."""
        self._end()
        self._path.unlink(missing_ok=True)

    def _end(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
