"""A buyer takes a pack: a coupon of each of its batches, all or nothing, once by any of the names that count."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.promotions.errors import ClaimRefused
from goodfor.promotions.evaluating.conditions import Facts
from goodfor.promotions.operations.claim_coupon import CLAIM
from goodfor.promotions.pack_models import PackClaim, PackName
from goodfor.promotions.pack_queries import counted, pack, why_not_his
from goodfor.promotions.types import BuyerNames


@transaction.atomic
def claim_pack(
    *, shop_id: UUID, pack_id: UUID, names: BuyerNames, facts: Facts, now: datetime
) -> tuple[UUID, ...]:  # fmt: skip
    """The coupons. What a pack gives counts in each batch as a whole, not in what a buyer may claim of it singly.

    Raises PackNotFound, ClaimRefused(why): closed, early, late, phone (none is known), audience (`lacks` says what),
    had, gone.
    """
    view = pack(shop_id, pack_id)
    if view.closed_at is not None or not names.buyer_ref:
        raise ClaimRefused(why="closed")
    if not view.is_open(now):
        raise ClaimRefused(why="early" if now < view.starts_at else "late")
    if view.by_phone and not names.phone:
        raise ClaimRefused(why="phone")
    lacks = why_not_his(shop_id, view, facts)
    if lacks:
        raise ClaimRefused(why="audience", lacks=lacks)
    claim = PackClaim(id=uuid7(), shop_id=shop_id, pack_id=pack_id, buyer_ref=names.buyer_ref, at=now)
    keys = counted(shop_id, view, names)
    # Sorted: two taps of one person wait for one another, and never in a ring. The second finds the first one's.
    fresh = [PackName(id=uuid7(), shop_id=shop_id, pack_id=pack_id, name=name, claim=claim) for name in keys]
    PackName.objects.bulk_create(fresh, ignore_conflicts=True)
    if PackName.objects.filter(shop_id=shop_id, claim_id=claim.id).count() != len(keys):
        raise ClaimRefused(why="had")
    claim.coupons = [_one(shop_id, batch_id, names.buyer_ref, now) for batch_id in sorted(view.batches)]
    PackClaim.objects.bulk_create([claim])
    return tuple(claim.coupons)


def _one(shop_id: UUID, batch_id: UUID, buyer_ref: str, now: datetime) -> UUID:
    coupon_id = uuid7()
    row = CLAIM.row(
        {"shop_id": shop_id, "batch_id": batch_id, "coupon_id": coupon_id, "buyer": buyer_ref, "keys": [], "now": now}
    )
    if row is None or row[0]:
        raise ClaimRefused(why=row[0] if row else "closed")
    return coupon_id
