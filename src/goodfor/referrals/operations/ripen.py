"""The freeze of a reward is over: if all is still well it may be paid; what came to light meanwhile counts."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.delivery import queries as delivery
from goodfor.orders import queries as orders
from goodfor.orders.claim_states import LIVE as CLAIM_LIVE
from goodfor.orders.types import DIRECT, OrderView
from goodfor.payments import queries as payments
from goodfor.referrals import scoring, states
from goodfor.referrals.locks import lock_rewards
from goodfor.referrals.models import Reward
from goodfor.referrals.operations.earn import score_of
from goodfor.referrals.operations.steps import SYSTEM, judged, move
from goodfor.referrals.operations.take_back import take_back
from goodfor.referrals.programme import revision_numbered

#: How long to wait where the order is not at rest: a claim is open, a bank disputes, money is on its way back, or its
#: codes are unseen, so that the buyer alone can still have the price back.
AGAIN: Final = timedelta(days=1)
DELIVERED: Final = "delivered"


@transaction.atomic(savepoint=False)
def ripen(*, shop_id: UUID, order_id: UUID, now: datetime) -> int:
    """How many rewards of an order may be paid from now on."""
    take_back(shop_id=shop_id, order_id=order_id, now=now)
    due = [
        row for row in lock_rewards(shop_id, order_id)
        if row.state == states.APPROVED and not row.held and row.frozen_until <= now
    ]  # fmt: skip
    if not due:
        return 0
    order = orders.order_view(shop_id, order_id)
    if not _at_rest(order):
        Reward.objects.filter(shop_id=shop_id, id__in=[row.id for row in due]).update(frozen_until=now + AGAIN)
        return 0
    by_level = {row.level: row.beneficiary for row in lock_rewards(shop_id, order_id) if row.level != states.FRIEND}
    terms = revision_numbered(shop_id, due[0].revision).terms
    if by_level:
        found = score_of(order, by_level, due[0].friend, now)
        inviter = by_level.get(states.FIRST, due[0].beneficiary)
        if judged(due, found, terms, inviter=inviter, now=now) != scoring.APPROVE:
            return 0
    for row in due:
        move(row, states.PAYABLE, actor=SYSTEM, cause="freeze_over", now=now)
    return len(due)


def _at_rest(order: OrderView) -> bool:
    """Delivered, with nothing of it in question."""
    if order.state != DELIVERED:
        return False
    if any(claim.state in CLAIM_LIVE for claim in orders.claims_of_order(order.shop_id, order.id)):
        return False
    if order.payment_id is not None and payments.holds_back(order.shop_id, order.payment_id):
        return False
    held = delivery.masked_codes(order.shop_id, [line.line_id for line in order.lines if line.kind != DIRECT])
    return all(one.revealed_at is not None for one in held)
