"""Periodic duties of the vault."""

from datetime import datetime

import structlog

from goodfor.catalog import queries as catalog
from goodfor.identity import queries as identity
from goodfor.kernel.clock import utc_now
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.vault import operations
from goodfor.vault.models import Intake
from goodfor.vault.states import CANCELLING, CONFIRMED, WAITING
from goodfor.vault.types import low_stock_line

_SHOPS = Statement(__package__, "sql/shops_with_stock.sql")
_CANCELLED = Statement(__package__, "sql/cancelled_batches.sql")
log = structlog.get_logger("goodfor.vault")


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


@loop(name="vault.intakes", seconds=1.0)
def advance_intakes(now: datetime) -> int:  # noqa: ARG001
    """Check and import what was handed in, oldest first; one that cannot be done holds up no other."""
    with platform_job("files on their way in"):
        found = Intake.objects.filter(state__in=(WAITING, CONFIRMED, CANCELLING)).order_by("id")
        rows = list(found.values_list("shop_id", "id")[:20])
    failed: Exception | None = None
    count = 0
    for shop_id, intake_id in rows:
        try:
            count += operations.advance_intake(shop_id=shop_id, intake_id=intake_id, now=utc_now())
        except Exception as error:
            # What it was is told without values: they are in the file.
            log.error("intake_failed", intake_id=str(intake_id), error=type(error).__name__)
            failed = error
    if failed is not None and not count:
        raise failed
    return count


@loop(name="vault.tidy_intakes", seconds=60.0)
def tidy_intakes(now: datetime) -> int:
    """Files that nobody confirmed."""
    operations.tidy_intakes(now=now)
    return 0


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
