"""Change what a product's page says and where it stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import InvalidOffer, ProductUnknown
from goodfor.catalog.models import Category, Product
from goodfor.catalog.operations.check_offer import MAX_NAME, check_position, checked_scenes, checked_text
from goodfor.kernel import audit


@transaction.atomic
def change_product(
    *,
    shop_id: UUID,
    product_id: UUID,
    category_id: UUID,
    name: str,
    summary: str,
    how_to_use: str,
    validity_text: str,
    scenes: Sequence[str],
    position: int,
    actor: str,
    now: datetime,
) -> None:
    """Set all of it; the slug stays, since links to the page live on. Raises ProductUnknown, InvalidOffer."""
    check_position(position)
    values = {
        "name": checked_text("name", name, MAX_NAME, needed=True),
        "summary": checked_text("summary", summary, 300),
        "how_to_use": checked_text("how_to_use", how_to_use, 20_000),
        "validity_text": checked_text("validity_text", validity_text, 200),
        "scenes": checked_scenes(scenes),
        "position": position,
    }
    if not Category.objects.filter(shop_id=shop_id, id=category_id).exists():
        raise InvalidOffer(field="category_id")
    products = Product.objects.filter(shop_id=shop_id, id=product_id)
    before = products.first()
    if before is None:
        raise ProductUnknown
    changed: dict[str, Any] = {**values, "category_id": category_id}
    products.update(**changed)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="product_changed",
        subject=("product", product_id),
        data={"fields": sorted(field for field, value in changed.items() if getattr(before, field) != value)},
        now=now,
    )
