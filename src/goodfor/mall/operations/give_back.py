"""A redemption went back whole: its piece is there for others, and counts no more for its member."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from goodfor.kernel.statemachine import record_history
from goodfor.mall import states
from goodfor.mall.locks import lock_redemption
from goodfor.mall.models import Reward, Tally
from goodfor.orders import queries as orders

#: An order that nobody has anything of any more.
_OVER = ("cancelled", "expired", "refunded")


@transaction.atomic(savepoint=False)
def give_back(*, shop_id: UUID, order_id: UUID, now: datetime) -> bool:
    """Once; False where the order is not over, or this was done before. The points come back by themselves.

    Raises RewardNotFound where the order is no redemption.
    """
    row = lock_redemption(shop_id, order_id)
    if row.state != states.TAKEN or orders.order_view(shop_id, order_id).state not in _OVER:
        return False
    row.state, row.returned_at = states.RETURNED, now
    row.save(update_fields=["state", "returned_at"])
    record_history(
        shop_id=shop_id, machine=states.REDEMPTION, subject_id=row.id, moves=[(states.TAKEN, states.RETURNED)],
        actor="system", cause=f"order:{order_id}", now=now,
    )  # fmt: skip
    Reward.objects.filter(shop_id=shop_id, id=row.reward_id).update(taken=F("taken") - 1)
    had = Tally.objects.filter(shop_id=shop_id, reward_id=row.reward_id, owner=row.owner, period_key=row.period_key)
    had.update(n=F("n") - 1)
    return True
