"""Counting that a rollback could undo is no counting."""

from django.db import connection


def outside() -> None:
    """Raises RuntimeError inside of a transaction (that of a test case is none)."""
    if connection.in_atomic_block and not all(
        getattr(block, "_from_testcase", False) for block in connection.atomic_blocks
    ):
        raise RuntimeError("a knock inside a transaction could be undone")
