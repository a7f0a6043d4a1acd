"""States of an export and of a batch."""

from typing import Final

from goodfor.kernel.statemachine import Machine

WAITING: Final = "waiting"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
GONE: Final = "gone"
REFUSED: Final = "refused"

#: `running -> waiting`: the worker was killed; the job begins again.
EXPORT: Final = Machine(
    "console.export",
    WAITING,
    {
        WAITING: frozenset({RUNNING}),
        RUNNING: frozenset({WAITING, DONE, FAILED}),
        DONE: frozenset({GONE}),
        FAILED: frozenset(),
        GONE: frozenset(),
    },
)
BATCH: Final = Machine(
    "console.batch",
    WAITING,
    {WAITING: frozenset({RUNNING}), RUNNING: frozenset({DONE}), DONE: frozenset()},
)
