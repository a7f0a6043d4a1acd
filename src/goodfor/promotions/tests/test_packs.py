"""For whom coupons are, and packs of them: all or nothing, once for each person."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from goodfor.promotions import pack_queries, queries
from goodfor.promotions.audiences import why_not
from goodfor.promotions.errors import ClaimRefused, InvalidCampaign, PackNotFound
from goodfor.promotions.models import Coupon, PackClaim, PackName
from goodfor.promotions.operations.claim_coupon import claim_coupon
from goodfor.promotions.operations.claim_pack import claim_pack
from goodfor.promotions.operations.make_coupons import make_coupons
from goodfor.promotions.operations.make_pack import close_pack, make_pack
from goodfor.promotions.tests.factories import buyer, reduce_by, run, shop_and_actor
from goodfor.promotions.tests.test_races import all_is_well, race
from goodfor.promotions.types import BatchWish, BuyerNames, Compare, Join, PackWish

NEW = {"orders_paid": 0, "signed_in": True}


def batch(shop: Any, actor: str, now: datetime, wanted: int, **more: Any) -> UUID:
    made = run(shop, reduce_by(now, 100, coupon=True, **more), actor, now)
    wish = BatchWish(made.campaign_id, "claim", "券", wanted=wanted, listed=True)
    return make_coupons(shop_id=shop.id, actor=actor, now=now, wish=wish).id


@pytest.mark.django_db
def test_a_coupon_is_claimed_by_whom_it_is_for(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    one = batch(shop, actor, now, 2, audience=Compare("orders_paid", "eq", 0))
    for facts, who in ((None, "a"), ({"orders_paid": 1}, "a")):
        with pytest.raises(ClaimRefused) as refused:
            claim_coupon(shop_id=shop.id, batch_id=one, names=buyer(who), facts=facts, now=now)
        assert (refused.value.data["why"], refused.value.detail) == ("audience", "仅限新用户")
    assert (Coupon.objects.filter(shop_id=shop.id).count(), queries.claimables(shop.id, buyer("a"), now)[0].left) == (
        0,
        2,
    )
    claim_coupon(shop_id=shop.id, batch_id=one, names=buyer("a"), facts=NEW, now=now)
    all_is_well(now)


def test_what_is_lacking_is_said() -> None:
    asked = Join("and", (Compare("signed_in", "eq", True), Compare("registered_days", "lt", 8)))
    assert why_not(None, {}) == why_not(asked, {"signed_in": True, "registered_days": 7}) == ""
    assert why_not(asked, {"signed_in": False}) == "登录后才能领"
    assert why_not(asked, {"signed_in": True, "registered_days": 8}) == "仅限注册 7 天内的人"
    assert why_not(Compare("registered_days", "ge", 30), {}) == "注册满 30 天才能领"
    assert why_not(Compare("orders_paid", "ge", 1), {"orders_paid": 0}) == "仅限买过的人"
    for vague in (
        Join("not", (asked,)),
        Join("or", (Compare("orders_paid", "ge", 5),)),
        Compare("orders_paid", "ge", 5),
    ):
        assert why_not(vague, {"signed_in": True, "registered_days": 7, "orders_paid": 1}) == "不在这张券的适用人群里"


@pytest.mark.django_db
def test_a_pack_is_all_or_nothing_and_once(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    many, few = batch(shop, actor, now, 9), batch(shop, actor, now, 2)
    wish = PackWish("新人礼包", (many, few), now, now + timedelta(days=1), by_phone=True)
    for wrong in (PackWish("x", (), now, wish.ends_at), PackWish("x", (many, UUID(int=1)), now, wish.ends_at)):
        with pytest.raises(InvalidCampaign):
            make_pack(shop_id=shop.id, wish=wrong, actor=actor, now=now)
    made = make_pack(shop_id=shop.id, wish=wish, actor=actor, now=now)

    def take(name: str, device: str = "", phone: str = "", facts: Any = NEW, at: datetime = now) -> str:
        names = BuyerNames(name, device=device, phone=phone)
        try:
            return str(len(claim_pack(shop_id=shop.id, pack_id=made.id, names=names, facts=facts, now=at)))
        except ClaimRefused as refused:
            return str(refused.data.get("lacks", refused.data["why"]))

    assert take("a", "d1", "p1", at=now + timedelta(days=1)) == "late"
    assert take("a", "d1") == "phone"
    assert take("a", "d1", "p1", {"orders_paid": 1}) == "仅限新用户"
    assert Coupon.objects.filter(shop_id=shop.id).count() == 0
    assert take("a", "d1", "p1") == "2"
    assert [take(*names) for names in (("a", "d9", "p9"), ("b", "d1", "p9"), ("b", "d9", "p1"))] == ["had"] * 3
    assert (take("b", "d2", "p2"), take("c", "d3", "p3")) == ("2", "gone")
    # Nothing is left of the try: neither coupons nor names.
    assert (Coupon.objects.filter(shop_id=shop.id).count(), PackClaim.objects.filter(shop_id=shop.id).count()) == (4, 2)
    assert PackName.objects.filter(shop_id=shop.id).count() == 6
    assert [one.claims for one in pack_queries.packs(shop.id)] == [2]
    close_pack(shop_id=shop.id, pack_id=made.id, actor=actor, now=now)
    assert (take("d", "d4", "p4"), pack_queries.open_packs(shop.id, now)) == ("closed", [])
    with pytest.raises(PackNotFound):
        pack_queries.pack(shop_and_actor(now)[0].id, made.id)
    all_is_well(now)


@pytest.mark.django_db(transaction=True)
def test_one_person_taps_from_everywhere_at_once(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    wish = PackWish("新人礼包", (batch(shop, actor, now, 9), batch(shop, actor, now, 9)), now, now + timedelta(days=1))
    made = make_pack(shop_id=shop.id, wish=wish, actor=actor, now=now)

    def tap(number: int) -> str:
        names = BuyerNames(f"b{number % 3}", device=f"d{number // 3 % 2}")
        claim_pack(shop_id=shop.id, pack_id=made.id, names=names, facts=NEW, now=now)
        return "taken"

    # Three names and two browsers: whichever came first, nobody has it by a name that another had.
    done = race(12, tap)
    assert done["taken"] in (1, 2)
    assert done["taken"] + done["claim_refused"] == 12
    assert Coupon.objects.filter(shop_id=shop.id).count() == 2 * done["taken"]
    all_is_well(now)
