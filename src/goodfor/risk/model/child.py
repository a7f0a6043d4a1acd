"""A process that trains one model: what it may eat, and how long it may take, is limited to it.

Started by `model.apart` with `python -m`. It knows no database: what it learns from comes through the pipe.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import IO, Any, Final

from goodfor.risk.features import SET_VERSION
from goodfor.risk.model import states
from goodfor.risk.model.apart import Wish
from goodfor.risk.model.boosting import NoLightGBM
from goodfor.risk.model.files import to_file
from goodfor.risk.model.piping import receive, send
from goodfor.risk.model.rows import Labelled, read_rows
from goodfor.risk.model.source import labelled_of
from goodfor.risk.model.training import Told, TooFewLabels, train_model

try:
    import resource
except ImportError:  # not on every system
    resource = None  # type: ignore[assignment]

#: Others of the machine go first.
_NICE: Final = 10
#: So much of the time may be gone when something that is not needed is begun.
_SPARE: Final = 0.5
#: Progress is told so rarely, seconds.
_EVERY: Final = 0.5


def main() -> None:
    """Read a wish and its acts from stdin, tell progress and the end on stdout."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever prints here, libraries in C too, must not get between the messages.
    os.dup2(2, 1)
    wish: Wish = receive(source)
    _bounded(wish)
    try:
        send(sink, ("done", _made(source, sink, wish)))
    except TooFewLabels as error:
        send(sink, (states.TOO_FEW, error.counts))
    except NoLightGBM:
        send(sink, (states.NO_LIBRARY, {}))
    except MemoryError:
        send(sink, (states.TOO_LARGE, {}))
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:
        # LightGBM's own word for no memory.
        large = "alloc" in str(error)
        send(sink, (states.TOO_LARGE if large else states.FAILED, {"kind": type(error).__name__}))


def _bounded(wish: Wish) -> None:
    os.nice(_NICE)
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (wish.memory, wish.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (wish.seconds, wish.seconds + 5))
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _made(source: IO[bytes], sink: IO[bytes], wish: Wish) -> bytes:
    began, last = time.monotonic(), [float("-inf")]

    def tick(phase: str, share: float) -> None:
        if time.monotonic() - last[0] >= _EVERY:
            last[0] = time.monotonic()
            send(sink, ("tick", (phase, share)))

    rows = read_rows(_acts(source), SET_VERSION)
    told = Told(tick=tick, may=lambda: time.monotonic() - began < wish.seconds * _SPARE)
    return to_file(train_model(rows, wish.plan, settings=wish.settings, told=told))


def _acts(source: IO[bytes]) -> Iterator[Labelled]:
    while batch := receive(source):
        rows: list[Any] = batch
        for row in rows:
            yield labelled_of(row)


if __name__ == "__main__":
    try:
        main()
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)
