"""States of a run. Pure."""

from goodfor.kernel.statemachine import Machine

RUNNING, DONE = "running", "done"
FILL, EMPTY = "fill", "empty"
MACHINE = Machine("demo.run", RUNNING, {RUNNING: frozenset({DONE}), DONE: frozenset()})
