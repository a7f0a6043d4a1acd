"""Statements of a decision: prepared, each under a limit of time that never outlives the decision.

Outside of a transaction they go to libpq without a cursor in between: planned once a connection, then a round trip each
and little else, since four of them are in every decision.
"""

from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import count
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from django.db import OperationalError, connection
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus

from goodfor.kernel.sql import Row, observers
from goodfor.risk.numbering import numbered

_LIFT: Final = b"RESET statement_timeout; RESET plan_cache_mode"
PLANNING_MS: Final = 250
#: Which statements a connection has planned. Only to know who is slow for a good reason.
_planned: WeakKeyDictionary["psycopg.Connection[Any]", set[str]] = WeakKeyDictionary()
#: What a connection has prepared here, by text and types of values.
_prepared: WeakKeyDictionary["psycopg.Connection[Any]", dict[tuple[str, tuple[int, ...]], bytes]] = WeakKeyDictionary()
#: Names are never used twice: a connection may still know an old one.
_numbers: Final = count()
_FORGOTTEN: Final = b"26000"
_DONE: Final = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})


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
    for observe in observers:
        # Values in order go by their numbers.
        observe(name, text, params if isinstance(params, Mapping) else {str(n): v for n, v in enumerate(params, 1)})
    try:
        if isinstance(params, Mapping):
            cursor = psycopg.Cursor(raw)
        elif prepare and raw.autocommit and raw.pgconn.transaction_status == TransactionStatus.IDLE:
            return _straight(raw, text, params)
        else:
            cursor = psycopg.RawCursor(raw)
        cursor.execute(text, params, prepare=prepare)
        return cursor.fetchall() if cursor.description else []
    except psycopg.Error:
        with connection.wrap_database_errors:
            raise


def _straight(raw: "psycopg.Connection[Any]", text: str, values: Sequence[Any]) -> list[Row]:
    """The same without a cursor. A prepared statement is the session's, as those of cursors are."""
    taken = Transformer(raw)
    dumped: Any = taken.dump_sequence(values, [PyFormat.AUTO] * len(values))
    result = raw.pgconn.exec_prepared(_prepare(raw, text, taken.types or ()), dumped, taken.formats)
    if result.error_field(DiagnosticField.SQLSTATE) == _FORGOTTEN:
        # Cursors let go of all that is prepared when something is rolled back. Nothing was done: it may be repeated.
        _prepared.pop(raw, None)
        result = raw.pgconn.exec_prepared(_prepare(raw, text, taken.types or ()), dumped, taken.formats)
    _require_done(raw, result)
    taken.set_pgresult(result)
    return taken.load_rows(0, result.ntuples, tuple)


def _prepare(raw: "psycopg.Connection[Any]", text: str, types: tuple[int, ...]) -> bytes:
    """The name under which the session knows it."""
    lines = _prepared.setdefault(raw, {})
    line = lines.get((text, types))
    if line is None:
        line = f"risk_{next(_numbers)}".encode()
        _require_done(raw, raw.pgconn.prepare(line, text.encode(), types))
        lines[text, types] = line
    return line


def _require_done(raw: "psycopg.Connection[Any]", result: Any) -> None:
    if result.status in _DONE:
        return
    if raw.pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError("the connection is lost")
    raise error_from_result(result, raw.info.encoding)


class Line:
    """A statement of a room's .sql file with values by name, as `rows` takes it."""

    __slots__ = ("name", "names", "text")

    def __init__(self, path: str) -> None:
        written = resources.files("goodfor.risk").joinpath(path).read_text(encoding="utf-8")
        self.name = f"goodfor.risk/{path}"
        self.text, self.names = numbered(written)

    def rows(self, params: Mapping[str, Any]) -> list[Row]:
        """All rows; none where the statement returns nothing."""
        return rows(self.name, self.text, self.values(params))

    def run(self, params: Mapping[str, Any]) -> None:
        """The same, where nothing is returned."""
        rows(self.name, self.text, self.values(params))

    def values(self, params: Mapping[str, Any]) -> list[Any]:
        """In the statement's order."""
        return [params[name] for name in self.names]


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
