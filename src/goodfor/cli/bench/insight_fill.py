"""Ten million orders in minutes: what insights read, written past the operations, on two connections at once."""

import itertools
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console

from goodfor.cli.lazy import load
from goodfor.kernel.sql import Statement

WRITERS: Final = 2
#: Indexes that insights use; the others of these tables, which are for other rooms' questions, do not come back.
KEPT: Final = (
    "insights_order_paid", "ledger_posting_order", "ledger_tx_xid", "orders_line_position", "orders_order_list",
)  # fmt: skip
TABLES: Final = ("orders_order", "orders_line", "ledger_tx", "ledger_posting", "insights_order")
_INDEXES: Final = """
SELECT i.relname, pg_get_indexdef(x.indexrelid), k.conname, c.relname
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
  LEFT JOIN pg_constraint k ON k.conindid = x.indexrelid AND k.conrelid = x.indrelid
 WHERE c.relname = ANY(%s) AND NOT x.indisprimary
"""
#: The temporary server alone: it is deleted afterwards, and nothing is measured before it is back to usual.
_HASTE: Final = ("max_wal_size = '12GB'", "checkpoint_timeout = '1h'", "synchronous_commit = off")


def fill(params: Mapping[str, Any], step: int, console: Console) -> float:
    """Orders 1 to `total` with their lines, facts and postings; the seconds that it took."""
    began, chunks = time.perf_counter(), itertools.count(1, step)
    failed: list[BaseException] = []
    with _in_haste(), _without_indexes(console):
        first_chunk = {**params, "first": next(chunks), "last": min(step, params["total"])}
        _write(first_chunk)
        turn = threading.Lock()
        writers = [
            threading.Thread(target=_writes, args=(params, step, chunks, turn, console, began, failed))
            for _ in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        if failed:
            raise failed[0]
    console.print(f"写完 {params['total']:,} 个订单 / written: {time.perf_counter() - began:.0f} s")
    return time.perf_counter() - began


def _writes(
    params: Mapping[str, Any],
    step: int,
    chunks: Iterator[int],
    turn: threading.Lock,
    console: Console,
    began: float,
    failed: list[BaseException],
) -> None:
    try:
        while not failed:
            with turn:
                first = next(chunks)
            if first > params["total"]:
                return
            _write({**params, "first": first, "last": min(first + step - 1, params["total"])})
            if first // step % 10 == 0:
                console.print(f"{first + step - 1:,} 个订单 / orders: {time.perf_counter() - began:.0f} s")
    except BaseException as error:
        failed.append(error)
    finally:
        load("django.db").connections.close_all()


def _write(chunk: Mapping[str, Any]) -> None:
    # Written past the operations, and past the triggers that would refuse it.
    statement = Statement("goodfor.cli", "sql/insight_orders.sql", planned_each_time=True)
    with load("django.db").connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        statement.run(chunk)
        cursor.execute("SET session_replication_role = DEFAULT")


@contextmanager
def _in_haste() -> Iterator[None]:
    with load("django.db").connection.cursor() as cursor:
        for setting in _HASTE:
            cursor.execute(f"ALTER SYSTEM SET {setting}")
        cursor.execute("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        with load("django.db").connection.cursor() as cursor:
            for setting in _HASTE:
                cursor.execute(f"ALTER SYSTEM RESET {setting.split()[0]}")
            cursor.execute("SELECT pg_reload_conf()")
            cursor.execute("CHECKPOINT")


@contextmanager
def _without_indexes(console: Console) -> Iterator[None]:
    """Built once at the end, an index of ten million rows takes seconds; kept up row by row, minutes."""
    with load("django.db").connection.cursor() as cursor:
        cursor.execute(_INDEXES, [list(TABLES)])
        found = cursor.fetchall()
        for name, _made_by, constraint, table in found:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}" if constraint else f"DROP INDEX {name}")
    yield
    began = time.perf_counter()
    with load("django.db").connection.cursor() as cursor:
        for name, made_by, _constraint, _table in found:
            if name in KEPT:
                cursor.execute(made_by)
        for table in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    console.print(f"索引与统计 / indexes and statistics: {time.perf_counter() - began:.0f} s")
