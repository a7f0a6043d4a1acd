"""What would it cost?"""

from collections.abc import Sequence
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.kernel.ids import uuid7_batch
from goodfor.orders.pricing import check_requests, price_lines
from goodfor.orders.types import LineRequest, Quote


def quote(*, shop_id: UUID, lines: Sequence[LineRequest]) -> Quote:
    """Price an order without placing it. Raises InvalidOrder, SkuUnknown, NotOnSale, OrderLimit."""
    check_requests(lines)
    skus = catalog.skus_for_sale(shop_id, [line.sku_id for line in lines])
    priced, total = price_lines(lines, skus, uuid7_batch(len(lines)))
    return Quote(total, priced)
