"""How somebody likes to see a list: saved views and chosen columns. Each function is one small use case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.console.errors import InvalidView
from goodfor.console.models import ColumnChoice, SavedView
from goodfor.kernel.ids import uuid7

MOST_VIEWS = 30


def save_view(*, shop_id: UUID, staff_id: UUID, listing: str, name: str, query: str, now: datetime) -> None:
    """Keep an address under a name of one's own. Raises InvalidView (no name, a taken one, thirty already)."""
    name = name.strip()
    mine = SavedView.objects.filter(shop_id=shop_id, staff_id=staff_id, listing=listing)
    if not name or len(name) > 40 or len(query) > 4000 or mine.count() >= MOST_VIEWS:
        raise InvalidView
    try:
        with transaction.atomic():
            SavedView.objects.create(
                id=uuid7(), shop_id=shop_id, staff_id=staff_id, listing=listing, name=name, query=query, created_at=now
            )
    except IntegrityError as error:
        raise InvalidView from error


def forget_view(*, shop_id: UUID, staff_id: UUID, view_id: UUID) -> None:
    """Forget a view of one's own; others' views stay."""
    SavedView.objects.filter(shop_id=shop_id, staff_id=staff_id, id=view_id).delete()


def choose_columns(*, shop_id: UUID, staff_id: UUID, listing: str, columns: Sequence[str]) -> None:
    """Keep which columns to show, in this order; none: those that the list shows by itself."""
    mine = ColumnChoice.objects.filter(shop_id=shop_id, staff_id=staff_id, listing=listing)
    if not columns:
        mine.delete()
        return
    ColumnChoice.objects.update_or_create(
        shop_id=shop_id, staff_id=staff_id, listing=listing, defaults={"columns": list(columns)}
    )
