"""Where exports read: one moment of the books, row by row."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction

from goodfor.kernel.sql import Row, Statement, observers
from goodfor.ledger.exports.types import JournalLine, Period

JOURNAL = Statement("goodfor.ledger", "sql/journal.sql")
VOUCHERS = Statement("goodfor.ledger", "sql/vouchers.sql")
ROWS_AT_ONCE = 5_000


@contextmanager
def snapshot() -> Iterator[None]:
    """All statements inside see the same moment. Within a transaction that has begun before, each sees its own."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def journal(period: Period) -> Iterator[JournalLine]:
    """Posted lines by day, transaction and line. Only inside of `snapshot`."""
    return (JournalLine(*row) for row in _stream(JOURNAL, _params(period)))


def voucher_sums(period: Period, currency: str) -> Iterator[Row]:
    """(day, kind, code, debit, credit) in minor units, by day and kind. Only inside of `snapshot`."""
    return _stream(VOUCHERS, {**_params(period), "currency": currency})


def _params(period: Period) -> dict[str, Any]:
    return {"shop_id": period.shop_id, "first_day": period.first_day, "last_day": period.last_day}


def _stream(statement: Statement, params: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of a cursor on the server, so that none of them wait in memory."""
    for observe in observers:
        observe(statement.name, statement.text, params)
    with psycopg.ServerCursor(connection.connection, "ledger_export") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(statement.text, params)
        yield from cursor
