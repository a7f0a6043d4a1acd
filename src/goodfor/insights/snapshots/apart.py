"""DuckDB in a process of its own, so that no question can take the memory or the time of one that serves orders."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from goodfor.insights.errors import SnapshotBusy, SnapshotTooHeavy

#: How long a question may take, and how long one waits for the one before it.
SECONDS: Final = 30.0
WAITS: Final = 20.0
#: Writing a month of a large shop.
WRITES: Final = 600.0
_CHILD: Final = Path(__file__).with_name("child.py")
#: All that it is told of our environment, where the keys of the house stand, too.
_TOLD: Final = frozenset({"LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TZ"})
#: One question at a time in each process of ours.
_turn: Final = threading.BoundedSemaphore(1)


class EngineFailed(Exception):
    """DuckDB refused or died: a fault of ours, or of the files."""


class Engine:
    """A running child. Not for several threads."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def write(self, csv: Path, out: Path, columns: Sequence[tuple[str, str]]) -> int:
        """A CSV as a Parquet file; how many rows."""
        wish = {"do": "write", "csv": str(csv), "out": str(out), "columns": [list(one) for one in columns]}
        return int(self._told(wish, WRITES)["rows"])

    def ask(self, sql: str, params: Mapping[str, Any], *, most: int, seconds: float = SECONDS) -> list[list[Any]]:
        """Rows of a question, at most one more than `most`. Raises SnapshotTooHeavy, EngineFailed."""
        wish = {"do": "ask", "sql": sql, "params": dict(params), "most": most}
        rows: list[list[Any]] = self._told(wish, seconds)["rows"]
        return rows

    def _told(self, wish: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            process.stdin.write(json.dumps(wish) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            timer.cancel()
        if not line:
            if late.is_set():
                raise SnapshotTooHeavy
            raise EngineFailed(f"the process of DuckDB ended, exit {process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if answer.get("problem") == "memory":
            raise SnapshotTooHeavy
        if "problem" in answer:
            raise EngineFailed(f"{answer['problem']}: {answer.get('detail', '')}")
        return answer


@contextmanager
def engine(folder: Path) -> Iterator[Engine]:
    """A child that may read and write in this folder alone; gone at the end."""
    spill = folder / f"spill-{uuid4().hex}"
    process = subprocess.Popen(  # noqa: S603  our own interpreter and file
        [sys.executable, "-I", str(_CHILD), str(folder), str(spill)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={name: value for name, value in os.environ.items() if name in _TOLD},
    )
    try:
        yield Engine(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        shutil.rmtree(spill, ignore_errors=True)


@contextmanager
def one_question(folder: Path) -> Iterator[Engine]:
    """As `engine`, for people who wait: one at a time in this process. Raises SnapshotBusy."""
    if not _turn.acquire(timeout=WAITS):
        raise SnapshotBusy
    try:
        with engine(folder) as running:
            yield running
    finally:
        _turn.release()
