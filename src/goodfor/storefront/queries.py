"""Reads that only the storefront's pages need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from goodfor.catalog.types import Page, ProductCard, ProductView, SkuView
from goodfor.orders import queries as orders
from goodfor.vault import queries as vault

FEW = 10


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
    """A SKU as the product page offers it: `available` pieces now, `most` of them in one order."""

    sku: SkuView
    available: int
    most: int

    @property
    def buyable(self) -> bool:
        """True when at least one can be ordered."""
        return self.sku.on_sale and self.most > 0

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


def shelf(shop_id: UUID, listed: Page[ProductCard]) -> Shelf:
    """The listed products with their stock: sold out when no SKU has a piece left."""
    stock = vault.stock(shop_id, [sku_id for card in listed.items for sku_id in card.sku_ids])
    left = {sku_id for sku_id, level in stock.items() if level.available > 0}
    return Shelf([Shelved(card, left.isdisjoint(card.sku_ids)) for card in listed.items], listed.next)


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
    stock = vault.stock(shop_id, [sku.id for sku in product.skus])
    return [_offer(sku, stock[sku.id].available if product.on_sale and sku.id in stock else 0) for sku in product.skus]


def chosen(offered: Sequence[Offer], wanted: str) -> Offer | None:
    """The offer whose SKU id is `wanted`, else the first that can be bought, else the first."""
    by_id = next((offer for offer in offered if str(offer.sku.id) == wanted), None)
    return by_id or next((offer for offer in offered if offer.buyable), next(iter(offered), None))


def _offer(sku: SkuView, available: int) -> Offer:
    limits = [limit for limit in (sku.per_order_limit, sku.per_buyer_limit) if limit]
    return Offer(sku, available, min([max(available, 0), *limits]))


def _seconds(value: Any) -> float | None:
    return None if value is None else max(float(value), 0.0)
