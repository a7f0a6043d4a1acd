"""States of an export, of the wish to take one away, and of a batch."""

from typing import Final

from goodfor.kernel.statemachine import Machine

WAITING: Final = "waiting"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
GONE: Final = "gone"
REFUSED: Final = "refused"
ASKED: Final = "asked"
APPROVED: Final = "approved"
WITHDRAWN: Final = "withdrawn"
#: Nobody said anything in time, or nobody came for it.
LAPSED: Final = "lapsed"
USED: Final = "used"

#: `running -> waiting`: the worker was killed; the job begins again. What is short is never `asked`.
EXPORT: Final = Machine(
    "console.export",
    ASKED,
    {
        ASKED: frozenset({WAITING, REFUSED}),
        WAITING: frozenset({RUNNING}),
        RUNNING: frozenset({WAITING, DONE, FAILED}),
        DONE: frozenset({GONE}),
        FAILED: frozenset(),
        GONE: frozenset(),
        REFUSED: frozenset(),
    },
)
#: What takes two: one asks, another one of the shop says yes, and who asked may take it away once.
WISH: Final = Machine(
    "console.wish",
    ASKED,
    {
        ASKED: frozenset({APPROVED, REFUSED, WITHDRAWN, LAPSED}),
        APPROVED: frozenset({USED, WITHDRAWN, LAPSED}),
        REFUSED: frozenset(),
        WITHDRAWN: frozenset(),
        LAPSED: frozenset(),
        USED: frozenset(),
    },
)
BATCH: Final = Machine(
    "console.batch",
    WAITING,
    {WAITING: frozenset({RUNNING}), RUNNING: frozenset({DONE}), DONE: frozenset()},
)
