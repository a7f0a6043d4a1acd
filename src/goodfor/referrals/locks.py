"""Every row lock of referrals outside of sql/. With a lock timeout, as everywhere.

Order: the friend (advisory) > the order's review > rewards by id > counters > what is owed > the ledger.
"""

from uuid import UUID

from django.db import connection

from goodfor.kernel.locks import LOCK_TIMEOUT_MS, advisory_xact_lock
from goodfor.referrals.errors import RewardNotFound
from goodfor.referrals.models import Review, Reward


def lock_friend(shop_id: UUID, friend: UUID) -> None:
    """One at a time brings, and earns by, a buyer."""
    advisory_xact_lock(("referral", shop_id, friend))


def lock_programme(shop_id: UUID) -> None:
    """One at a time writes new terms."""
    advisory_xact_lock(("referral", shop_id, "programme"))


def lock_reward(shop_id: UUID, reward_id: UUID) -> Reward:
    """A reward, for the rest of the transaction. Raises RewardNotFound."""
    _timeout()
    row = Reward.objects.select_for_update(no_key=True).filter(shop_id=shop_id, id=reward_id).first()
    if row is None:
        raise RewardNotFound
    return row


def lock_rewards(shop_id: UUID, order_id: UUID) -> list[Reward]:
    """All rewards of an order, in the order of their ids."""
    _timeout()
    rows = Reward.objects.select_for_update(no_key=True).filter(shop_id=shop_id, order_id=order_id)
    return list(rows.order_by("id"))


def lock_review(shop_id: UUID, order_id: UUID) -> Review | None:
    """The look at an order; None: there is none."""
    _timeout()
    return Review.objects.select_for_update(no_key=True).filter(shop_id=shop_id, id=order_id).first()


def _timeout() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
