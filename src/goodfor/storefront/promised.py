"""What a buyer is promised, in words: before buying, and for each order as it was when they bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodfor.aftersales import queries as aftersales
from goodfor.catalog.types import ProductView, SkuView
from goodfor.orders.types import OrderView

#: Nothing was delivered, and nothing will be.
_OVER = ("cancelled", "expired")


@dataclass(frozen=True, slots=True)
class Promised:
    """Sentences, the lines of the order that they are for, and `mark`: names the version, for forms that show it."""

    lines: Sequence[str]
    mark: str
    titles: tuple[str, ...] = ()


def promised_for(shop_id: UUID, product: ProductView, sku: SkuView, at: datetime) -> Promised:
    """What an order of this SKU placed now would be promised; one query."""
    bound = aftersales.promise_for(shop_id, sku.id, at, category_id=product.category.id)
    lines = aftersales.promise_lines(bound.terms, sku.price.currency, sku.delivery_kind)
    return Promised(lines, f"{bound.promise_id or ''}:{bound.version}")


def promised_for_goods(shop_id: UUID, goods: Sequence[tuple[str, SkuView]], at: datetime) -> list[Promised]:
    """What an order of these (title, SKU) placed now would be promised, those with the same promise together."""
    found: dict[tuple[str, str], Promised] = {}
    for title, sku in goods:
        bound = aftersales.promise_for(shop_id, sku.id, at)
        key = (f"{bound.promise_id or ''}:{bound.version}", sku.delivery_kind)
        same = found.get(key)
        lines = same.lines if same else aftersales.promise_lines(bound.terms, sku.price.currency, sku.delivery_kind)
        found[key] = Promised(lines, key[0], (*(same.titles if same else ()), title))
    return list(found.values())


def promised_to(shop_id: UUID, order: OrderView) -> list[Promised]:
    """What is promised for an order's lines, those with the same promise together."""
    if order.state in _OVER:
        return []
    found: dict[tuple[str, str], Promised] = {}
    for line in order.lines:
        bound = aftersales.promise_for(shop_id, line.sku_id, order.placed_at)
        key = (f"{bound.promise_id or ''}:{bound.version}", line.kind)
        same = found.get(key)
        sentences = same.lines if same else aftersales.promise_lines(bound.terms, order.currency, line.kind)
        found[key] = Promised(sentences, key[0], (*(same.titles if same else ()), line.title))
    return list(found.values())
