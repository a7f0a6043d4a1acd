"""The processes that `up` keeps alive: each in a process group of its own, with a log, restarted when it ends."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from goodfor.cli import processes
from goodfor.cli.processes import Fingerprint

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
STEADY_SECONDS = 30.0
ROTATE_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run: a name for people, the command, added environment, and the log file."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def rotate(log: Path, limit: int = ROTATE_BYTES) -> None:
    """Move a log that is larger than `limit` bytes to `NAME.1`, over the one before."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > limit:
            log.replace(log.with_name(log.name + ".1"))


class Child:
    """One kept process. `tick()` notices its end and starts it again after a pause that doubles up to 5 s."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.process: subprocess.Popen[bytes] | None = None
        self.fingerprint: Fingerprint | None = None
        self.restarts = 0
        self.quick_deaths = 0
        self._began = 0.0
        self._pause = FIRST_PAUSE
        self._next_start = 0.0

    def start(self) -> None:
        """Start it now. Raises OSError when the program is not there."""
        self.spec.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        environment = {
            **os.environ,
            **self.spec.environment,
            processes.PARENT_VARIABLE: str(os.getpid()),
            "PYTHONUNBUFFERED": "1",
        }
        with open(self.spec.log, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as log:
            self.process = subprocess.Popen(
                list(self.spec.command),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),
            )
        self._began = time.monotonic()
        self.fingerprint = Fingerprint.of(self.process.pid)

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def age(self) -> float:
        """Seconds since it was last started; 0 when it does not run."""
        return time.monotonic() - self._began if self.alive else 0.0

    def tick(self) -> str | None:
        """Start it again when it has ended and its pause is over; returns one line to show, or None."""
        if self.process is None:
            if time.monotonic() < self._next_start:
                return None
            self.start()
            self.restarts += 1
            return None
        code = self.process.poll()
        if code is None:
            return None
        processes.signal_group(self.process.pid, signal.SIGKILL)
        self.process = None
        steady = time.monotonic() - self._began >= STEADY_SECONDS
        self.quick_deaths = 0 if steady else self.quick_deaths + 1
        pause = FIRST_PAUSE if steady else self._pause
        self._pause = min(LONGEST_PAUSE, pause * 2)
        self._next_start = time.monotonic() + pause
        how = f"signal {-code}" if code < 0 else f"exit {code}"
        return f"{self.spec.name} 意外结束（{how}），{pause:g} 秒后重启 / restarting"

    def ask_to_stop(self) -> None:
        """SIGTERM to the process; it is expected to stop its own workers."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def finish(self, seconds: float) -> None:
        """Wait up to `seconds`, then SIGKILL the whole group, so that nothing of it is left."""
        process, self.process = self.process, None
        if process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, seconds))
        processes.signal_group(process.pid, signal.SIGKILL)
        process.wait()

    def last_words(self) -> str:
        """The last line of its log that is not empty."""
        try:
            with self.spec.log.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - 4096))
                lines = [line for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
        except OSError:
            return "-"
        return lines[-1].strip() if lines else "-"


def stop_all(children: Sequence[Child], seconds: float) -> None:
    """Stop them in the given order within `seconds`: all are asked first, so that they finish at the same time."""
    limit = time.monotonic() + seconds
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.finish(limit - time.monotonic())
