"""A statement as a file to be read by the party: what it says in papers/content.py, written by one file a kind."""

from collections.abc import Callable, Iterable, Mapping
from typing import IO, Final

from goodfor.settlement.errors import UnknownWay
from goodfor.settlement.papers import pdf, sheet, text
from goodfor.settlement.types import ItemView, StatementView

Write = Callable[[StatementView, Iterable[ItemView], IO[bytes]], int]
KINDS: Final[Mapping[str, Write]] = {"xlsx": sheet.write, "csv": text.write, "pdf": pdf.write}


def write(kind: str, view: StatementView, items: Iterable[ItemView], out: IO[bytes]) -> int:
    """Write the file; how many items it holds. Raises UnknownWay."""
    if kind not in KINDS:
        raise UnknownWay(kind=kind[:8])
    return KINDS[kind](view, items, out)
