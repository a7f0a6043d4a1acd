"""Which products and categories SKUs are of, for pages that reckon with campaigns."""

from uuid import UUID

from goodfor.catalog import queries as catalog


def goods_of(shop_id: UUID) -> dict[UUID, tuple[UUID, UUID]]:
    """SKU -> product, category, of all products that are or were sold."""
    return {
        sku.id: (product.id, product.category.id) for product in catalog.all_products(shop_id) for sku in product.skus
    }
