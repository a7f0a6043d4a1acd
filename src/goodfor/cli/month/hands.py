"""Processes that act for the buyers: they use both cores where threads share one."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from typing import Any, Final

from goodfor.cli.lazy import load, setup_django

HANDS: Final = 3


class _Clock:
    """The told time in this process: that of the act at hand."""

    def __init__(self) -> None:
        self.at: datetime | None = None

    def __call__(self) -> datetime:
        if self.at is None:
            raise RuntimeError("no act has brought its time")
        return self.at


_clock: Final = _Clock()


class Hands:
    """Processes that act for the buyers, one act at a time each."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(HANDS, multiprocessing.get_context("spawn"), initializer=_ready)

    def __call__(self, act: Callable[..., Any], at: datetime, *given: object) -> Any:
        """`act(*given, at)` there; raises what it raises. From any thread."""
        return self._pool.submit(_do, act, at, given).result()

    def close(self) -> None:
        """End them."""
        self._pool.shutdown()


def _ready() -> None:
    setup_django()
    load("goodfor.kernel.clock").told_by(_clock).__enter__()


def _do(act: Callable[..., Any], at: datetime, given: tuple[object, ...]) -> Any:
    _clock.at = at
    return act(*given, at)
