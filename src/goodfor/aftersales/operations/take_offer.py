"""A buyer takes what a recall offered. Runs in the transaction of the claim."""

from uuid import UUID

from goodfor.aftersales import states
from goodfor.aftersales.batch_models import RecallItem


def note_claimed(*, shop_id: UUID, line_id: UUID) -> None:
    """Their claim is the remedy; nothing where nothing was offered."""
    RecallItem.objects.filter(shop_id=shop_id, line_id=line_id, state=states.OFFERED).update(state=states.CLAIMED)
