"""The gap-free watermark of the jobs: transactions below the oldest running one are complete, whatever their ids."""

from dataclasses import dataclass

from goodfor.kernel.sql import Statement

TAKE = Statement(__package__, "sql/watermark.sql")
STOP = Statement(__package__, "sql/watermark_stop.sql")
SET = Statement(__package__, "sql/watermark_set.sql")


@dataclass(frozen=True, slots=True)
class Range:
    """Transaction ids from `after` up to but without `upto`; `found` tells whether there is anything in it."""

    after: str
    upto: str
    found: bool


def next_range(name: str, batch: int) -> Range:
    """Lock the job's watermark for this transaction and find the next range of about `batch` headers."""
    taken = TAKE.row({"name": name})
    assert taken is not None
    stop = STOP.row({"after": taken[0], "batch": batch})
    assert stop is not None
    return Range(taken[0], stop[1], stop[0] is not None)


def advance(name: str, done: Range) -> None:
    """Note that the range is done."""
    SET.run({"name": name, "upto": done.upto})
