"""What one buyer may have of a SKU in all. A step of placing and of buying; runs in the caller's transaction."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from goodfor.catalog.types import SkuForSale
from goodfor.kernel.sql import Statement
from goodfor.orders.errors import BuyerLimit
from goodfor.orders.pricing import pieces
from goodfor.orders.types import LineRow, LineView

_BOUGHT = Statement("goodfor.orders", "sql/bought_by.sql")


def check_buyer_limit(
    *, shop_id: UUID, buyer_ref: str, lines: Sequence[LineView | LineRow], skus: Mapping[UUID, SkuForSale]
) -> dict[UUID, str]:
    """Which SKUs count for this buyer (SKU -> buyer, for their lines); no statement where none has a limit.

    The caller holds the buyer's lock. What was closed unpaid or given back does not count. Raises BuyerLimit.
    """
    limited = [sku_id for sku_id, sku in skus.items() if sku.per_buyer_limit]
    if not limited:
        return {}
    held: dict[UUID, int] = dict(_BOUGHT.rows({"shop_id": shop_id, "sku_ids": limited, "buyer_ref": buyer_ref}))
    for sku_id, count in pieces([line for line in lines if not line.gift]).items():
        limit = skus[sku_id].per_buyer_limit
        if limit is not None and held.get(sku_id, 0) + count > limit:
            raise BuyerLimit(sku_id=str(sku_id), limit=limit)
    return dict.fromkeys(limited, buyer_ref)
