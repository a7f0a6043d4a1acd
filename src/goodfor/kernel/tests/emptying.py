"""The tables that a committing test filled: which they are, and how they are emptied again.

Looking and emptying are functions of the test database, made once for each list of tables: plain statements in
PL/pgSQL are planned once for a connection, where the same in dynamic SQL is planned anew each time, for every table of
the house. They run in a session beside the tests': changing `session_replication_role` drops a session's plans.
"""

import atexit
import hashlib
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from django.db import DatabaseError, connection
from psycopg import sql
from psycopg.pq import TransactionStatus

#: Made by migrations, the same for every test.
KEPT: Final = ("django_migrations", "django_content_type", "auth_permission")
#: Beside the house's own tables: what looks at `public` sees nothing of it.
_SCHEMA: Final = "goodfor_tests"
_TABLES: Final = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""
_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION {function}() RETURNS {returns} LANGUAGE plpgsql AS $$
BEGIN
{each}
END $$
"""
_ONE_FILLED: Final = "IF EXISTS (SELECT 1 FROM public.{table}) THEN RETURN NEXT {name}; END IF;"
#: Past a megabyte TRUNCATE is cheaper; below, it makes new files for the table and every index for nothing.
_ONE_EMPTIED: Final = """
IF EXISTS (SELECT 1 FROM public.{table}) THEN
  IF pg_relation_size({whole}) > 1000000 THEN TRUNCATE public.{table} CASCADE; ELSE DELETE FROM public.{table}; END IF;
END IF;
"""
_ONE_MARKED: Final = """
RETURN QUERY SELECT {name}::text, count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM public.{table} t;
"""
_made: set[str] = set()
_sessions: dict[str, psycopg.Connection[Any]] = {}


def beside() -> psycopg.Connection[Any]:
    """The session beside the tests' own: each statement for itself, and no trigger fires."""
    given = connection.get_connection_params()
    name = given["dbname"]
    session = _sessions.get(name)
    if session is None or session.closed:
        known = {key: given[key] for key in given if key not in ("cursor_factory", "context", "prepare_threshold")}
        session = psycopg.connect(**known, autocommit=True)
        session.execute("SET session_replication_role = replica")
        _sessions[name] = session
    return session


def leave() -> None:
    """End the sessions beside: a database with somebody in it cannot be dropped."""
    while _sessions:
        _sessions.popitem()[1].close()


atexit.register(leave)


def tables() -> list[str]:
    """The names of all tables that the tests' own session sees; the parts of one that is cut count with the whole."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall()]


def filled() -> list[str]:
    """The names of the tables that hold rows, save those that migrations fill."""
    function = _function("filled", "SETOF text", _ONE_FILLED, _filling())
    # What only an open transaction sees is asked in it.
    with connection.cursor() if connection.in_atomic_block else beside().cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {}()").format(function))
        return [name for (name,) in cursor.fetchall()]


def empty() -> None:
    """Empty every table of what a committing test has written, past the triggers of append-only tables."""
    raw = connection.connection
    if raw is not None and not raw.closed and raw.info.transaction_status != TransactionStatus.IDLE:
        # Else emptying would wait for what the test left open.
        raw.rollback()
    function = _function("empty", "void", _ONE_EMPTIED, _filling())
    beside().execute(sql.SQL("SELECT {}()").format(function))


def marks(names: Sequence[str]) -> dict[str, tuple[int, Any]]:
    """How many rows each of these tables holds, and the sum of their hashes."""
    function = _function("marks", "TABLE (name text, number bigint, mark numeric)", _ONE_MARKED, names)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {}()").format(function))
        return {name: (count, mark) for name, count, mark in cursor.fetchall()}


def as_new() -> bool:
    """Put the session back to what a new connection has, plans aside; False where only a new one will do."""
    raw = connection.connection
    if raw is None:
        return True
    left = connection.in_atomic_block or connection.needs_rollback or connection.run_on_commit
    if raw.closed or left or not raw.autocommit or raw.info.transaction_status != TransactionStatus.IDLE:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; DISCARD TEMP; RESET ALL")
    except DatabaseError:
        return False
    connection.ensure_timezone()
    return True


def _filling() -> list[str]:
    return [name for name in tables() if name not in KEPT]


def _function(kind: str, returns: str, one: str, names: Sequence[str]) -> sql.Identifier:
    """The function that does so with these tables; a test that makes a table of its own has one of its own."""
    name = f"{kind}_" + hashlib.sha256(" ".join(names).encode()).hexdigest()[:16]
    function = sql.Identifier(_SCHEMA, name)
    if name not in _made:
        each = [
            sql.SQL(one).format(
                table=sql.Identifier(table), name=sql.Literal(table), whole=sql.Literal(f'public."{table}"')
            )
            for table in names
        ]
        with beside().cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(_SCHEMA)))
            body = sql.SQL("").join(each)
            cursor.execute(sql.SQL(_FUNCTION).format(function=function, returns=sql.SQL(returns), each=body))
        _made.add(name)
    return function
