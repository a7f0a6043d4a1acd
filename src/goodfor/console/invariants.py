"""Truths of what takes two; `goodfor audit` runs them."""

from goodfor.console import states
from goodfor.kernel.invariants import history_invariant

INVARIANTS = (
    history_invariant(states.WISH, table="console_wish", room="console", name="console_wishes_moved_as_allowed"),
)
