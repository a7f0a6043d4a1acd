"""Coupons: codes for one and for many, the claim centre, friends, and codes that leave once."""

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.identity.tests.factories import make_staff
from goodfor.promotions import coupon_queries, operations, queries
from goodfor.promotions.coupon_codes import ALPHABET, random_codes
from goodfor.promotions.errors import (
    BatchExported,
    ClaimRefused,
    CouponGone,
    CouponNotFound,
    InvalidCampaign,
    LimitGone,
    SecondPersonNeeded,
)
from goodfor.promotions.models import Coupon
from goodfor.promotions.operations.claim_coupon import claim_coupon, give_coupon, take_back, take_gift
from goodfor.promotions.operations.export_coupons import allow_export, ask_export, export_codes
from goodfor.promotions.operations.make_coupons import close_coupons, make_coupons, write_codes
from goodfor.promotions.tests.factories import buyer, cart, priced, reduce_by, run, share, shop_and_actor
from goodfor.promotions.tests.test_races import all_is_well
from goodfor.promotions.types import BatchWish, Cart, Made, Presented, Priced

pytestmark = pytest.mark.django_db


def with_coupon(now: datetime, made: Made, coupon_id: UUID) -> tuple[Cart, Priced]:
    basket = cart(now, coupons=[Presented(coupon_id, made.campaign_id)])
    return basket, priced(basket, share(made, coupon_id=coupon_id))


def test_a_code_each(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    made = run(shop, reduce_by(now, 100, coupon=True), actor, now)
    wish = BatchWish(made.campaign_id, "unique", "一人一码", wanted=30)
    batch = make_coupons(shop_id=shop.id, actor=actor, now=now, wish=wish)
    assert (write_codes(now=now), write_codes(now=now)) == (30, 0)
    assert coupon_queries.batch_counts(shop.id, batch.id)["free"] == 30
    assert ask_export(shop_id=shop.id, batch_id=batch.id, actor=actor, now=now)
    codes = list(export_codes(shop_id=shop.id, batch_id=batch.id, actor=actor, now=now))
    assert len(set(codes)) == 30
    assert all(re.fullmatch(f"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{2}}", code) for code in codes)
    with pytest.raises(BatchExported):
        export_codes(shop_id=shop.id, batch_id=batch.id, actor=actor, now=now)

    found = queries.coupon_by_code(shop.id, f" {codes[0].lower()} ", "b", now)
    assert queries.present(shop.id, [found.coupon_id], "b", now) == (found,)
    basket, wish_of = with_coupon(now, made, found.coupon_id)
    order = uuid4()
    operations.reserve(shop_id=shop.id, order_id=order, names=buyer(), cart=basket, priced=wish_of, now=now)
    for what in (CouponGone, LimitGone):
        with pytest.raises(what):
            if what is CouponGone:
                queries.coupon_by_code(shop.id, codes[0], "b", now)
            operations.reserve(shop_id=shop.id, order_id=uuid4(), names=buyer(), cart=basket, priced=wish_of, now=now)
    operations.release(shop_id=shop.id, order_id=order, now=now)
    assert queries.coupon_by_code(shop.id, codes[0], "b", now) == found
    assert operations.reserve_again(shop_id=shop.id, order_id=order, now=now)
    operations.commit(shop_id=shop.id, order_id=order, now=now)
    all_is_well(now)
    operations.roll_back(shop_id=shop.id, order_id=order, whole=True, minor=100, units={}, disputed=False, now=now)
    assert queries.coupon_by_code(shop.id, codes[0], "b", now) == found
    with pytest.raises(CouponNotFound):
        queries.coupon_by_code(shop.id, "AAAA-BBBB-CCCC", "b", now)
    close_coupons(shop_id=shop.id, batch_id=batch.id, actor=actor, now=now)
    with pytest.raises(CouponGone):
        queries.coupon_by_code(shop.id, codes[1], "b", now)
    with pytest.raises(LimitGone):
        operations.reserve(shop_id=shop.id, order_id=uuid4(), names=buyer(), cart=basket, priced=wish_of, now=now)
    all_is_well(now)


def test_one_code_for_many(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    made = run(shop, reduce_by(now, 100, coupon=True), actor, now)
    wish = BatchWish(made.campaign_id, "public", "开业", code="open-2026")
    batch = make_coupons(shop_id=shop.id, actor=actor, now=now, wish=wish)
    assert coupon_queries.public_code(shop.id, batch.id) == "OPEN2026"
    with pytest.raises(InvalidCampaign):
        make_coupons(shop_id=shop.id, actor=actor, now=now, wish=wish)
    found = queries.coupon_by_code(shop.id, "Open 2026", "b", now)
    for who in ("a", "b", "c"):
        basket, given = with_coupon(now, made, found.coupon_id)
        operations.reserve(shop_id=shop.id, order_id=uuid4(), names=buyer(who), cart=basket, priced=given, now=now)
    all_is_well(now)


def test_claimed_used_and_passed_on(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    made = run(shop, reduce_by(now, 100, coupon=True), actor, now)
    wish = BatchWish(made.campaign_id, "claim", "新人券", wanted=3, days=2, giftable=True, listed=True)
    batch = make_coupons(shop_id=shop.id, actor=actor, now=now, wish=wish)
    [offer] = queries.claimables(shop.id, buyer("a"), now)
    assert (offer.batch_id, offer.left, offer.had) == (batch.id, 3, 0)
    mine = claim_coupon(shop_id=shop.id, batch_id=batch.id, names=buyer("a", device="d"), now=now)
    for again in (buyer("a"), buyer("z", device="d")):
        with pytest.raises(ClaimRefused) as refused:
            claim_coupon(shop_id=shop.id, batch_id=batch.id, names=again, now=now)
        assert refused.value.data == {"why": "had"}
        assert queries.claimables(shop.id, again, now)[0].had == 1
    [view] = queries.coupons_of(shop.id, "a", now)
    assert (view.id, view.usable, view.expires_at, view.giftable) == (mine, True, now + timedelta(days=2), True)
    assert not queries.coupons_of(shop.id, "a", now + timedelta(days=2))[0].usable
    with pytest.raises(CouponGone):
        queries.present(shop.id, [mine], "stranger", now)

    link = give_coupon(shop_id=shop.id, coupon_id=mine, buyer_ref="a", now=now)
    with pytest.raises(CouponGone):
        queries.present(shop.id, [mine], "a", now)
    take_back(shop_id=shop.id, coupon_id=mine, buyer_ref="a")
    with pytest.raises(CouponGone):
        take_gift(shop_id=shop.id, token=link.token, buyer_ref="f", now=now)
    link = give_coupon(shop_id=shop.id, coupon_id=mine, buyer_ref="a", now=now)
    assert take_gift(shop_id=shop.id, token=link.token, buyer_ref="f", now=now) == mine
    with pytest.raises(CouponGone):
        take_gift(shop_id=shop.id, token=link.token, buyer_ref="g", now=now)
    with pytest.raises(CouponNotFound):
        give_coupon(shop_id=shop.id, coupon_id=mine, buyer_ref="a", now=now)
    basket, given = with_coupon(now, made, mine)
    with pytest.raises(LimitGone):
        operations.reserve(shop_id=shop.id, order_id=uuid4(), names=buyer("a"), cart=basket, priced=given, now=now)
    order = uuid4()
    operations.reserve(shop_id=shop.id, order_id=order, names=buyer("f"), cart=basket, priced=given, now=now)
    operations.commit(shop_id=shop.id, order_id=order, now=now)
    assert [(row.state, row.buyer_ref, row.given_by) for row in Coupon.objects.filter(shop_id=shop.id)] == [
        ("used", "f", "a")
    ]
    all_is_well(now)


def test_codes_leave_by_two_people(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    made = run(shop, reduce_by(now, 100, coupon=True), actor, now)
    other = make_staff(shop, now).actor
    batch = make_coupons(
        shop_id=shop.id, actor=actor, now=now, wish=BatchWish(made.campaign_id, "unique", "x", wanted=2)
    )
    write_codes(now=now)
    assert not ask_export(shop_id=shop.id, batch_id=batch.id, actor=actor, now=now)
    with pytest.raises(BatchExported):
        export_codes(shop_id=shop.id, batch_id=batch.id, actor=actor, now=now)
    with pytest.raises(SecondPersonNeeded):
        allow_export(shop_id=shop.id, batch_id=batch.id, actor=actor, now=now)
    allow_export(shop_id=shop.id, batch_id=batch.id, actor=other, now=now)
    with pytest.raises(BatchExported):
        export_codes(shop_id=shop.id, batch_id=batch.id, actor=other, now=now)
    assert len(list(export_codes(shop_id=shop.id, batch_id=batch.id, actor=actor, now=now))) == 2


def test_nobody_misreads_a_code() -> None:
    codes = random_codes(1000)
    assert len(set(codes)) == 1000
    assert not set("".join(codes)) & set("01OI")


@pytest.mark.soak
def test_a_million_codes_in_a_minute(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    made = run(shop, reduce_by(now, 100, coupon=True), actor, now)
    wish = BatchWish(made.campaign_id, "unique", "百万", wanted=1_000_000)
    make_coupons(shop_id=shop.id, actor=actor, now=now, wish=wish)
    while write_codes(now=now):
        pass
    assert Coupon.objects.filter(shop_id=shop.id).count() == 1_000_000
