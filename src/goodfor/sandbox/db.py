"""The SQLite file of the books: one writer at a time, readers on snapshots of their own."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # a system without flock: the second gateway on one directory is then not caught
    fcntl = None  # type: ignore[assignment]

_MAX_IDLE_READERS = 8
# Books of earlier versions knew no buyer who pays less than was asked. SQLite changes a CHECK only in its own text.
_OLD_CHECK, _NEW_CHECK = "CHECK (paid_fen IN (0, money_fen))", "CHECK (paid_fen BETWEEN 0 AND money_fen)"


class BooksInUse(Exception):
    """Another gateway already keeps its books in this directory."""


class Database:
    """Opens `DIR/<name>.sqlite3` in WAL mode with the schema of a package. Raises BooksInUse when another holds it."""

    def __init__(self, data_dir: Path, *, package: str = "goodfor.sandbox", name: str = "books") -> None:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock_file = _lock_directory(data_dir, "gateway" if name == "books" else name)
        self._path = data_dir / f"{name}.sqlite3"
        self._writer = self._connect()
        self._writer.executescript(resources.files(package).joinpath("schema.sql").read_text("utf-8"))
        self._loosen()
        self._write_lock = threading.Lock()
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=10.0, cached_statements=256
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing in WAL mode; only a power cut could, and these books are not worth an fsync.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _loosen(self) -> None:
        """Lets books that an earlier version began take short payments."""
        found = self._writer.execute("SELECT sql FROM sqlite_schema WHERE name = 'trades'").fetchone()
        if found is None or _OLD_CHECK not in found["sql"]:
            return
        self._writer.execute("PRAGMA writable_schema = ON")
        self._writer.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'trades'", (_OLD_CHECK, _NEW_CHECK)
        )
        self._writer.execute("PRAGMA writable_schema = RESET")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One write transaction; rolled back when the block raises."""
        with self._write_lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One snapshot: all statements in the block see the same books."""
        with self._readers_lock:
            connection = self._readers.pop() if self._readers else None
        connection = connection or self._connect()
        try:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
            raise
        with self._readers_lock:
            keep = len(self._readers) < _MAX_IDLE_READERS
            if keep:
                self._readers.append(connection)
        if not keep:
            connection.close()

    def close(self) -> None:
        """Closes every connection and gives the directory free. Call it when no request runs."""
        with self._write_lock, self._readers_lock:
            for connection in [*self._readers, self._writer]:
                connection.close()
            self._readers.clear()
        self._lock_file.close()


def _lock_directory(data_dir: Path, name: str) -> IO[bytes]:
    file = open(data_dir / f"{name}.lock", "wb")  # noqa: SIM115 - held until close()
    if fcntl is not None:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as refused:
            file.close()
            raise BooksInUse(f"another gateway (not pid {os.getpid()}) uses {data_dir}") from refused
    return file
