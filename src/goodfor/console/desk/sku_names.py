"""What SKUs are called on the staff's lists."""

from collections.abc import Sequence
from uuid import UUID

from goodfor.catalog import queries as catalog


def sku_names(shop_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Product and face value of these SKUs."""
    found = catalog.guides(shop_id, list(set(sku_ids))) if sku_ids else {}
    return {sku_id: f"{guide.name} {guide.face_label}".strip() for sku_id, guide in found.items()}


def sku_choices(shop_id: UUID) -> list[tuple[str, str]]:
    """Every SKU, on sale or not, in the order of the shelves."""
    return [(str(sku.id), f"{p.name} {sku.name}") for p in catalog.all_products(shop_id) for sku in p.skus]
