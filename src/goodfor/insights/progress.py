"""How far the roll-ups have come, by database transaction.

Transactions below the oldest running one are whole, whatever their ids: nothing that commits late is passed over.
"""

from dataclasses import dataclass
from typing import Final

from goodfor.kernel.sql import Statement

CUBE, FLOW = "cube", "flow"
_TAKE: Final = Statement(__package__, "sql/progress.sql")
_SET: Final = Statement(__package__, "sql/progress_set.sql")
_RANGES: Final = {
    CUBE: Statement(__package__, "sql/range_ledger.sql"),
    FLOW: Statement(__package__, "sql/range_events.sql"),
}


@dataclass(frozen=True, slots=True)
class Range:
    """Transaction ids from `after` up to but without `upto`; `found`: there is something in it."""

    after: int
    upto: int
    found: bool

    @property
    def params(self) -> dict[str, str]:
        """As the statements want them: PostgreSQL makes an xid8 of text alone."""
        return {"after": str(self.after), "upto": str(self.upto)}


def next_range(name: str, batch: int, *, below: int | None = None) -> Range:
    """Lock a roll-up's mark for this transaction and find its next range of about `batch` rows, never past `below`."""
    taken = _TAKE.row({"name": name})
    assert taken is not None
    after = int(taken[0])
    stop = _RANGES[name].row({"after": str(after), "batch": batch})
    assert stop is not None
    upto = int(stop[1]) if below is None else min(int(stop[1]), below)
    return Range(after, max(after, upto), bool(stop[0]) and upto > after)


def advance(name: str, done: Range) -> None:
    """Note that the range is in."""
    _SET.run({"name": name, "upto": str(done.upto)})
