"""A hook for the tests: a statement on a shop's tables names the shop, unless a platform job says why it does not."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import FrameType
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created

from goodfor.kernel import sql
from goodfor.kernel.tenancy import current_platform_job

#: What moves no rows of a shop, or moves all of them on purpose (the tests' clean-up).
EXEMPT = re.compile(
    r"(CREATE|ALTER|DROP|COMMENT|GRANT|REVOKE|TRUNCATE|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|START|SET|RESET|SHOW"
    r"|DISCARD|LOCK|ANALYZE|VACUUM|REINDEX|CLUSTER|DO)\b",
    re.IGNORECASE,
)
#: Comments and texts are not SQL: a comment that says shop_id must not pass a statement that forgets it.
NOT_SQL = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TABLES = """
SELECT c.table_name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.column_name = 'shop_id' AND c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
"""

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]
_tables: frozenset[str] = frozenset()
_reading = False


def install() -> None:
    """Watch every statement of this process from now on, in all threads; a second call changes nothing.

    A statement that breaks the rule raises AssertionError before it reaches the database. The list of tables is read
    once, when the first statement comes after the migrations. Not seen: COPY and cursors opened past Django.
    """
    if _observe not in sql.observers:
        sql.observers.append(_observe)
    connection_created.connect(_watch, dispatch_uid="goodfor.tenancy_check")
    _watch(connection=connection)


def check(statement: str) -> None:
    """Raise AssertionError when the statement touches a table of a shop without saying which shop."""
    if current_platform_job() is not None:
        return
    touched = _touched(statement, tenant_tables())
    if touched and not _asked_by_a_test():
        raise AssertionError(
            f"statement on {', '.join(touched)} without shop_id (a duty over all shops belongs into "
            f"kernel.tenancy.platform_job): {' '.join(statement.split())[:300]}"
        )


def tenant_tables() -> frozenset[str]:
    """The tables with a shop_id column; empty, and read again next time, while the database has none."""
    global _tables, _reading
    if not _tables and not _reading:
        _reading = True
        try:
            connection.ensure_connection()
            raw = connection.connection
            # An aborted transaction answers nothing, and a check must not hide the error that aborted it.
            if raw.info.transaction_status.name != "INERROR":
                _tables = frozenset(name for (name,) in raw.cursor().execute(TABLES).fetchall())
        finally:
            _reading = False
    return _tables


def _asked_by_a_test() -> bool:
    """True when the nearest frame of this project is a test's: a test may look at, and break, whatever it likes."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if f"{os.sep}goodfor{os.sep}" in file and not file.endswith((__name__.rpartition(".")[2] + ".py", "sql.py")):
            return f"{os.sep}tests{os.sep}" in file
        frame = frame.f_back
    return True


@lru_cache(maxsize=10_000)
def _touched(statement: str, tables: frozenset[str]) -> tuple[str, ...]:
    text = NOT_SQL.sub(" ", statement).lstrip()
    if EXEMPT.match(text):
        return ()
    words = set(WORD.findall(text))
    return () if "shop_id" in words else tuple(sorted(words & tables))


def _observe(name: str, text: str, params: Mapping[str, Any]) -> None:  # noqa: ARG001
    check(text)


def _watch(*, connection: Any, **_: object) -> None:
    if _wrap not in connection.execute_wrappers:
        connection.execute_wrappers.append(_wrap)


def _wrap(execute: Execute, statement: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    # psycopg's composed statements know their text only with a connection.
    text = statement if isinstance(statement, str) else statement.as_string(context["connection"].connection)
    check(text)
    return execute(text if isinstance(statement, str) else statement, params, many, context)
