"""Statements of a decision: prepared, each under a limit of time that never outlives the decision."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from django.db import OperationalError, connection
from psycopg.pq import ExecStatus

from goodfor.kernel.sql import Row, observers

_LIFT: Final = b"RESET statement_timeout; RESET plan_cache_mode"
PLANNING_MS: Final = 250
#: Which statements a connection has planned. Only to know who is slow for a good reason.
_planned: WeakKeyDictionary["psycopg.Connection[Any]", set[str]] = WeakKeyDictionary()


def require_no_transaction() -> None:
    """Raise RuntimeError in a transaction: what is written first must be seen by all at once. (A test's is let be.)"""
    if not connection.in_atomic_block:
        return
    if not all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("an act is judged inside a transaction: its event would not be seen by others")


def rows(name: str, text: str, params: Mapping[str, Any] | Sequence[Any], *, prepare: bool = True) -> list[Row]:
    """All rows of a statement.

    Values by name fill %(name)s; values in order fill $1, $2 ..., so that a long text is not taken apart each time.
    Errors come as Django's database errors.
    """
    if connection.connection is None:
        connection.ensure_connection()
    raw = connection.connection
    by_name = isinstance(params, Mapping)
    for observe in observers:
        observe(name, text, params if isinstance(params, Mapping) else {})
    try:
        cursor = psycopg.Cursor(raw) if by_name else psycopg.RawCursor(raw)
        return cursor.execute(text, params, prepare=prepare).fetchall()
    except psycopg.Error:
        with connection.wrap_database_errors:
            raise


def planning_ms(text: str) -> int:
    """What a statement may take longer, since this thread's connection is new to it: planning is no failure."""
    known = connection.connection is not None and text in _planned.get(connection.connection, ())
    return 0 if known else PLANNING_MS


def note_planned(text: str) -> None:
    """It has now."""
    if connection.connection is not None:
        _planned.setdefault(connection.connection, set()).add(text)


class Limits:
    """What statements of this thread may take each, from `set` to `lift`; also those of the parts that are asked.

    Settings of the session, since they hold over several transactions, and two plain commands cost less than one more
    round trip a transaction. `lift` always takes them away: where it cannot, the connection is closed.
    """

    __slots__ = ("_milliseconds", "_set")

    def __init__(self, milliseconds: int | None) -> None:
        """None: nothing is limited (in a test's transaction)."""
        self._milliseconds = milliseconds
        self._set = False

    def set(self) -> None:
        """Raises OperationalError when the database is away."""
        if self._milliseconds is None:
            return
        if connection.connection is None:
            connection.ensure_connection()
        # Plans are made once for all values: which months are read stands in the text.
        command = f"SET statement_timeout = {self._milliseconds}; SET plan_cache_mode = force_generic_plan"
        self._set = True
        if connection.connection.pgconn.exec_(command.encode()).status != ExecStatus.COMMAND_OK:
            raise OperationalError("no limit of time could be set")

    def lift(self) -> None:
        """Never raises."""
        if not self._set:
            return
        self._set = False
        raw = connection.connection
        try:
            lifted = raw is not None and raw.pgconn.exec_(_LIFT).status == ExecStatus.COMMAND_OK
        except Exception:
            lifted = False
        if not lifted:
            connection.close()
