"""Coupons that tiers give every month: each once a member and month, as far as there are any."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.config.member_coupons import give_coupons, member_coupons
from goodfor.kernel.clock import utc_now
from goodfor.loyalty.models import Member
from goodfor.loyalty.operations.grant_tier import grant_tier
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Tier, TierSet
from goodfor.promotions import queries as promotions
from goodfor.promotions.models import Coupon
from goodfor.promotions.operations.issue_coupons import issue_coupons
from goodfor.promotions.operations.make_coupons import close_coupons
from goodfor.promotions.tests.factories import buyer, shop_and_actor
from goodfor.promotions.tests.test_packs import batch
from goodfor.promotions.tests.test_races import all_is_well

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_month_once_and_the_rest_when_there_are_more() -> None:
    now = utc_now()
    shop, actor = shop_and_actor(now)
    plenty, few = batch(shop, actor, now, 50), batch(shop, actor, now, 3)
    tiers = TierSet(
        (Tier("普通"), Tier("银卡", 100, coupons=(str(plenty),)), Tier("金卡", 500, coupons=(str(plenty), str(few))))
    )
    set_tiers(shop_id=shop.id, tiers=tiers, actor="staff:1", now=now)
    people = sorted(uuid4() for _ in range(6))
    # Who stands there by orders, and has kept none, is looked at and gets nothing.
    until = now + timedelta(days=90)
    gone = Member.objects.create(shop_id=shop.id, owner=uuid4(), rank=2, since=now, until=until, joined_at=now).owner

    def stands(owner: UUID, rank: int) -> None:
        grant_tier(
            shop_id=shop.id, owner=owner, rank=rank, until=until, reason="test", actor="staff:1", now=now
        )  # fmt: skip

    def had() -> list[int]:
        rows = Coupon.objects.filter(shop_id=shop.id, state="claimed")
        return [rows.filter(buyer_ref=f"buyer:{one.hex}").count() for one in people]

    for owner in people[1:]:
        stands(owner, 1 if owner == people[1] else 2)
    after, looked = None, 0
    for _step in range(10):
        told = give_coupons(shop_id=shop.id, after=after, now=now, limit=2)
        looked, after = looked + told.looked, told.last
        if after is None:
            break
    # Three of four got the coupon of which there are three.
    assert (looked, had()) == (6, [0, 1, 2, 2, 2, 1])
    stands(people[0], 1)
    assert [member_coupons(now), member_coupons(now)] == [7, 0]
    assert had() == [1, 1, 2, 2, 2, 1]
    assert promotions.coupons_of(shop.id, f"buyer:{people[2].hex}", now)[0].usable
    assert promotions.claimables(shop.id, buyer("a"), now)[0].left in (0, 44)
    give_coupons(shop_id=shop.id, now=now + timedelta(days=32))
    assert had() == [1, 1, 2, 2, 2, 1], "the campaign is over by then"
    assert not Coupon.objects.filter(shop_id=shop.id, buyer_ref=f"buyer:{gone.hex}").exists()
    all_is_well(now)
    close_coupons(shop_id=shop.id, batch_id=plenty, actor=actor, now=now)
    assert issue_coupons(shop_id=shop.id, batch_id=plenty, period="2030-01", buyers=["buyer:x"], now=now) == ()
