"""Rename, move or hide a shelf."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import CategoryUnknown
from goodfor.catalog.models import Category
from goodfor.catalog.operations.check_offer import MAX_SHELF_NAME, check_position, checked_text
from goodfor.kernel import audit


@transaction.atomic
def change_category(
    *, shop_id: UUID, category_id: UUID, name: str, position: int, hidden: bool, actor: str, now: datetime
) -> None:
    """Set all of it; the slug stays, since links to the shelf live on. Raises CategoryUnknown, InvalidOffer."""
    name = checked_text("name", name, MAX_SHELF_NAME, needed=True)
    check_position(position)
    rows = Category.objects.filter(shop_id=shop_id, id=category_id)
    if not rows.update(name=name, position=position, hidden=hidden):
        raise CategoryUnknown
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="category_changed",
        subject=("category", category_id),
        data={"position": position, "hidden": hidden},
        now=now,
    )
