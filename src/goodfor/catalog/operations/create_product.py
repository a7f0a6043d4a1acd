"""Put a product on a shelf."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import InvalidOffer
from goodfor.catalog.models import Category, Product
from goodfor.kernel import audit


@transaction.atomic
def create_product(
    *,
    shop_id: UUID,
    category_id: UUID,
    slug: str,
    name: str,
    summary: str = "",
    how_to_use: str = "",
    validity_text: str = "",
    position: int = 0,
    actor: str,
    now: datetime,
) -> UUID:
    """Create a product in one of the shop's own categories; returns its id. Raises InvalidOffer."""
    if not Category.objects.filter(shop_id=shop_id, id=category_id).exists():
        raise InvalidOffer(field="category_id")
    if not name.strip():
        raise InvalidOffer(field="name")
    product = Product.objects.create(
        shop_id=shop_id,
        category_id=category_id,
        slug=slug,
        name=name.strip(),
        summary=summary,
        how_to_use=how_to_use,
        validity_text=validity_text,
        position=position,
        created_at=now,
    )
    audit.record(
        shop_id=shop_id, actor=actor, action="product_created", subject=("product", product.id), data={}, now=now
    )
    return product.id
