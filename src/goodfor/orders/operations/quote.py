"""What would it cost?"""

from collections.abc import Sequence
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.orders.pricing import check_requests, price_lines
from goodfor.orders.types import LineRequest, Quote


def quote(*, shop_id: UUID, lines: Sequence[LineRequest]) -> Quote:
    """Price an order without placing it. Raises InvalidOrder, SkuUnknown, NotOnSale, OrderLimit."""
    check_requests(lines)
    priced, total = price_lines(lines, catalog.skus_for_sale(shop_id, [line.sku_id for line in lines]))
    return Quote(total, priced)
