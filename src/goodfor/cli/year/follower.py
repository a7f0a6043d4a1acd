"""Whoever follows the books, in a process of its own: beside the sales, as the worker does it."""

import multiprocessing
import time
from datetime import datetime
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Final, Self

from goodfor.cli.lazy import load, setup_django

#: Headers of the ledger a stretch; orders below which it is worth while to wait for more, and for how long.
STRETCH: Final = 6_000
FEW, REST = 200, 0.5
#: Nothing else is open when the books are to be followed to their end.
PATIENCE: Final = 600.0
_UNREAD: Final = """
SELECT EXISTS (SELECT FROM ledger_tx
                WHERE xid >= (SELECT coalesce(max(upto_xid), 0)::text::xid8 FROM finance_cursor))
"""


class Follower:
    """Only this process follows while it is open; `seconds`: what it has worked, less its rests."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self.seconds = 0.0

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.is_alive():
            self._pipe.send(None)
            self._process.join(PATIENCE)
        self._process.kill()

    def tell(self, now: datetime) -> None:
        """It is so late by now."""
        self._pipe.send((now, False))

    def catch_up(self, now: datetime) -> None:
        """Wait until the books are followed to their end. Raises EOFError when the other process has ended."""
        self._pipe.send((now, True))
        while not self._pipe.poll(1.0):
            if not self._process.is_alive():
                raise EOFError("nobody follows the books any more")
        self.seconds = self._pipe.recv()


def _work(pipe: "Connection[float, tuple[datetime, bool] | None]") -> None:
    setup_django()
    follow = load("goodfor.finance.operations").follow_books
    now: datetime | None = None
    seconds, few = 0.0, True
    while True:
        if pipe.poll(REST if few else 0):
            message = pipe.recv()
            if message is None:
                return
            now, whole = message
            began = time.monotonic()
            while whole and (follow(now=now, batch=STRETCH) or _unread()):
                if time.monotonic() - began > PATIENCE:
                    raise TimeoutError("an older transaction is open")
            if whole:
                seconds += time.monotonic() - began
                pipe.send(seconds)
            continue
        if now is not None:
            began = time.monotonic()
            few = follow(now=now, batch=STRETCH) < FEW
            seconds += time.monotonic() - began


def _unread() -> bool:
    """Finance's own entries are read, too, and there may be a stretch of nothing else before the next news."""
    rows = load("goodfor.cli.soak.sql").rows
    with load("goodfor.kernel.tenancy").platform_job("year"):
        return bool(rows(_UNREAD)[0][0])
