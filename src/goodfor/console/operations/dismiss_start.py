"""No more leading: the card of the first steps goes from the overview."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.console.models import StartCard
from goodfor.kernel import audit


@transaction.atomic
def dismiss_start(*, shop_id: UUID, actor: str, now: datetime) -> None:
    """Note it for everybody of the shop; again changes nothing."""
    _row, made = StartCard.objects.get_or_create(shop_id=shop_id, defaults={"dismissed_at": now})
    if made:
        audit.record(
            shop_id=shop_id, actor=actor, action="console.start_dismissed", subject=("shop", shop_id), data={}, now=now
        )
