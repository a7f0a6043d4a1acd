"""Reads of the soaks' own."""

from typing import Any

from django.db import connection


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """Rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
