"""Files that banks read in to pay many at once: one format a file, the list of them here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from goodfor.settlement.banks import icbc, plain
from goodfor.settlement.banks.rows import Transfer
from goodfor.settlement.errors import UnknownWay
from goodfor.settlement.types import PolicyView

__all__ = ["FORMATS", "Transfer", "Write", "format_of"]

Write = Callable[[PolicyView, Sequence[Transfer]], bytes]
FORMATS: Final[Mapping[str, Write]] = {"icbc": icbc.write, "plain": plain.write}


def format_of(name: str) -> Write:
    """How a file of that format is written. Raises UnknownWay."""
    if name not in FORMATS:
        raise UnknownWay(format=name[:16])
    return FORMATS[name]
