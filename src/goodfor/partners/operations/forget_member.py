"""A member goes: the names by which partners know them are good for nothing any more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.partners.models import Person


@transaction.atomic(savepoint=False)
def forget_member(*, shop_id: UUID, owner: UUID, now: datetime) -> int:
    """How many partners knew them. Again it changes nothing."""
    return Person.objects.filter(shop_id=shop_id, owner=owner, left_at__isnull=True).update(left_at=now)
