"""Who answers the engine: the one place where its parts are put together."""

from collections.abc import Iterator
from contextlib import contextmanager

from goodfor.risk.pieces import Pieces

_installed: list[Pieces] = [Pieces()]


def installed() -> Pieces:
    """The parts of this process."""
    return _installed[-1]


def install(pieces: Pieces) -> None:
    """Who answers from now on, below what `replaced` puts in their place. Wiring only."""
    _installed[0] = pieces


@contextmanager
def replaced(pieces: Pieces) -> Iterator[None]:
    """Others in their place within the block, in all threads: for tests and trials."""
    _installed.append(pieces)
    try:
        yield
    finally:
        _installed.remove(pieces)
