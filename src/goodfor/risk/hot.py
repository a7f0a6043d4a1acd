"""Statements under a time limit that ends with their transaction: the limit and the statement go in one round trip."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final

import psycopg
from django.db import DatabaseError, connection, transaction
from psycopg.pq import TransactionStatus

from goodfor.kernel.sql import Row, observers

#: Visible to everybody at once, on disk with the decision's commit, before anybody is told.
LAZY: Final = "SELECT set_config('statement_timeout', %(limit)s, true), set_config('synchronous_commit', 'off', true)"
#: Planned once for all values: which months are read stands in the text.
PLANNED: Final = (
    "SELECT set_config('statement_timeout', %(limit)s, true), set_config('plan_cache_mode', 'force_generic_plan', true)"
)


def require_no_transaction() -> None:
    """Raise RuntimeError in a transaction: what is written first must be seen by all at once. (A test's is let be.)"""
    if not connection.in_atomic_block:
        return
    if not all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("an act is judged inside a transaction: its event would not be seen by others")


def rows(
    name: str,
    text: str,
    params: Mapping[str, Any] | Sequence[Any],
    *,
    settings: str = "",
    limit: int | None = None,
    prepare: bool = True,
) -> list[Row]:
    """All rows of a statement; with `limit` (ms), `settings` hold for its transaction.

    Values by name fill %(name)s; values in order fill $1, $2 ..., so that a long text is not taken apart each time.
    Errors come as Django's database errors.
    """
    if connection.connection is None:
        connection.ensure_connection()
    raw = connection.connection
    named = isinstance(params, Mapping)
    for observe in observers:
        observe(name, text, params if isinstance(params, Mapping) else {})
    cursor = psycopg.Cursor(raw) if named else psycopg.RawCursor(raw)
    try:
        if limit is None:
            return cursor.execute(text, params, prepare=prepare).fetchall()
        with raw.pipeline():
            psycopg.Cursor(raw).execute(settings, {"limit": str(limit)}, prepare=True)
            cursor.execute(text, params, prepare=prepare)
        return cursor.fetchall()
    except psycopg.Error:
        with connection.wrap_database_errors:
            raise


def allow(limit: int | None) -> None:
    """Statements of this transaction may take so many ms each from now on."""
    if limit is not None:
        rows("risk.limit", "SELECT set_config('statement_timeout', %(limit)s, true)", {"limit": str(limit)})


class Stretch:
    """A transaction in which a statement may fail without the others: what was done is given up, and it goes on."""

    def __init__(self) -> None:
        self._block: transaction.Atomic = transaction.atomic()

    def __enter__(self) -> "Stretch":
        self._block.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._block.__exit__(kind, error, trace)

    def mend(self, limit: int | None) -> None:
        """Begin again if a statement has failed; then what follows may take `limit` ms each."""
        raw = connection.connection
        if raw is not None and not raw.closed and raw.info.transaction_status != TransactionStatus.INERROR:
            return
        self._block.__exit__(DatabaseError, DatabaseError("a part failed"), None)
        self._block = transaction.atomic()
        self._block.__enter__()
        allow(limit)
