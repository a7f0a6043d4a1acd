"""Coupons that tiers give every month: `loyalty` says who stands where, `promotions` has the coupons. Wiring."""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.loops import loop
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.each_shop import each_shop
from goodfor.loyalty.types import TierRun
from goodfor.promotions.operations.issue_coupons import issue_coupons

AT_ONCE: Final = 5_000


@loop(name="config.member_coupons", seconds=60.0)
def member_coupons(now: datetime) -> int:
    """Looked at once a day, so that whoever rises has his share of the month; how many members it was."""
    return each_shop("coupons", give_coupons, now)


def give_coupons(*, shop_id: UUID, after: UUID | None = None, now: datetime, limit: int = AT_ONCE) -> TierRun:
    """One step of a day's run, behind the member `after`: of each batch a coupon a member and month.

    Where a batch is used up the rest get theirs when there are more, as long as the month lasts.
    """
    tiers = loyalty.tiers_of(shop_id)
    coupons = {rank: tier.coupons for rank, tier in enumerate(tiers.tiers) if tier.coupons} if tiers else {}
    if not coupons:
        return TierRun()
    period = f"{now.astimezone(ZoneInfo(identity.shop_by_id(shop_id).timezone)):%Y-%m}"
    given = 0
    with transaction.atomic():
        members = loyalty.members_on(shop_id, sorted(coupons), after=after, limit=limit)
        for batch_id in sorted({one for some in coupons.values() for one in some}):
            buyers = [f"buyer:{owner.hex}" for owner, rank, due in members if due and batch_id in coupons[rank]]
            found = issue_coupons(shop_id=shop_id, batch_id=UUID(batch_id), period=period, buyers=buyers, now=now)
            given += len(found)
    return TierRun(len(members), given, members[-1][0] if len(members) == limit else None)
