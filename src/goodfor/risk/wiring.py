"""Who answers the engine: the one place where its parts are put together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from goodfor.risk.pieces import Pieces

_installed: list[Pieces] = [Pieces()]
_warming: list[Callable[[], object]] = []


def installed() -> Pieces:
    """The parts of this process."""
    return _installed[-1]


def install(pieces: Pieces, *, warm_up: Callable[[], object] | None = None) -> None:
    """Who answers from now on, below what `replaced` puts in their place. Wiring only.

    `warm_up` reads and imports what would make the first act of a process late (see `warm`).
    """
    _installed[0] = pieces
    _warming[:] = [warm_up] if warm_up is not None else []


def warm() -> None:
    """For the start of a process that judges acts: so that nobody's order waits for what is read once."""
    for work in _warming:
        work()


@contextmanager
def replaced(pieces: Pieces) -> Iterator[None]:
    """Others in their place within the block, in all threads: for tests and trials."""
    _installed.append(pieces)
    try:
        yield
    finally:
        _installed.remove(pieces)
