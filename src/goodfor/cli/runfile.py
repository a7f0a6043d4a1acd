"""What one `up` leaves on disk about itself: a lock that says "in use" and a list of what it started."""

import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from goodfor.cli import processes
from goodfor.cli.errors import CliError
from goodfor.cli.processes import Fingerprint

LEFTOVER_GRACE = 4.0


@dataclass(frozen=True, slots=True)
class Run:
    """A run: a random id that its processes carry in their environment, and who they are by name."""

    run_id: str
    started: Mapping[str, Fingerprint]


class DataDirLock:
    """Exclusive use of a data folder, held until released or until this process ends, however it ends."""

    def __init__(self, data: Path) -> None:
        self.path = data / "up.lock"
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Raises CliError when another process holds it."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        file = os.fdopen(handle, "r+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = file.read().strip() or "?"
            file.close()
            raise CliError(
                f"{self.path.parent} 正被另一个 goodfor 使用（进程 {holder}）；请先停掉它，或用 --data 换一个目录",
                f"this data directory is in use by goodfor process {holder}; stop it or choose another --data",
            ) from error
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give it back."""
        if self._file is not None:
            self._file.close()
            self._file = None


def save(path: Path, run: Run) -> None:
    """Write the list, complete or not at all."""
    body = {
        "run_id": run.run_id,
        "processes": {name: {"pid": one.pid, "started": one.started} for name, one in run.started.items()},
    }
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(body), encoding="ascii")
    draft.replace(path)


def read(path: Path) -> Run | None:
    """The list left by an earlier run, or None when there is none (or none that can be read)."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        body = json.loads(path.read_text(encoding="ascii"))
        started = {
            str(name): Fingerprint(int(one["pid"]), float(one["started"])) for name, one in body["processes"].items()
        }
        return Run(str(body["run_id"]), started)
    return None


def end_leftovers(path: Path, *, keep: frozenset[str] = frozenset()) -> list[str]:
    """End what an earlier run, killed without a chance, left running; returns the names. Call while holding the lock.

    `keep`: names that the caller ends in its own way (the database).
    """
    run = read(path)
    if run is None:
        return []
    mine = {name: one for name, one in run.started.items() if name not in keep and one.alive()}
    kept = {one.pid for name, one in run.started.items() if name in keep}
    strays = [one for one in processes.of_run(run.run_id) if one.pid not in kept]
    everyone = {one.pid: one for one in (*mine.values(), *strays)}
    processes.end_all(everyone.values(), number=signal.SIGTERM, grace=LEFTOVER_GRACE)
    return sorted(mine) or (["workers"] if strays else [])
