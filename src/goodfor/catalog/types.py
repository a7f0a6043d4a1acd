"""What the catalog shows to other rooms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from goodfor.kernel.money import Money

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SkuForSale:
    """What selling needs to know about a SKU that is on sale."""

    sku_id: UUID
    title: str
    price: Money
    per_order_limit: int
    per_buyer_limit: int | None
    delivery_kind: str
    hold_seconds: int
    product_id: UUID
    category_id: UUID
    #: The member's tier that it takes; 0: everybody.
    least_tier: int = 0


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A shelf with the number of products on sale."""

    id: UUID
    slug: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class SkuView:
    """A face value on a product's page."""

    id: UUID
    code: str
    name: str
    face_value_label: str
    price: Money
    list_price: Money | None
    per_order_limit: int
    per_buyer_limit: int | None
    delivery_kind: str
    on_sale: bool
    hold_seconds: int = 900
    least_tier: int = 0


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product in a list; `from_price` is the lowest price of its SKUs on sale."""

    id: UUID
    slug: str
    name: str
    summary: str
    category_slug: str
    category_name: str
    image_url: str | None
    from_price: Money
    face_label: str
    sku_ids: tuple[UUID, ...]
    list_price: Money | None = None


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product with its SKUs."""

    id: UUID
    slug: str
    name: str
    summary: str
    how_to_use: str
    validity_text: str
    image_url: str | None
    category: CategoryView
    on_sale: bool
    skus: tuple[SkuView, ...]
    scenes: tuple[str, ...] = ()
    position: int = 0

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why nobody could buy it even on sale: no_sku, no_sku_on_sale; none of them: it can go on sale."""
        if not self.skus:
            return ("no_sku",)
        return () if any(sku.on_sale for sku in self.skus) else ("no_sku_on_sale",)


@dataclass(frozen=True, slots=True)
class Guide:
    """How what was bought is used, whether or not it is still on sale."""

    slug: str
    name: str
    face_label: str
    how_to_use: str
    validity_text: str


@dataclass(frozen=True, slots=True)
class ImageView:
    """A picture of the shop, with its size in pixels."""

    name: str
    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; prices in minor units, both ends included. A SKU on sale must meet all at once."""

    scene: str | None = None
    price_from: int | None = None
    price_to: int | None = None
    delivery_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list; `next` is the cursor of the following page, None at the end."""

    items: tuple[T, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category as the staff see it, with all of its products counted."""

    id: UUID
    slug: str
    name: str
    position: int
    hidden: bool
    products: int


@dataclass(frozen=True, slots=True)
class DeskSearch:
    """What the staff look for; prices in minor units, both ends included. `sort`: name or price, with - from above."""

    text: str = ""
    category_id: UUID | None = None
    price_from: int | None = None
    price_to: int | None = None
    sort: str = ""


@dataclass(frozen=True, slots=True)
class DeskSku:
    """A SKU with its product, as the staff see it. `selling`: both are on sale."""

    id: UUID
    product_id: UUID
    product_name: str
    category_name: str
    image_url: str | None
    sku: SkuView
    product_on_sale: bool

    @property
    def selling(self) -> bool:
        """True when the product and the SKU are on sale."""
        return self.product_on_sale and self.sku.on_sale


@dataclass(frozen=True, slots=True)
class SkuLabel:
    """What a SKU is called and costs; enough to compare it with what others sell."""

    id: UUID
    product_name: str
    name: str
    face_value_label: str
    price: Money
    delivery_kind: str


@dataclass(frozen=True, slots=True)
class DeskProduct:
    """A product as the staff's list shows it: `offers` of its SKUs are on sale; the prices are theirs."""

    id: UUID
    slug: str
    name: str
    category_name: str
    image_url: str | None
    on_sale: bool
    skus: int
    offers: int
    from_price: Money | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ProductPicture:
    """A picture of a product; one of them is its cover."""

    name: str
    url: str
    cover: bool


@dataclass(frozen=True, slots=True)
class PriceChange:
    """How a price changes. `kind`: set (to `value`), by (plus `value`), both minor units, or percent (plus `value`
    hundredths of a percent, rounded half up to a minor unit). `currency`: of what SKUs, where it is an amount."""

    kind: str
    value: int
    currency: str = ""

    def applied(self, old: int) -> int:
        """The new price in minor units; whether it can be is not asked here. Raises ValueError for another kind."""
        if self.kind == "set":
            return self.value
        if self.kind == "by":
            return old + self.value
        if self.kind == "percent":
            return (old * (10_000 + self.value) * 2 + 10_000) // 20_000
        raise ValueError(self.kind)
