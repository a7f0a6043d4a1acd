"""Reads for the staff: everything that the shop has, on sale or not. Reached through `queries`."""

from collections.abc import Sequence
from typing import Any
from unicodedata import normalize
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from goodfor.catalog.errors import ProductUnknown, SkuUnknown
from goodfor.catalog.mapping import image_url, sku_view
from goodfor.catalog.models import Category, Product, ProductImage, Sku
from goodfor.catalog.types import DeskProduct, DeskSearch, DeskSku, ProductPicture, Shelf, SkuLabel
from goodfor.kernel.money import Money

MAX_WORDS = 6
_SORTS = {"name": "product__name", "price": "price_minor"}


def find_skus(shop_id: UUID, search: DeskSearch, limit: int) -> list[tuple[UUID, bool]]:
    """(id, whether it and its product are on sale) of the SKUs that fit, in the order asked for, else by shelf."""
    skus = Sku.objects.filter(shop_id=shop_id, product__shop_id=shop_id)
    for word in _words(search.text):
        skus = skus.filter(
            Q(product__search_name__contains=word)
            | Q(name__icontains=word)
            | Q(face_value_label__icontains=word)
            | Q(code__icontains=word)
        )
    if search.category_id is not None:
        skus = skus.filter(product__category_id=search.category_id)
    if search.price_from is not None:
        skus = skus.filter(price_minor__gte=search.price_from)
    if search.price_to is not None:
        skus = skus.filter(price_minor__lte=search.price_to)
    rows = skus.order_by(*_order(search.sort)).values_list("id", "on_sale", "product__on_sale")[:limit]
    return [(sku_id, on_sale and product_on_sale) for sku_id, on_sale, product_on_sale in rows]


def _order(sort: str) -> tuple[str, ...]:
    down, key = sort.startswith("-"), sort.removeprefix("-")
    shelf = ("product__position", "product_id", "position", "id")
    return (("-" if down else "") + _SORTS[key], *shelf) if key in _SORTS else shelf


def _words(text: str) -> list[str]:
    """As `search_name` and `search_text` are written: NFKC, small letters."""
    plain = normalize("NFKC", text.replace("\x00", "").encode(errors="ignore").decode()).lower()
    return plain.split()[:MAX_WORDS]


def desk_skus(shop_id: UUID, sku_ids: Sequence[UUID]) -> list[DeskSku]:
    """These SKUs, in the order given, without those of other shops."""
    rows = Sku.objects.filter(shop_id=shop_id, id__in=list(sku_ids), product__shop_id=shop_id)
    found = {row.id: _desk_sku(row) for row in rows.select_related("product__category")}
    return [found[sku_id] for sku_id in sku_ids if sku_id in found]


def desk_sku(shop_id: UUID, sku_id: UUID) -> DeskSku:
    """One SKU. Raises SkuUnknown."""
    found = desk_skus(shop_id, [sku_id])
    if not found:
        raise SkuUnknown
    return found[0]


def _desk_sku(row: Sku) -> DeskSku:
    return DeskSku(
        id=row.id,
        product_id=row.product_id,
        product_name=row.product.name,
        category_name=row.product.category.name,
        image_url=image_url(row.product.image_name),
        sku=sku_view(row),
        product_on_sale=row.product.on_sale,
    )


def skus_on_sale(shop_id: UUID) -> list[UUID]:
    """Every SKU that can be bought as far as the catalog knows: it and its product are on sale."""
    rows = Sku.objects.filter(shop_id=shop_id, on_sale=True, product__shop_id=shop_id, product__on_sale=True)
    return list(rows.values_list("id", flat=True))


def find_product_ids(shop_id: UUID, search: DeskSearch, limit: int) -> list[tuple[UUID, bool]]:
    """(id, whether on sale) of the products that fit, by shelf order; prices are not looked at."""
    products = Product.objects.filter(shop_id=shop_id)
    for word in _words(search.text):
        products = products.filter(Q(search_text__contains=word) | Q(slug__icontains=word))
    if search.category_id is not None:
        products = products.filter(category_id=search.category_id)
    return list(products.order_by("position", "id").values_list("id", "on_sale")[:limit])


def desk_products(shop_id: UUID, product_ids: Sequence[UUID]) -> list[DeskProduct]:
    """These products, in the order given, without those of other shops."""
    offered = Q(skus__on_sale=True, skus__shop_id=shop_id)
    rows: QuerySet[Any] = (
        Product.objects.filter(shop_id=shop_id, id__in=list(product_ids))
        .select_related("category")
        .annotate(
            all_skus=Count("skus", filter=Q(skus__shop_id=shop_id)),
            offered=Count("skus", filter=offered),
            lowest=Min("skus__price_minor", filter=offered),
            money=Min("skus__currency", filter=offered),
        )
    )
    found = {row.id: _desk_product(row) for row in rows}
    return [found[product_id] for product_id in product_ids if product_id in found]


def _desk_product(row: Any) -> DeskProduct:
    return DeskProduct(
        id=row.id,
        slug=row.slug,
        name=row.name,
        category_name=row.category.name,
        image_url=image_url(row.image_name),
        on_sale=row.on_sale,
        skus=row.all_skus,
        offers=row.offered,
        from_price=None if row.lowest is None else Money(row.lowest, row.money),
        created_at=row.created_at,
    )


def shelves(shop_id: UUID) -> list[Shelf]:
    """All categories, hidden or empty, in the operator's order."""
    rows = Category.objects.filter(shop_id=shop_id).annotate(
        count=Count("products", filter=Q(products__shop_id=shop_id))
    )
    return [
        Shelf(row.id, row.slug, row.name, row.position, row.hidden, row.count)
        for row in rows.order_by("position", "id")
    ]


def category_of(shop_id: UUID, sku_id: UUID) -> UUID | None:
    """The category that a SKU stands in now; None: not of this shop."""
    found = Sku.objects.filter(shop_id=shop_id, id=sku_id, product__shop_id=shop_id)
    return found.values_list("product__category_id", flat=True).first()


def pictures(shop_id: UUID, product_id: UUID) -> list[ProductPicture]:
    """A product's pictures in their order. Raises ProductUnknown."""
    product = Product.objects.filter(shop_id=shop_id, id=product_id).first()
    if product is None:
        raise ProductUnknown
    rows = ProductImage.objects.filter(shop_id=shop_id, product_id=product_id).order_by("position", "id")
    return [ProductPicture(row.name, image_url(row.name) or "", row.name == product.image_name) for row in rows]


def prices(shop_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, Money]:
    """What these SKUs cost, on sale or not; without those of other shops."""
    rows = Sku.objects.filter(shop_id=shop_id, id__in=list(sku_ids)).values_list("id", "price_minor", "currency")
    return {sku_id: Money(minor, currency) for sku_id, minor, currency in rows}


def sku_labels(shop_id: UUID, sku_ids: Sequence[UUID] | None = None) -> list[SkuLabel]:
    """How SKUs are called, on sale or not: these, or all of the shop. Thousands in one read, without their products."""
    rows = Sku.objects.filter(shop_id=shop_id, product__shop_id=shop_id)
    if sku_ids is not None:
        rows = rows.filter(id__in=list(sku_ids))
    columns = ("id", "product__name", "name", "face_value_label", "price_minor", "currency", "delivery_kind")
    return [
        SkuLabel(sku_id, product, name, face, Money(minor, currency), kind)
        for sku_id, product, name, face, minor, currency, kind in rows.values_list(*columns)
    ]
