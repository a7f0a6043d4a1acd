"""Operating system processes: who is alive, who is whose, and how to end them for certain."""

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped, unused-ignore]

RUN_ID_VARIABLE = "GOODFOR_RUN_ID"
PARENT_VARIABLE = "GOODFOR_PARENT_PID"
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A process for certain: its number and when it began (numbers are used again, the pair is not)."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "Fingerprint | None":
        """The fingerprint of a living process, or None."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.Error:
            return None

    def alive(self) -> bool:
        """True while this very process lives (a zombie does not)."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1.0
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` after which the kernel signals the child when the thread that started it ends; Linux only.

    Call it from the main thread: the signal is tied to the starting thread, see prctl(2) PR_SET_PDEATHSIG.
    """
    if _libc is None or threading.current_thread() is not threading.main_thread():
        return None
    libc, parent = _libc, os.getpid()

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def watch_parent(on_death: Callable[[], None]) -> None:
    """Call `on_death` once the process named by GOODFOR_PARENT_PID is gone; for systems without PDEATHSIG."""
    named = os.environ.get(PARENT_VARIABLE, "")
    if not named.isdigit() or os.getppid() != int(named):
        return

    def wait() -> None:
        while os.getppid() == int(named):
            time.sleep(1)
        on_death()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the whole process group that `pid` leads; gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def inside(folder: str) -> list[Fingerprint]:
    """Living processes named postgres whose working directory is `folder` (a server sits in its data directory)."""
    found: list[Fingerprint] = []
    for process in psutil.process_iter():
        try:
            if process.name().startswith("postgres") and process.cwd() == folder:
                found.append(Fingerprint(process.pid, process.create_time()))
        except psutil.Error:
            continue
    return found


def of_run(run_id: str) -> list[Fingerprint]:
    """Living processes that a supervisor with this run id started, at any depth; never this process."""
    found: list[Fingerprint] = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(RUN_ID_VARIABLE) == run_id:
                found.append(Fingerprint(process.pid, process.create_time()))
        except (psutil.Error, OSError):
            continue
    return found


def end_all(processes: Iterable[Fingerprint], *, number: signal.Signals, grace: float) -> None:
    """Signal each, wait up to `grace` seconds for all, then SIGKILL what is left and wait for that."""
    waiting = [one for one in processes if one.alive()]
    for one in waiting:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one.pid, number)
    waiting = _wait_gone(waiting, grace)
    for one in waiting:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)
    _wait_gone(waiting, 5.0)


def _wait_gone(waiting: list[Fingerprint], seconds: float) -> list[Fingerprint]:
    limit = time.monotonic() + seconds
    while waiting and time.monotonic() < limit:
        time.sleep(0.05)
        waiting = [one for one in waiting if one.alive()]
    return waiting
