"""Note something that a member did in another room, which tasks ask for."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.loyalty.task_models import Fact


@transaction.atomic(savepoint=False)
def note_fact(*, shop_id: UUID, owner: UUID, kind: str, key: str, now: datetime) -> None:
    """Once for a member, a kind and a key."""
    row = Fact(shop_id=shop_id, owner=owner, kind=kind, key=key[:64], at=now)
    Fact.objects.bulk_create([row], ignore_conflicts=True)
