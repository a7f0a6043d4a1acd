"""What the catalog shows to other rooms."""

from dataclasses import dataclass
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
