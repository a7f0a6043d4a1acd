"""Pay a reward: into the balance, less what its buyer owes; or as a coupon."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.identity.errors import BuyerNotFound
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.referrals import accounts, giving, states
from goodfor.referrals.events import RewardPaid
from goodfor.referrals.locks import lock_reward
from goodfor.referrals.models import Reward
from goodfor.referrals.operations.steps import SYSTEM, bears, move, post
from goodfor.referrals.programme import revision_numbered

#: How long to wait where no coupon is to be had.
AGAIN: Final = timedelta(days=1)
_MEET: Final = Statement("goodfor.referrals", "sql/meet_debt.sql")


@transaction.atomic(savepoint=False)
def pay(*, shop_id: UUID, reward_id: UUID, now: datetime) -> bool:
    """True: it is with the buyer now. Of an account that was erased it is owed no longer. Raises RewardNotFound."""
    row = lock_reward(shop_id, reward_id)
    if row.state != states.PAYABLE:
        return False
    left = row.amount_minor - row.taken_minor
    try:
        buyer_id = identity.buyer_view(shop_id, row.beneficiary).id
    except BuyerNotFound:
        if left:
            entry = accounts.unpaid_back_entry(bears(row), left, until=row.amount_minor, now=now)
            post([(row, entry)], now)
        move(row, states.REVERSED, actor=SYSTEM, cause="erased", now=now, taken_minor=row.amount_minor)
        return False
    if row.kind == states.COUPON:
        return _coupon(row, now)
    wallet = open_wallet(shop_id=shop_id, buyer_id=buyer_id, currency=row.currency, now=now)
    met = _MEET.row({"shop_id": shop_id, "buyer": buyer_id, "currency": row.currency, "amount": left})
    owed = int(met[0]) if met else 0
    move(
        row, states.PAID, actor=SYSTEM, cause="freeze_over", now=now, paid_at=now, account=wallet, owed_minor=owed
    )  # fmt: skip
    entry = accounts.paid_entry(bears(row), left, buyer_id=buyer_id, wallet=wallet, owed_minor=owed, now=now)
    post([(row, entry)], now)
    _tell(row, left, owed, now)
    return True


def _coupon(row: Reward, now: datetime) -> bool:
    batch = revision_numbered(row.shop_id, row.revision).terms.coupon_batch
    assert batch is not None, "terms of coupons name their batch"
    coupon = giving.giver().give(row.shop_id, batch, row.beneficiary, now)
    if coupon is None:
        # The batch is used up or over: asked again tomorrow, and others are not held up meanwhile.
        Reward.objects.filter(shop_id=row.shop_id, id=row.id).update(frozen_until=now + AGAIN)
        return False
    move(row, states.PAID, actor=SYSTEM, cause="freeze_over", now=now, paid_at=now, coupon_id=coupon)
    _tell(row, 0, 0, now)
    return True


def _tell(row: Reward, minor: int, owed: int, now: datetime) -> None:
    event = RewardPaid(row.id, row.order_id, row.beneficiary, row.kind, minor, owed, row.currency, row.coupon_id)
    publish(shop_id=row.shop_id, event=event, cause=(accounts.REWARD, row.id), now=now)
