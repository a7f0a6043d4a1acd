"""Training in a process of its own, so that it can neither take the worker's memory nor hold up its duties."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from goodfor.risk.model import states
from goodfor.risk.model.boosting import Settings
from goodfor.risk.model.files import from_file
from goodfor.risk.model.piping import receive_plain, send
from goodfor.risk.model.source import Row
from goodfor.risk.model.training import Plan, Trained

#: How long it may take, reading included, and how much memory it may ask for.
SECONDS: Final = 20 * 60
MEMORY: Final = 4 << 30
#: A message has so many acts.
_BATCH: Final = 500
_CHILD: Final = "goodfor.risk.model.child"
#: One thread each: the machine has other things to do.
_ALONE: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
#: All that it is told of our environment, where the keys of the house stand, too.
_TOLD: Final = frozenset({
    "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be trained, within which bounds: seconds of its own, bytes of address space."""

    plan: Plan
    settings: Settings = field(default_factory=Settings)
    seconds: int = SECONDS
    memory: int = MEMORY


class NoModel(Exception):
    """It made none: `problem` is one of `states.PROBLEMS`, `counts` what it can say of that."""

    def __init__(self, problem: str, counts: Mapping[str, Any] | None = None) -> None:
        self.problem, self.counts = problem, dict(counts or {})
        super().__init__(problem)


def train_apart(acts: Iterable[Row], wish: Wish, heard: Callable[[str, float, int], bool]) -> Trained:
    """Train, telling `heard` (phase, share done, acts read) now and then; once it says no, it is over.

    Raises NoModel.
    """
    with _child(wish) as (process, is_late):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            send(process.stdin, wish)
            read = _handed_in(process.stdin, acts, wish, heard)
            process.stdin.close()
            while True:
                kind, said = receive_plain(process.stdout)
                if kind == "done":
                    return from_file(said)
                if kind != "tick":
                    raise NoModel(kind, said)
                phase, share = said
                if not heard(phase, share, read):
                    raise NoModel(states.STOPPED)
        except (EOFError, BrokenPipeError):
            raise NoModel(*_why(process, is_late())) from None


def _handed_in(sink: Any, acts: Iterable[Row], wish: Wish, heard: Callable[[str, float, int], bool]) -> int:
    """All acts through the pipe; how many. Raises NoModel when nobody wants them any more."""
    read, first, end, coming = 0, None, wish.plan.until, iter(acts)
    while rows := list(islice(coming, _BATCH)):
        send(sink, rows)
        read += len(rows)
        first = first or rows[0][0]
        span = (end - first).total_seconds()
        if not heard(states.READING, min(1.0, (rows[-1][0] - first).total_seconds() / span) if span else 1.0, read):
            raise NoModel(states.STOPPED)
    send(sink, [])
    return read


def _why(process: "subprocess.Popen[bytes]", late: bool) -> tuple[str, dict[str, Any]]:
    """Why it is gone: it said so, it took too long, or it was ended from outside."""
    assert process.stdout is not None
    with suppress(EOFError):
        while True:
            kind, said = receive_plain(process.stdout)
            if kind in states.PROBLEMS:
                return kind, said
    code = process.wait()
    # 24: SIGXCPU, its own time is used up. 9: somebody ended it; the system does that where memory is short.
    if late or code == -24:
        return states.TOO_LONG, {}
    return (states.TOO_LARGE if code == -9 else states.FAILED), {"exit": code}


@contextmanager
def _child(wish: Wish) -> Iterator[tuple["subprocess.Popen[bytes]", Callable[[], bool]]]:
    """A process that is gone at the end, at the latest when its time is over."""
    told = {name: value for name, value in os.environ.items() if name in _TOLD}
    environment = {**told, **_ALONE, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-m", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    began = time.monotonic()
    timer = threading.Timer(wish.seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield process, lambda: time.monotonic() - began >= wish.seconds
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
