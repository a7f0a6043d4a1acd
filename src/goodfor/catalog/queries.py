"""Reads of the catalog, as dataclasses."""

import base64
import binascii
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from goodfor.catalog.errors import NotOnSale, ProductUnknown, SkuUnknown
from goodfor.catalog.models import Category, Product, Sku
from goodfor.catalog.types import CategoryView, Page, ProductCard, ProductView, SkuForSale, SkuView
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Statement

MAX_PAGE = 200
MAX_WORDS = 6
_SKUS = Statement(__package__, "sql/skus_for_sale.sql")


def skus_for_sale(shop_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, SkuForSale]:
    """Everything a sale needs about these SKUs, in one statement. Raises SkuUnknown, NotOnSale."""
    found: dict[UUID, SkuForSale] = {}
    for row in _SKUS.rows({"shop_id": shop_id, "sku_ids": list(sku_ids)}):
        if not row[8]:
            raise NotOnSale(sku_id=str(row[0]))
        found[row[0]] = SkuForSale(row[0], row[1], Money(row[2], row[3]), row[4], row[5], row[6], row[7])
    for sku_id in sku_ids:
        if sku_id not in found:
            raise SkuUnknown(sku_id=str(sku_id))
    return found


def sku_by_code(shop_id: UUID, code: str) -> SkuView:
    """A SKU by the operator's own code or by its id. Raises SkuUnknown."""
    query = Q(code=_exact(code))
    with suppress(ValueError):
        query |= Q(id=UUID(code))
    sku = Sku.objects.filter(query, shop_id=shop_id).first()
    if sku is None:
        raise SkuUnknown(sku=code[:80])
    return _sku_view(sku)


def sku_ids(shop_id: UUID) -> list[UUID]:
    """Every SKU of a shop."""
    return list(Sku.objects.filter(shop_id=shop_id).values_list("id", flat=True))


def categories(shop_id: UUID) -> list[CategoryView]:
    """Shelves with something on sale, in the operator's order."""
    on_sale = Q(
        products__on_sale=True,
        products__shop_id=shop_id,
        products__skus__on_sale=True,
        products__skus__shop_id=shop_id,
    )
    rows = (
        Category.objects.filter(shop_id=shop_id)
        .annotate(count=Count("products", filter=on_sale, distinct=True))
        .filter(count__gt=0)
        .order_by("position", "id")
    )
    return [CategoryView(c.id, c.slug, c.name, c.count) for c in rows]


def list_products(
    shop_id: UUID, category: str | None = None, query: str | None = None, after: str | None = None, limit: int = 24
) -> Page[ProductCard]:
    """Products on sale, by shelf order; `query` looks in names, summaries and face values; `after` is a cursor.

    Raises InvalidInput for a broken cursor.
    """
    limit = max(1, min(limit, MAX_PAGE))
    on_sale = Sku.objects.filter(shop_id=shop_id, on_sale=True).order_by("price_minor", "id")
    # Subqueries, not joins: six words would join the SKUs of a product six times.
    its_skus = on_sale.filter(product=OuterRef("pk"))
    products = Product.objects.filter(Exists(its_skus), shop_id=shop_id, on_sale=True).select_related("category")
    if category:
        products = products.filter(category__slug=_exact(category), category__shop_id=shop_id)
    for word in _words(query or ""):
        match = Q(name__icontains=word) | Q(summary__icontains=word) | Q(category__name__icontains=word)
        products = products.filter(match | Exists(its_skus.filter(face_value_label__icontains=word)))
    if after:
        position, product_id = _open_cursor(after)
        products = products.filter(Q(position__gt=position) | Q(position=position, id__gt=product_id))
    rows = list(
        products.order_by("position", "id").prefetch_related(Prefetch("skus", queryset=on_sale, to_attr="offers"))[
            : limit + 1
        ]
    )
    more = len(rows) > limit
    # Offers are read after their products: the last one may have gone off sale in between.
    cards = tuple(_card(product) for product in rows[:limit] if cast(Any, product).offers)
    return Page(cards, _cursor(rows[limit - 1]) if more else None)


def all_products(shop_id: UUID, limit: int = 500) -> list[ProductView]:
    """Products on sale or not, by shelf order, with all their SKUs: for the staff's choices."""
    skus = Prefetch("skus", queryset=Sku.objects.filter(shop_id=shop_id).order_by("position", "id"), to_attr="offers")
    rows = Product.objects.filter(shop_id=shop_id).select_related("category").prefetch_related(skus)
    return [_product_view(product) for product in rows.order_by("position", "id")[:limit]]


def get_product(shop_id: UUID, key: str | UUID) -> ProductView:
    """A product by slug or id, on sale or not. Raises ProductUnknown."""
    query = Q(slug=_exact(str(key)))
    with suppress(ValueError):
        query |= Q(id=key if isinstance(key, UUID) else UUID(key))
    product = (
        Product.objects.filter(query, shop_id=shop_id)
        .select_related("category")
        .prefetch_related(
            Prefetch("skus", queryset=Sku.objects.filter(shop_id=shop_id).order_by("position", "id"), to_attr="offers")
        )
        .first()
    )
    if product is None:
        raise ProductUnknown
    return _product_view(product)


def _product_view(product: Product) -> ProductView:
    category = CategoryView(product.category.id, product.category.slug, product.category.name, 0)
    offers: list[Sku] = cast(Any, product).offers
    return ProductView(
        id=product.id,
        slug=product.slug,
        name=product.name,
        summary=product.summary,
        how_to_use=product.how_to_use,
        validity_text=product.validity_text,
        image_url=_image_url(product.image_name),
        category=category,
        on_sale=product.on_sale,
        skus=tuple(_sku_view(sku) for sku in offers),
    )


def _sku_view(sku: Sku) -> SkuView:
    return SkuView(
        id=sku.id,
        code=sku.code,
        name=sku.name,
        face_value_label=sku.face_value_label,
        price=Money(sku.price_minor, sku.currency),
        list_price=None if sku.list_price_minor is None else Money(sku.list_price_minor, sku.currency),
        per_order_limit=sku.per_order_limit,
        per_buyer_limit=sku.per_buyer_limit,
        delivery_kind=sku.delivery_kind,
        on_sale=sku.on_sale,
    )


def _card(product: Product) -> ProductCard:
    offers: list[Sku] = cast(Any, product).offers
    labels = [sku.face_value_label for sku in sorted(offers, key=lambda s: (s.position, s.id)) if sku.face_value_label]
    return ProductCard(
        id=product.id,
        slug=product.slug,
        name=product.name,
        summary=product.summary,
        category_slug=product.category.slug,
        category_name=product.category.name,
        image_url=_image_url(product.image_name),
        from_price=Money(offers[0].price_minor, offers[0].currency),
        face_label=" / ".join(labels[:3]),
        sku_ids=tuple(sku.id for sku in offers),
    )


def _words(query: str) -> list[str]:
    """At most six different words, without what PostgreSQL does not take as text."""
    return list(dict.fromkeys(_text(query).split()))[:MAX_WORDS]


def _exact(key: str) -> str:
    """A slug or code to look up; empty, which nothing is called, for what PostgreSQL does not take as text."""
    return key if _text(key) == key else ""


def _text(text: str) -> str:
    return text.replace("\x00", "").encode(errors="ignore").decode()


def _image_url(name: str) -> str | None:
    return f"{settings.MEDIA_URL}{name}" if name else None


def _cursor(product: Product) -> str:
    return base64.urlsafe_b64encode(f"{product.position}:{product.id}".encode()).decode().rstrip("=")


def _open_cursor(text: str) -> tuple[int, UUID]:
    try:
        position, product_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(":", 1)
        return int(position), UUID(product_id)
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise InvalidInput(field="cursor") from None
