"""Reads of the catalog, as dataclasses."""

import base64
import binascii
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from goodfor.catalog.desk import (
    category_of,
    desk_products,
    desk_sku,
    desk_skus,
    find_product_ids,
    find_skus,
    pictures,
    prices,
    shelves,
    sku_labels,
    skus_on_sale,
)
from goodfor.catalog.errors import NotOnSale, ProductUnknown, SkuUnknown
from goodfor.catalog.mapping import image_url, sku_view
from goodfor.catalog.models import Category, ImageFile, Product, Sku
from goodfor.catalog.types import (
    CategoryView,
    Filters,
    Guide,
    ImageView,
    Page,
    ProductCard,
    ProductView,
    SkuForSale,
    SkuView,
)
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Statement

__all__ = [
    "all_products",
    "categories",
    "category_of",
    "desk_products",
    "desk_sku",
    "desk_skus",
    "find_product_ids",
    "find_skus",
    "get_product",
    "guides",
    "image",
    "list_products",
    "pictures",
    "prices",
    "products_by_slug",
    "products_of_skus",
    "scenes",
    "shelves",
    "sku_by_code",
    "sku_ids",
    "sku_labels",
    "skus_for_sale",
    "skus_on_sale",
    "slugs_on_sale",
]
MAX_PAGE = 200
MAX_WORDS = 6
#: Nothing that is searched has longer words.
MAX_WORD = 120
#: So many products that hold a query's pairs of characters are judged; more are of no use to anyone.
MAX_JUDGED = 1000
#: Likeness costs more than holding, and the nearest are looked for, not all.
MAX_ALIKE = 300
MAX_PRICE = 10**15
#: How alike a mistyped Latin word must be (word_similarity): one wrong letter in five.
LIKENESS = 0.45
_LATIN = re.compile(r"[A-Za-z]{4}")
_SKUS = Statement(__package__, "sql/skus_for_sale.sql")
_SEARCH = Statement(__package__, "sql/search.sql")
_LIKE = Statement(__package__, "sql/search_like.sql")
_SCENES = Statement(__package__, "sql/scenes.sql")


def skus_for_sale(shop_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, SkuForSale]:
    """Everything a sale needs about these SKUs, in one statement. Raises SkuUnknown, NotOnSale."""
    found: dict[UUID, SkuForSale] = {}
    for row in _SKUS.rows({"shop_id": shop_id, "sku_ids": list(sku_ids)}):
        if not row[8]:
            raise NotOnSale(sku_id=str(row[0]))
        found[row[0]] = SkuForSale(
            row[0], row[1], Money(row[2], row[3]), row[4], row[5], row[6], row[7], row[9], row[10], row[11]
        )
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
    return sku_view(sku)


def sku_ids(shop_id: UUID) -> list[UUID]:
    """Every SKU of a shop."""
    return list(Sku.objects.filter(shop_id=shop_id).values_list("id", flat=True))


def delivery_kinds(shop_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, str]:
    """How each of these SKUs is delivered: `code` or `direct`. Absent: not of this shop."""
    return dict(Sku.objects.filter(shop_id=shop_id, id__in=sku_ids).values_list("id", "delivery_kind"))


def categories(shop_id: UUID) -> list[CategoryView]:
    """Shelves with something on sale, in the operator's order."""
    on_sale = Q(
        products__on_sale=True,
        products__shop_id=shop_id,
        products__skus__on_sale=True,
        products__skus__shop_id=shop_id,
    )
    rows = (
        Category.objects.filter(shop_id=shop_id, hidden=False)
        .annotate(count=Count("products", filter=on_sale, distinct=True))
        .filter(count__gt=0)
        .order_by("position", "id")
    )
    return [CategoryView(c.id, c.slug, c.name, c.count) for c in rows]


def list_products(
    shop_id: UUID,
    category: str | None = None,
    query: str | None = None,
    after: str | None = None,
    limit: int = 24,
    filters: Filters | None = None,
) -> Page[ProductCard]:
    """Products on sale, by shelf order; `query` looks in names, summaries, categories and face values, best first.

    `after` is a cursor of the same list. Raises InvalidInput for a broken cursor.
    """
    limit = max(1, min(limit, MAX_PAGE))
    filters = filters or Filters()
    words = _words(query or "")
    if words:
        return _searched(shop_id, category, words, after, limit, filters)
    its_skus = _meeting(shop_id, filters).filter(product=OuterRef("pk"))
    products = Product.objects.filter(Exists(its_skus), shop_id=shop_id, on_sale=True)
    if category:
        products = products.filter(category__slug=_exact(category), category__shop_id=shop_id)
    if filters.scene:
        products = products.filter(scenes__contains=[_exact(filters.scene)])
    if after:
        position, product_id = _open_cursor(after)
        products = products.filter(Q(position__gt=position) | Q(position=position, id__gt=product_id))
    rows = list(_with_offers(shop_id, products.order_by("position", "id"))[: limit + 1])
    # Offers are read after their products: the last one may have gone off sale in between.
    cards = tuple(_card(product) for product in rows[:limit] if cast(Any, product).offers)
    return Page(cards, _cursor(rows[limit - 1]) if len(rows) > limit else None)


def products_of_skus(shop_id: UUID, sku_ids: Sequence[UUID]) -> list[tuple[ProductCard, SkuView]]:
    """These SKUs as far as they are on sale, in the order given, each with its product."""
    products = Product.objects.filter(shop_id=shop_id, on_sale=True, skus__id__in=list(sku_ids)).distinct()
    found: dict[UUID, tuple[ProductCard, SkuView]] = {}
    for product in _with_offers(shop_id, products):
        offers: list[Sku] = cast(Any, product).offers
        for sku in offers:
            found[sku.id] = (_card(product), sku_view(sku))
    return [found[sku_id] for sku_id in sku_ids if sku_id in found]


def products_by_slug(shop_id: UUID, slugs: Sequence[str]) -> list[ProductCard]:
    """These products as far as they are on sale, in the order given."""
    products = Product.objects.filter(shop_id=shop_id, on_sale=True, slug__in=[_exact(slug) for slug in slugs])
    cards = {p.slug: _card(p) for p in _with_offers(shop_id, products) if cast(Any, p).offers}
    return [cards[slug] for slug in slugs if slug in cards]


def guides(shop_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, Guide]:
    """How to use what these SKUs give, on sale or not."""
    skus = Sku.objects.filter(shop_id=shop_id, id__in=list(sku_ids)).select_related("product")
    return {
        sku.id: Guide(
            sku.product.slug,
            sku.product.name,
            sku.face_value_label or sku.name,
            sku.product.how_to_use,
            sku.product.validity_text,
        )
        for sku in skus
    }


def scenes(shop_id: UUID, limit: int = 12) -> list[str]:
    """Scenes that the shop's products are tagged with, the most frequent first."""
    return [row[0] for row in _SCENES.rows({"shop_id": shop_id, "limit": limit})]


def slugs_on_sale(shop_id: UUID, limit: int) -> list[str]:
    """Slugs of what is on sale, by shelf order, for the map of the site."""
    its_skus = Sku.objects.filter(shop_id=shop_id, on_sale=True, product=OuterRef("pk"))
    products = Product.objects.filter(Exists(its_skus), shop_id=shop_id, on_sale=True).order_by("position", "id")
    return list(products.values_list("slug", flat=True)[:limit])


def image(shop_id: UUID, name: str) -> ImageView | None:
    """A picture that the shop has taken in."""
    found = ImageFile.objects.filter(shop_id=shop_id, name=_exact(name)).first()
    return ImageView(name, f"{settings.MEDIA_URL}{name}", found.width, found.height) if found else None


def _meeting(shop_id: UUID, filters: Filters) -> QuerySet[Sku]:
    skus = Sku.objects.filter(shop_id=shop_id, on_sale=True)
    if filters.price_from is not None:
        skus = skus.filter(price_minor__gte=filters.price_from)
    if filters.price_to is not None:
        skus = skus.filter(price_minor__lte=filters.price_to)
    return skus.filter(delivery_kind=_exact(filters.delivery_kind)) if filters.delivery_kind else skus


def _with_offers(shop_id: UUID, products: QuerySet[Product]) -> QuerySet[Product]:
    on_sale = Sku.objects.filter(shop_id=shop_id, on_sale=True).order_by("price_minor", "id")
    return (
        products.select_related("category")
        .defer("how_to_use", "search_name", "search_text", "search_grams")
        .prefetch_related(Prefetch("skus", queryset=on_sale, to_attr="offers"))
    )


def _searched(
    shop_id: UUID, category: str | None, words: Sequence[str], after: str | None, limit: int, filters: Filters
) -> Page[ProductCard]:
    """Best first; the cursor counts, since rank has no place that a row keeps."""
    offset = _open_offset(after) if after else 0
    phrase = " ".join(words)
    asked = {
        "shop_id": shop_id,
        "words": list(words),
        "phrase": phrase,
        "category": _exact(category) if category else None,
        "scene": _exact(filters.scene) if filters.scene else None,
        "kind": _exact(filters.delivery_kind) if filters.delivery_kind else None,
        "price_from": filters.price_from or 0,
        "price_to": MAX_PRICE if filters.price_to is None else filters.price_to,
        "most": MAX_JUDGED,
        "offset": offset,
        "limit": limit + 1,
    }
    ids = [row[0] for row in _SEARCH.rows(asked)]
    if not ids and not offset and _LATIN.search(phrase):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKENESS)])
            ids = [row[0] for row in _LIKE.rows({**asked, "phrase": phrase.lower(), "most": MAX_ALIKE, "limit": limit})]
    rows = {p.id: p for p in _with_offers(shop_id, Product.objects.filter(shop_id=shop_id, id__in=ids[:limit]))}
    cards = tuple(_card(rows[i]) for i in ids[:limit] if i in rows and cast(Any, rows[i]).offers)
    return Page(cards, _pack(f"r:{offset + limit}") if len(ids) > limit else None)


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
        image_url=image_url(product.image_name),
        category=category,
        on_sale=product.on_sale,
        skus=tuple(sku_view(sku) for sku in offers),
        scenes=tuple(product.scenes),
        position=product.position,
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
        image_url=image_url(product.image_name),
        from_price=Money(offers[0].price_minor, offers[0].currency),
        face_label=" / ".join(labels[:3]),
        sku_ids=tuple(sku.id for sku in offers),
        list_price=sku_view(offers[0]).list_price,
    )


def _words(query: str) -> list[str]:
    """At most six different words, without what PostgreSQL does not take as text."""
    return list(dict.fromkeys(word[:MAX_WORD] for word in _text(query).split()))[:MAX_WORDS]


def _exact(key: str) -> str:
    """A slug or code to look up; empty, which nothing is called, for what PostgreSQL does not take as text."""
    return key if _text(key) == key else ""


def _text(text: str) -> str:
    return text.replace("\x00", "").encode(errors="ignore").decode()


def _cursor(product: Product) -> str:
    return _pack(f"{product.position}:{product.id}")


def _pack(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(text: str) -> tuple[str, str]:
    try:
        first, second = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(":", 1)
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise InvalidInput(field="cursor") from None
    return first, second


def _open_cursor(text: str) -> tuple[int, UUID]:
    position, product_id = _opened(text)
    try:
        return int(position), UUID(product_id)
    except ValueError:
        raise InvalidInput(field="cursor") from None


def _open_offset(text: str) -> int:
    kind, offset = _opened(text)
    if kind != "r" or not offset.isascii() or not offset.isdigit() or len(offset) > 4:
        raise InvalidInput(field="cursor")
    return int(offset)
