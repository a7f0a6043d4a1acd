"""Nobody took a gift in time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.gifts import states
from goodfor.gifts.locks import lock_gift
from goodfor.gifts.operations.steps import close_unopened


@transaction.atomic(savepoint=False)
def end_gift(*, shop_id: UUID, gift_id: UUID, now: datetime) -> bool:
    """Its giver has it again; false where it was opened or taken back meanwhile."""
    row = lock_gift(shop_id, gift_id)
    if row is None or row.state != states.MADE or row.ends_at > now:
        return False
    close_unopened(row, states.ENDED, actor="system", cause="ended", now=now)
    return True
