"""What came in: letters that were accepted, and every call with its verdict. SQLite in a file of their own."""

import json
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS letter (
    id INTEGER PRIMARY KEY, service TEXT NOT NULL, recipient TEXT NOT NULL, ref TEXT NOT NULL, tag TEXT NOT NULL,
    state TEXT NOT NULL, at_ms INTEGER NOT NULL, content TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS letter_recipient ON letter (service, recipient);
CREATE TABLE IF NOT EXISTS call (
    id INTEGER PRIMARY KEY, service TEXT NOT NULL, endpoint TEXT NOT NULL, verdict TEXT NOT NULL,
    at_ms INTEGER NOT NULL);
"""


class Books:
    """One file. Safe between threads."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(data_dir / "letters.sqlite3", isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(_SCHEMA)

    def letter(
        self,
        service: str,
        recipient: str,
        content: Mapping[str, object],
        *,
        at_ms: int,
        ref: str = "",
        tag: str = "",
        state: str = "delivered",
    ) -> int:
        """Keeps a letter that was accepted; its number."""
        with self._lock:
            cursor = self._db.execute(
                "INSERT INTO letter (service, recipient, ref, tag, state, at_ms, content) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (service, recipient, ref, tag, state, at_ms, json.dumps(content, ensure_ascii=False)),
            )
            return int(cursor.lastrowid or 0)

    def letters(self, service: str = "", recipient: str = "", tag: str = "") -> list[dict[str, object]]:
        """Letters in the order they came."""
        with self._lock:
            rows = self._db.execute(
                "SELECT id, service, recipient, ref, tag, state, at_ms, content FROM letter WHERE"
                " (? = '' OR service = ?) AND (? = '' OR recipient = ?) AND (? = '' OR tag = ?) ORDER BY id",
                (service, service, recipient, recipient, tag, tag),
            ).fetchall()
        return [{**dict(row), "content": json.loads(row["content"])} for row in rows]

    def call(self, service: str, endpoint: str, verdict: str, at_ms: int) -> None:
        """Notes a call."""
        with self._lock:
            self._db.execute(
                "INSERT INTO call (service, endpoint, verdict, at_ms) VALUES (?, ?, ?, ?)",
                (service, endpoint, verdict, at_ms),
            )

    def calls(self, service: str = "") -> list[dict[str, object]]:
        """Calls in the order they came."""
        with self._lock:
            rows = self._db.execute(
                "SELECT service, endpoint, verdict, at_ms FROM call WHERE (? = '' OR service = ?) ORDER BY id",
                (service, service),
            ).fetchall()
        return [dict(row) for row in rows]

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()
