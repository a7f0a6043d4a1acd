"""Where acts to learn from come from: decisions and their labels, through one reader that is connected at start."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from goodfor.risk.features import SET_VERSION
from goodfor.risk.model.groups import SCENES
from goodfor.risk.model.rows import Labelled, Rows, read_rows
from goodfor.risk.types import Scene

#: (shop, scenes, until) -> decisions made before `until` with what was known of them by then. Good acts that nobody
#: complained about count as good from the time when complaints were over.
Reader = Callable[[UUID, frozenset[Scene], datetime], Iterable[Labelled]]
_reader: list[Reader] = []


def connect(reader: Reader) -> Reader:
    """Make this the reader; as a decorator too. The last one counts."""
    _reader[:] = [reader]
    return reader


def connected() -> bool:
    """Whether there is one."""
    return bool(_reader)


def shop_rows(shop_id: UUID, group: str, until: datetime) -> Rows:
    """What a shop's model of this kind may learn from. Raises KeyError for no kind, RuntimeError unconnected."""
    if not _reader:
        raise RuntimeError("nobody reads decisions: call connect() first")
    return read_rows(_reader[0](shop_id, SCENES[group], until), SET_VERSION)
