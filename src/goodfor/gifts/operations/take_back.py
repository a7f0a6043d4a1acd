"""A giver takes a gift back that nobody has opened, or what it was of went back to the shop."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.gifts import states
from goodfor.gifts.errors import GiftGone, GiftNotFound
from goodfor.gifts.locks import lock_gift
from goodfor.gifts.mapping import gift_view
from goodfor.gifts.operations.steps import close_unopened
from goodfor.gifts.types import GiftView, actor_of


@transaction.atomic(savepoint=False)
def take_back(*, shop_id: UUID, gift_id: UUID, giver_ref: str, now: datetime) -> GiftView:
    """The giver has it again; the same again does nothing. Raises GiftNotFound (another's), GiftGone (opened)."""
    row = lock_gift(shop_id, gift_id)
    if row is None or row.giver_ref != giver_ref:
        raise GiftNotFound
    if row.state == states.OPENED:
        raise GiftGone
    if row.state == states.MADE:
        close_unopened(row, states.RETURNED, actor=actor_of(giver_ref, row.number), cause="taken_back", now=now)
    return gift_view(row)


@transaction.atomic(savepoint=False)
def went_back(*, shop_id: UUID, gift_id: UUID, now: datetime) -> bool:
    """The order of its codes was refunded; false where it was over already."""
    row = lock_gift(shop_id, gift_id)
    if row is None or row.state != states.MADE:
        return False
    close_unopened(row, states.RETURNED, actor="system", cause="refunded", now=now)
    return True
