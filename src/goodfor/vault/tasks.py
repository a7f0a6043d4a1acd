"""Periodic duties of the vault."""

from datetime import datetime

from goodfor.catalog import queries as catalog
from goodfor.identity import queries as identity
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.vault import operations
from goodfor.vault.types import low_stock_line

_SHOPS = Statement(__package__, "sql/shops_with_stock.sql")
_CANCELLED = Statement(__package__, "sql/cancelled_batches.sql")


@loop(name="vault.fold_stock", seconds=1.0)
def fold_stock(now: datetime) -> int:
    """Keep the tail of stock changes short, and lots without codes out of the way."""
    return operations.fold_stock(now=now)


@loop(name="vault.expire_reservations", seconds=5.0)
def expire_reservations(now: datetime) -> int:
    """Free what nobody released in time."""
    return operations.expire_reservations(now=now)


@loop(name="vault.expire_lots", seconds=10.0)
def expire_lots(now: datetime) -> int:
    """Lots past their expiry."""
    return operations.expire_lots(now=now)


@loop(name="vault.purge_cancelled", seconds=10.0)
def purge_cancelled(now: datetime) -> int:  # noqa: ARG001
    """Delete what cancelled imports had staged, a chunk of each at a time."""
    with platform_job("purge cancelled imports"):
        rows = _CANCELLED.rows({})
    return sum(operations.purge_batch(shop_id=shop_id, batch_id=batch_id) for shop_id, batch_id in rows)


@loop(name="vault.watch_stock", seconds=30.0)
def watch_stock(now: datetime) -> int:
    """Ring for what fell below its threshold, shop by shop; what is off sale is nobody's worry. How many rang."""
    with platform_job("watch stock"):
        shops = [row[0] for row in _SHOPS.rows({})]
    rung = 0
    for shop_id in shops:
        line = low_stock_line(identity.shop_by_id(shop_id).settings)
        sku_ids = catalog.skus_on_sale(shop_id)
        rung += operations.watch_stock(shop_id=shop_id, sku_ids=sku_ids, shop_threshold=line, now=now)
    return rung
