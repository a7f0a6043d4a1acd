"""Put up a shelf."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.catalog.errors import InvalidOffer
from goodfor.catalog.models import Category
from goodfor.catalog.operations.check_offer import MAX_SHELF_NAME, check_position, checked_slug, checked_text
from goodfor.kernel import audit


def create_category(*, shop_id: UUID, slug: str, name: str, position: int = 0, actor: str, now: datetime) -> UUID:
    """Create a category; returns its id. Raises InvalidOffer, also for a slug that the shop has already."""
    slug, name = checked_slug(slug), checked_text("name", name, MAX_SHELF_NAME, needed=True)
    check_position(position)
    try:
        with transaction.atomic():
            category = Category.objects.create(shop_id=shop_id, slug=slug, name=name, position=position)
            audit.record(
                shop_id=shop_id,
                actor=actor,
                action="category_created",
                subject=("category", category.id),
                data={},
                now=now,
            )
    except IntegrityError as error:
        raise InvalidOffer(field="slug", reason="taken") from error
    return category.id
