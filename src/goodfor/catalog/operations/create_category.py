"""Put up a shelf."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog.models import Category
from goodfor.kernel import audit


@transaction.atomic
def create_category(*, shop_id: UUID, slug: str, name: str, position: int = 0, actor: str, now: datetime) -> UUID:
    """Create a category; returns its id. Raises IntegrityError for a slug that the shop has already."""
    category = Category.objects.create(shop_id=shop_id, slug=slug, name=name, position=position)
    audit.record(
        shop_id=shop_id, actor=actor, action="category_created", subject=("category", category.id), data={}, now=now
    )
    return category.id
