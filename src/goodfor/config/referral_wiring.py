"""Coupons for invitations: `referrals` says when, `promotions` gives them. Called once by the wiring."""

from datetime import datetime
from uuid import UUID

from goodfor.promotions import queries as promotions
from goodfor.promotions.operations.reward_coupon import earn_coupon, lose_coupon
from goodfor.referrals import giving


def connect() -> None:
    """Rewards may be coupons."""
    giving.install(giving.Giver(give=_give, take=_take, has=_has))


def _give(shop_id: UUID, batch_id: UUID, buyer_id: UUID, now: datetime) -> UUID | None:
    return earn_coupon(shop_id=shop_id, batch_id=batch_id, buyer_ref=f"buyer:{buyer_id.hex}", now=now)


def _take(shop_id: UUID, coupon_id: UUID, now: datetime) -> None:
    lose_coupon(shop_id=shop_id, coupon_id=coupon_id, now=now)


def _has(shop_id: UUID, batch_id: UUID, now: datetime) -> bool:
    return any(one.id == batch_id for one in promotions.claim_batches(shop_id, now))
