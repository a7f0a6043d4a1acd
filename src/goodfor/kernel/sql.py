"""Hot statements: one .sql file each, prepared by the server, run on Django's current connection."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

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


class Tally(Statement):
    """How many things of a shop wait, or the like: `SELECT count...`, one row of one number, of %(shop_id)s alone.

    `tally(shop_id)` asks for one; `tallies` asks for many at once.
    """

    __slots__ = ()

    def __call__(self, shop_id: UUID) -> int:
        """The number."""
        (found,) = self.rows({"shop_id": shop_id})
        return int(found[0])


class _Together(Statement):
    """Several tallies as one statement: a column each."""

    __slots__ = ()

    def __init__(self, asked: Sequence[Tally]) -> None:
        self.name = " ".join(one.name for one in asked)
        self.prepare = None
        self.text = "SELECT " + ",\n".join(f"(\n{one.text.rstrip()}\n)" for one in asked)


_together = cache(_Together)


def tallies(shop_id: UUID, asked: Iterable[Tally]) -> dict[Tally, int]:
    """What each of these counts, in one statement and so in one moment."""
    each = tuple(asked)
    if not each:
        return {}
    (found,) = _together(each).rows({"shop_id": shop_id})
    return {one: int(number) for one, number in zip(each, found, strict=True)}
