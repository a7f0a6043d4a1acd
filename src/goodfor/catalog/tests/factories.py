"""Offers for the tests of the catalog, and the proof that a refusal changed nothing."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.catalog import operations
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = ("catalog_category", "catalog_product", "catalog_sku", "catalog_image", "kernel_audit")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Offered:
    """A product with one SKU, alone on a shelf of its own shop."""

    shop_id: UUID
    category_id: UUID
    product_id: UUID
    sku_id: UUID


def cny(fen: int) -> Money:
    return Money(fen, "CNY")


def category(shop_id: UUID, **values: Any) -> UUID:
    given = {"slug": f"shelf-{next(_numbers)}", "name": "货架", "actor": "test", "now": NOW, **values}
    return operations.create_category(shop_id=shop_id, **given)


def product(shop_id: UUID, category_id: UUID, **values: Any) -> UUID:
    given = {"slug": f"product-{next(_numbers)}", "name": "商品", "actor": "test", "now": NOW, **values}
    return operations.create_product(shop_id=shop_id, category_id=category_id, **given)


def sku(shop_id: UUID, product_id: UUID, **values: Any) -> UUID:
    given = {"code": f"sku-{next(_numbers)}", "name": "规格", "price": cny(4850), "actor": "test", "now": NOW, **values}
    return operations.create_sku(shop_id=shop_id, product_id=product_id, **given)


def offer(shop_id: UUID | None = None, **of_product: Any) -> Offered:
    shop = shop_id or uuid4()
    shelf = of_product.pop("category_id", None) or category(shop)
    product_id = product(shop, shelf, **of_product)
    return Offered(shop, shelf, product_id, sku(shop, product_id))


def rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def row(table: str, row_id: UUID) -> dict[str, Any]:
    """One row, by column."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [row_id])
        [values] = cursor.fetchall()
        return dict(zip((column.name for column in cursor.description or ()), values, strict=True))


def audited(subject_id: UUID) -> list[tuple[Any, ...]]:
    """What the audit trail says of a thing: (shop, actor, action, subject type, data), oldest first."""
    return rows(
        "SELECT shop_id, actor, action, subject_type, data::text FROM kernel_audit WHERE subject_id = %s ORDER BY id",
        [str(subject_id)],
    )


def everything() -> dict[str, list[str]]:
    """All rows of the catalog and of the audit trail, as text."""
    return {table: sorted(text for (text,) in rows(f"SELECT t::text FROM {table} t")) for table in TABLES}


@contextmanager
def refused(error: type[DomainError], **data: Any) -> Iterator[None]:
    """The block is refused with exactly this error and data, and nothing at all has changed."""
    before = everything()
    with pytest.raises(error) as caught:
        yield
    assert type(caught.value) is error
    assert caught.value.data == data
    assert everything() == before
