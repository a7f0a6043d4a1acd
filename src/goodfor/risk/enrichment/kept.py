"""A table kept in memory: read from the operator's file, or else from the packaged one; looked at once a minute."""

import os
import threading
from time import monotonic
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from django.conf import settings

from goodfor.risk.enrichment.types import ABSENT, FAILED, READY, Damaged, TableState

T = TypeVar("T")
#: No more often than this is a file looked at.
LOOK_SECONDS = 60.0
#: Larger files are refused: nothing of the kind is that large.
MOST_BYTES = 1_000_000_000
FOLDER = "risk"
log = structlog.get_logger(__name__)


class Kept(Generic[T]):
    """One table. `own`: the name of the operator's file in `DATA_DIR/risk`; `packaged`: where the other lies, if at all.

    The first `get` reads; a changed file is read by a thread aside, while everybody goes on with what there is. A
    damaged file is refused once, with a log line, and what was there stays: nothing here raises.
    """

    def __init__(
        self, name: str, *, own: str, read: Callable[[Path], T], packaged: Callable[[], Path | None] | None = None
    ) -> None:
        self.name = name
        self._own, self._read, self._packaged = own, read, packaged
        self._lock = threading.Lock()
        self._value: T | None = None
        self._state = TableState(name, ABSENT)
        self._seen: tuple[int, ...] | None = None
        self._due = -1.0

    def get(self) -> T | None:
        """The table, or None while there is none."""
        now = monotonic()
        if now >= self._due:
            self.look(now=now, wait=self._due < 0)
        return self._value

    def state(self) -> TableState:
        """How it does."""
        self.get()
        return self._state

    def look(self, *, now: float | None = None, wait: bool = True) -> None:
        """Read the file if it changed since it was looked at; `wait`: not aside."""
        first = self._due < 0
        if not first and self._signature() == self._seen:
            self._due = (monotonic() if now is None else now) + LOOK_SECONDS
            return
        if wait:
            self._load()
        elif self._lock.acquire(blocking=False):
            self._lock.release()
            self._due = (monotonic() if now is None else now) + LOOK_SECONDS
            threading.Thread(target=self._load, name=f"risk-{self.name}", daemon=True).start()

    def _path(self) -> Path:
        return Path(settings.DATA_DIR) / FOLDER / self._own

    def _signature(self) -> tuple[int, ...]:
        try:
            found = os.stat(self._path())
        except OSError:
            return ()
        return (found.st_mtime_ns, found.st_size, found.st_ino)

    def _load(self) -> None:
        with self._lock:
            seen = self._signature()
            # Whoever waited for the lock finds the work done.
            if seen != self._seen or self._due < 0:
                self._replace(seen)
                self._seen = seen
            self._due = monotonic() + LOOK_SECONDS

    def _replace(self, seen: tuple[int, ...]) -> None:
        refused = ""
        if seen:
            value, refused = self._try(self._path())
            if value is not None:
                self._value, self._state = value, TableState(self.name, READY, "own")
                log.info("risk_table_read", table=self.name, source="own", file=self._own)
                return
            log.error("risk_table_refused", table=self.name, file=self._own, why=refused)
            if self._state.state == READY:
                self._state = TableState(self.name, READY, self._state.source, refused)
                return
        path = self._packaged() if self._packaged else None
        if path is None:
            self._value, self._state = None, TableState(self.name, FAILED if refused else ABSENT, "", refused)
            return
        value, why = self._try(path)
        if value is None:
            log.error("risk_table_failed", table=self.name, file=path.name, why=why)
            self._value, self._state = None, TableState(self.name, FAILED, "", refused or why)
            return
        self._value, self._state = value, TableState(self.name, READY, "packaged", refused)

    def _try(self, path: Path) -> tuple[T | None, str]:
        """The table and nothing, or None and what is wrong."""
        try:
            if path.stat().st_size > MOST_BYTES:
                raise Damaged(f"larger than {MOST_BYTES} bytes")
            return self._read(path), ""
        except Damaged as damage:
            return None, str(damage)
        except Exception as error:
            # A file that somebody put there may break a reader in ways that nobody thought of.
            return None, f"{type(error).__name__} while reading"
