"""Say below how many codes a SKU's stock is low."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog import queries as catalog
from goodfor.kernel import audit
from goodfor.kernel.sql import Statement
from goodfor.vault.errors import InvalidThreshold
from goodfor.vault.types import MAX_THRESHOLD

_SET = Statement("goodfor.vault", "sql/set_low_stock.sql")


@transaction.atomic
def set_low_stock(*, shop_id: UUID, sku_id: UUID, threshold: int | None, actor: str, now: datetime) -> None:
    """From now on; None: the shop's own threshold, 0: never. Saying the same twice changes nothing.

    It rings nothing by itself, even where less is left: only the next fall below does. Raises SkuUnknown,
    InvalidThreshold.
    """
    if threshold is not None and not 0 <= threshold <= MAX_THRESHOLD:
        raise InvalidThreshold
    catalog.desk_sku(shop_id, sku_id)
    if not _SET.rows({"shop_id": shop_id, "sku_id": sku_id, "threshold": threshold}):
        return
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="low_stock_set",
        subject=("sku", sku_id),
        data={"threshold": threshold},
        now=now,
    )
