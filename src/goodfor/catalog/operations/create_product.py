"""Put a product on a shelf."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.catalog.errors import InvalidOffer
from goodfor.catalog.models import Category, Product
from goodfor.catalog.operations.check_offer import MAX_NAME, check_position, checked_scenes, checked_slug, checked_text
from goodfor.kernel import audit


def create_product(
    *,
    shop_id: UUID,
    category_id: UUID,
    slug: str,
    name: str,
    summary: str = "",
    how_to_use: str = "",
    validity_text: str = "",
    scenes: Sequence[str] = (),
    position: int = 0,
    on_sale: bool = True,
    actor: str,
    now: datetime,
) -> UUID:
    """Create a product in one of the shop's own categories; returns its id.

    Raises InvalidOffer, also for a slug that the shop has already.
    """
    check_position(position)
    product = Product(
        shop_id=shop_id,
        category_id=category_id,
        slug=checked_slug(slug),
        name=checked_text("name", name, MAX_NAME, needed=True),
        summary=checked_text("summary", summary, 300),
        how_to_use=checked_text("how_to_use", how_to_use, 20_000),
        validity_text=checked_text("validity_text", validity_text, 200),
        scenes=checked_scenes(scenes),
        position=position,
        on_sale=on_sale,
        created_at=now,
    )
    if not Category.objects.filter(shop_id=shop_id, id=category_id).exists():
        raise InvalidOffer(field="category_id")
    try:
        with transaction.atomic():
            product.save(force_insert=True)
            audit.record(
                shop_id=shop_id,
                actor=actor,
                action="product_created",
                subject=("product", product.id),
                data={},
                now=now,
            )
    except IntegrityError as error:
        raise InvalidOffer(field="slug", reason="taken") from error
    return product.id
