"""The usual way to seal a column anew: rows by their id, in small transactions; what is locked waits for the next pass.

A table that is too hot for that brings statements of its own (`sealed.reseal_rows`).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.locks import PICK_FREE_ROWS
from goodfor.kernel.sealed import Reseal, SealedColumn, Step
from goodfor.kernel.tenancy import platform_job

CHUNK = 100


def column(
    table: str, prefix: str, bound: Sequence[str], aad: Callable[..., bytes], *, id_column: str = "id"
) -> SealedColumn:
    """The declaration of `<prefix>blob` of a table, sealed anew in the usual way.

    `aad` makes the associated data of a row from its columns `bound`, in that order.
    """
    key, blob = f"{prefix}key_id", f"{prefix}blob"
    reseal = _usual(table, key, blob, (id_column, *bound), aad)
    return SealedColumn(table=table, blob=blob, key=key, where=f"{key} IS NOT NULL", reseal=reseal)


def passing(table: str, prefix: str, ends: str) -> SealedColumn:
    """The declaration of values that go away by themselves; `ends` says when."""
    key = f"{prefix}key_id"
    return SealedColumn(table=table, blob=f"{prefix}blob", key=key, where=f"{key} IS NOT NULL", ends=ends)


def _usual(table: str, key: str, blob: str, columns: Sequence[str], aad: Callable[..., bytes]) -> Reseal:
    names = {
        "table": sql.Identifier(table),
        "key": sql.Identifier(key),
        "blob": sql.Identifier(blob),
        "id": sql.Identifier(columns[0]),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "free_rows": PICK_FREE_ROWS,
    }
    pick = sql.SQL(
        "SELECT {key}, {blob}, {columns} FROM {table} WHERE {id} > %s AND {key} <> %s"
        " ORDER BY {id} LIMIT %s {free_rows}"
    ).format(**names)
    store = sql.SQL("UPDATE {table} SET {key} = %s, {blob} = %s WHERE {id} = %s AND {key} = %s").format(**names)

    def reseal(*, after: UUID | None, now: datetime) -> Step:  # noqa: ARG001
        ring = keyring()
        with platform_job("key rotation"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(pick, [after or UUID(int=0), ring.active_key_id, CHUNK])
            rows = cursor.fetchall()
            for old, value, row_id, *bound in rows:
                data = aad(*bound)
                fresh = ring.seal(ring.open(Sealed(old, bytes(value)), data), data)
                cursor.execute(store, [fresh.key_id, fresh.blob, row_id, old])
        return Step(len(rows), rows[-1][2] if len(rows) == CHUNK else None)

    return reseal
