"""Reads of the soaks' own."""

from collections.abc import Mapping
from typing import Any

from django.db import connection


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """Rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def named(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of one statement that names what it is given."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
