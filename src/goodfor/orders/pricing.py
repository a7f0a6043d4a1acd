"""From wishes and prices to lines and a total. Pure."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from goodfor.catalog.types import SkuForSale
from goodfor.kernel.money import Money
from goodfor.orders.errors import InvalidOrder, OrderLimit
from goodfor.orders.types import MAX_CODES, MAX_LINES, MAX_REF, LineRequest, LineRow, LineView


def check_requests(lines: Sequence[LineRequest]) -> None:
    """Raise InvalidOrder unless 1 to 20 different SKUs with 1 to 10,000 codes in all; beside a bundle one may stand
    again, for itself."""
    if not 1 <= len(lines) <= MAX_LINES:
        raise InvalidOrder(field="lines")
    if len({(line.sku_id, line.bundle) for line in lines}) != len(lines):
        raise InvalidOrder(field="lines", reason="duplicate_sku")
    if any(type(line.quantity) is not int or not 1 <= line.quantity <= MAX_CODES for line in lines):
        raise InvalidOrder(field="quantity")
    if sum(line.quantity for line in lines) > MAX_CODES:
        raise InvalidOrder(field="quantity", reason="too_many_codes")


def price_lines(
    lines: Sequence[LineRequest],
    skus: Mapping[UUID, SkuForSale],
    line_ids: Sequence[UUID],
    currency: str | None = None,
) -> tuple[tuple[LineView, ...], Money]:
    """Lines at today's list prices and their total. Raises OrderLimit, InvalidOrder (mixed or foreign currency)."""
    priced = []
    total = 0
    wanted = pieces(lines)
    for line, line_id in zip(lines, line_ids, strict=True):
        sku = skus[line.sku_id]
        if wanted[line.sku_id] > sku.per_order_limit:
            raise OrderLimit(sku_id=str(line.sku_id), limit=sku.per_order_limit)
        currency = currency or sku.price.currency
        if sku.price.currency != currency:
            raise InvalidOrder(field="lines", reason="mixed_currency")
        total += sku.price.amount_minor * line.quantity
        priced.append(
            LineView(
                line_id, line.sku_id, sku.title, line.quantity, sku.price, sku.delivery_kind, bundle_id=line.bundle
            )
        )
    assert currency is not None
    return tuple(priced), Money(total, currency)


def pieces(lines: Sequence[LineRequest | LineView | LineRow]) -> Counter[UUID]:
    """How many of each SKU in all lines."""
    found: Counter[UUID] = Counter()
    for line in lines:
        found[line.sku_id] += line.quantity
    return found


def buyer_key(ref: str) -> str:
    """A buyer's name as it is stored and compared: itself, or its SHA-256 in hex where it is too long."""
    return ref if len(ref) <= MAX_REF else hashlib.sha256(ref.encode("utf-8", "surrogatepass")).hexdigest()
