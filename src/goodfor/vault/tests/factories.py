"""Codes in the vault, for tests."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from goodfor.vault import operations
from goodfor.vault.types import Imported, ImportOptions

_FOLDER = tempfile.TemporaryDirectory(prefix="goodfor-vault-tests-")


def codes(count: int, *, prefix: str = "GOODCODE") -> list[tuple[str, str]]:
    """(number, secret) pairs that nothing else looks like."""
    return [(f"62{prefix}{i:08d}", f"S{i * 7919:08d}-{prefix}-XYZW") for i in range(count)]


def write(lines: Iterable[str | tuple[str, ...]], *, suffix: str = ".csv", encoding: str = "utf-8") -> Path:
    """A file of these lines; tuples are joined by commas."""
    text = "\n".join(line if isinstance(line, str) else ",".join(line) for line in lines) + "\n"
    return write_bytes(text.encode(encoding), suffix)


def write_bytes(data: bytes, suffix: str = ".txt") -> Path:
    """A file with these bytes."""
    with tempfile.NamedTemporaryFile(suffix=suffix, dir=_FOLDER.name, delete=False) as file:
        file.write(data)
    return Path(file.name)


def load(
    shop_id: UUID, sku_id: UUID, pairs: Sequence[tuple[str, ...]] | int, now: datetime, **options: Any
) -> Imported:
    """Import pairs (or that many made-up ones) and put them on sale."""
    rows = codes(pairs, prefix=sku_id.hex[-6:].upper()) if isinstance(pairs, int) else pairs
    path = write(rows)
    try:
        return operations.import_file(
            shop_id=shop_id,
            sku_id=sku_id,
            path=path,
            options=ImportOptions(**{"currency": "CNY", "unit_cost_minor": 100, **options}),
            actor="test",
            now=now,
        )
    finally:
        path.unlink()


def fold(now: datetime) -> None:
    """Run the stock loop until it has nothing to do."""
    while operations.fold_stock(now=now):
        continue


def rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def states_of(shop_id: UUID) -> dict[int, int]:
    """How many codes are in each state, by number."""
    return dict(rows("SELECT state, count(*) FROM vault_code WHERE shop_id = %s GROUP BY state", [shop_id]))
