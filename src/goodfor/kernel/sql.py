"""Hot statements: one .sql file each, prepared by the server, run on Django's current connection."""

from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

Row = tuple[Any, ...]
#: Called with each statement that runs here (name, text, params): the tests watch tenancy, `bench` captures the SQL.
observers: list[Callable[[str, str, Mapping[str, Any]], None]] = []


class Statement:
    """One SQL statement in a file of a room, with %(name)s parameters bound on the server.

    It joins the current `transaction.atomic()`; outside of one each call commits by itself. Errors come as
    Django's database errors (IntegrityError ...), the psycopg error in `__cause__`.
    `planned_each_time`: never prepared, for statements whose best plan depends on which values are given.
    """

    __slots__ = ("name", "prepare", "text")

    def __init__(self, package: str | None, path: str, *, planned_each_time: bool = False) -> None:
        if not package:
            raise ValueError("a statement belongs to a package")
        self.name = f"{package}/{path}"
        self.prepare = False if planned_each_time else None
        self.text = resources.files(package).joinpath(path).read_text(encoding="utf-8")

    def _execute(self, params: Mapping[str, Any]) -> "psycopg.Cursor[Row]":
        wrapper = connections[DEFAULT_DB_ALIAS]
        if wrapper.connection is None:
            wrapper.ensure_connection()
        for observe in observers:
            observe(self.name, self.text, params)
        # A cursor of psycopg's own, not Django's: parameters are bound on the server, and the statement is prepared.
        cursor = psycopg.Cursor(wrapper.connection)
        try:
            cursor.execute(self.text, params, prepare=self.prepare)
        except psycopg.Error:
            with wrapper.wrap_database_errors:
                raise
        return cursor

    def rows(self, params: Mapping[str, Any]) -> list[Row]:
        """All rows as tuples."""
        return self._execute(params).fetchall()

    def row(self, params: Mapping[str, Any]) -> Row | None:
        """The first row, or None."""
        return self._execute(params).fetchone()

    def run(self, params: Mapping[str, Any]) -> int:
        """Execute; how many rows were touched."""
        return self._execute(params).rowcount

    def copied(self, params: Mapping[str, Any]) -> Iterator[bytes]:
        """What a `COPY ... TO STDOUT` sends, block by block; its parameters are written into it, as COPY takes none."""
        wrapper = connections[DEFAULT_DB_ALIAS]
        if wrapper.connection is None:
            wrapper.ensure_connection()
        for observe in observers:
            observe(self.name, self.text, params)
        with psycopg.Cursor(wrapper.connection) as cursor, cursor.copy(self.text, params) as copy:
            for block in copy:
                yield bytes(block)
