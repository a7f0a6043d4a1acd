"""Reads that only the storefront's pages need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import Filters, ProductCard, ProductView, SkuView
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders

FEW = 10
PAGE_SIZE = 24
PAGES_LOOKED_THROUGH = 8


@dataclass(frozen=True, slots=True)
class TrustFigures:
    """Counted facts about this shop; None where nothing has been counted yet."""

    sold_codes: int | None = None
    delivered_p50_seconds: float | None = None
    refund_p50_seconds: float | None = None

    @property
    def any(self) -> bool:
        """True when there is something true to say."""
        return bool(self.sold_codes) or self.delivered_p50_seconds is not None or self.refund_p50_seconds is not None


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU as the product page offers it: `available` pieces now, `most` of them in one order.

    `members`: for which members alone it is, in words; `locked`: the visitor is none of them.
    """

    sku: SkuView
    available: int
    most: int
    members: str = ""
    locked: bool = False

    @property
    def buyable(self) -> bool:
        """True when at least one can be ordered."""
        return self.sku.on_sale and self.most > 0 and not self.locked

    @property
    def saved(self) -> Money | None:
        """What the shop takes off its list price."""
        listed = self.sku.list_price
        return listed - self.sku.price if listed and listed > self.sku.price else None

    @property
    def few(self) -> bool:
        """True when so few are left that the buyer should know the number."""
        return self.buyable and self.available <= FEW


@dataclass(frozen=True, slots=True)
class Shelved:
    """A product on a shelf, and whether any of it is left."""

    card: ProductCard
    sold_out: bool

    @property
    def face(self) -> str:
        """The face value drawn on its token: the first one."""
        return self.card.face_label.split(" / ")[0] or self.card.name


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of products; `next` is the cursor of the following page."""

    goods: list[Shelved]
    next: str | None


def shelved(shop_id: UUID, cards: Sequence[ProductCard]) -> list[Shelved]:
    """Products with their stock: sold out when no SKU has a piece left."""
    left = set(orders.available(shop_id, [sku_id for card in cards for sku_id in card.sku_ids]))
    return [Shelved(card, left.isdisjoint(card.sku_ids)) for card in cards]


def shelf(
    shop_id: UUID,
    after: str | None,
    *,
    category: str | None = None,
    query: str | None = None,
    filters: Filters | None = None,
    in_stock: bool = False,
) -> Shelf:
    """A page of products. Of those in stock, so many pages of all are looked through until one is full."""
    goods: list[Shelved] = []
    cursor = after
    for _ in range(PAGES_LOOKED_THROUGH if in_stock else 1):
        listed = catalog.list_products(
            shop_id, category=category, query=query, after=cursor, limit=PAGE_SIZE, filters=filters
        )
        goods += [good for good in shelved(shop_id, listed.items) if not (in_stock and good.sold_out)]
        cursor = listed.next
        if cursor is None or len(goods) >= PAGE_SIZE:
            break
    return Shelf(goods, cursor)


def trust_figures(shop_id: UUID) -> TrustFigures:
    """What the shop's books say about it: codes sold, median seconds from paid to delivered, median of refunds."""
    return figures_from(orders.trust_figures(shop_id))


def figures_from(counted: Mapping[str, Any]) -> TrustFigures:
    """From `{"sold_codes", "delivered_p50_seconds", "refund_p50_seconds"}`; a missing or empty figure stays hidden."""
    sold = counted.get("sold_codes")
    return TrustFigures(
        sold_codes=int(sold) if sold else None,
        delivered_p50_seconds=_seconds(counted.get("delivered_p50_seconds")),
        refund_p50_seconds=_seconds(counted.get("refund_p50_seconds")),
    )


def offers(shop_id: UUID, product: ProductView) -> list[Offer]:
    """The product's SKUs with their stock, in the product's order."""
    stock = orders.available(shop_id, [sku.id for sku in product.skus])
    selling = {sku.id for sku in product.skus if product.on_sale and sku.on_sale and sku.id in stock}
    return [_offer(sku, stock[sku.id] if sku.id in selling else 0) for sku in product.skus]


def chosen(offered: Sequence[Offer], wanted: str) -> Offer | None:
    """The offer whose SKU id is `wanted`, else the first that can be bought, else the first."""
    by_id = next((offer for offer in offered if str(offer.sku.id) == wanted), None)
    return by_id or next((offer for offer in offered if offer.buyable), next(iter(offered), None))


def _offer(sku: SkuView, available: int) -> Offer:
    limits = [limit for limit in (sku.per_order_limit, sku.per_buyer_limit) if limit]
    return Offer(sku, available, min([max(available, 0), *limits]))


def _seconds(value: Any) -> float | None:
    return None if value is None else max(float(value), 0.0)
