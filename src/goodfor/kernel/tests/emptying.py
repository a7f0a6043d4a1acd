"""The tables that a committing test filled: which they are, and how they are emptied again.

Looking is a function of the test database, made once for each list of tables: plain statements in PL/pgSQL are planned
once for a connection, where the same in dynamic SQL is planned anew each time, for every table of the house.
"""

import hashlib
from typing import Final

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
  AND c.relname <> ALL (%s)
ORDER BY c.relname
"""
_FILLED: Final = """
CREATE OR REPLACE FUNCTION {function}() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
{each}
END $$
"""
_ONE_FILLED: Final = "IF EXISTS (SELECT 1 FROM public.{table}) THEN RETURN NEXT {name}; END IF;"
#: Past this many bytes TRUNCATE is cheaper; below, it makes new files for the table and every index for nothing.
_BIG: Final = 1_000_000
_EMPTY: Final = """
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY {names}::text[] LOOP
    IF pg_relation_size(format('public.%I', name)::regclass) > {big} THEN
      EXECUTE format('TRUNCATE public.%I CASCADE', name);
    ELSE
      EXECUTE format('DELETE FROM public.%I', name);
    END IF;
  END LOOP;
END $$
"""
_made: set[str] = set()


def filled() -> list[str]:
    """The names of the tables that hold rows, save those that migrations fill."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [list(KEPT)])
        function = _function([name for (name,) in cursor.fetchall()])
        cursor.execute(sql.SQL("SELECT * FROM {}()").format(function))
        return [name for (name,) in cursor.fetchall()]


def empty() -> None:
    """Empty every table of what a committing test has written, past the triggers of append-only tables."""
    names = filled()
    if not names:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute(sql.SQL(_EMPTY).format(names=sql.Literal(names), big=sql.Literal(_BIG)))
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


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


def _function(tables: list[str]) -> sql.Identifier:
    """The function that looks into these tables; a test that makes a table of its own has one of its own."""
    name = "filled_" + hashlib.sha256(" ".join(tables).encode()).hexdigest()[:16]
    function = sql.Identifier(_SCHEMA, name)
    if name not in _made:
        each = [sql.SQL(_ONE_FILLED).format(table=sql.Identifier(table), name=sql.Literal(table)) for table in tables]
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(_SCHEMA)))
            cursor.execute(sql.SQL(_FILLED).format(function=function, each=sql.SQL("\n").join(each)))
        if not connection.in_atomic_block:
            _made.add(name)
    return function
