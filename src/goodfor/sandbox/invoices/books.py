"""What was written, and every call with its verdict. SQLite in a file of their own."""

import json
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS invoice (
    id INTEGER PRIMARY KEY, app_key TEXT NOT NULL, number TEXT NOT NULL, kind TEXT NOT NULL, class TEXT NOT NULL,
    amount INTEGER NOT NULL, tax INTEGER NOT NULL, original TEXT NOT NULL, official TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL, error TEXT NOT NULL, asks_left INTEGER NOT NULL, said TEXT NOT NULL, at INTEGER NOT NULL,
    UNIQUE (app_key, number));
CREATE INDEX IF NOT EXISTS invoice_original ON invoice (original);
CREATE TABLE IF NOT EXISTS call (id INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, number TEXT NOT NULL,
    verdict TEXT NOT NULL);
"""
_COLUMNS = "app_key, number, kind, class, amount, tax, original, official, state, error, asks_left, said, at"


class Books:
    """One file. Safe between threads: one at a time."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(data_dir / "invoices.sqlite3", isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(_SCHEMA)

    @property
    def one_at_a_time(self) -> threading.RLock:
        """Held by whoever reads and then writes."""
        return self._lock

    def find(self, app_key: str, number: str) -> dict[str, object] | None:
        """By the seller's number."""
        with self._lock:
            row = self._db.execute(
                "SELECT * FROM invoice WHERE app_key = ? AND number = ?", (app_key, number)
            ).fetchone()
        return dict(row) if row else None

    def original(self, app_key: str, official: str) -> dict[str, object] | None:
        """An invoice that was written, by its own number, with what red letters took of it so far: `back`."""
        with self._lock:
            row = self._db.execute(
                "SELECT i.*, (SELECT coalesce(sum(r.amount), 0) FROM invoice r WHERE r.app_key = i.app_key"
                " AND r.original = i.official AND r.state <> 'refused') AS back FROM invoice i"
                " WHERE i.app_key = ? AND i.official = ? AND i.kind = 'blue' AND i.state = 'issued'",
                (app_key, official),
            ).fetchone()
        return dict(row) if row else None

    def add(self, row: Mapping[str, object]) -> None:
        """Keeps one that was taken on."""
        with self._lock:
            marks = ", ".join(f":{name}" for name in _COLUMNS.split(", "))
            self._db.execute(f"INSERT INTO invoice ({_COLUMNS}) VALUES ({marks})", dict(row))  # noqa: S608

    def asked(self, app_key: str, number: str) -> None:
        """One question nearer to its end."""
        with self._lock:
            self._db.execute(
                "UPDATE invoice SET asks_left = asks_left - 1,"
                " state = CASE WHEN asks_left <= 1 THEN 'issued' ELSE state END"
                " WHERE app_key = ? AND number = ? AND state = 'writing'",
                (app_key, number),
            )

    def call(self, endpoint: str, number: str, verdict: str) -> None:
        """Notes a call."""
        with self._lock:
            self._db.execute(
                "INSERT INTO call (endpoint, number, verdict) VALUES (?, ?, ?)", (endpoint, number, verdict)
            )

    def listed(self) -> dict[str, list[dict[str, object]]]:
        """All of it, in the order it came."""
        with self._lock:
            invoices = [dict(row) for row in self._db.execute("SELECT * FROM invoice ORDER BY id")]
            calls = [dict(row) for row in self._db.execute("SELECT * FROM call ORDER BY id")]
        return {"invoices": [{**row, "said": json.loads(str(row["said"]))} for row in invoices], "calls": calls}

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()
