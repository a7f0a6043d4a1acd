"""What members are told of points and tiers: in their language, by day, once, and not to whom it is too much."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from goodfor.config.loyalty_messages import tell_members
from goodfor.config.tests.test_messages import buyer_with, desk, mail, now, shop, told
from goodfor.identity.buyer_models import BuyerConsent
from goodfor.loyalty import tasks
from goodfor.loyalty.models import Member, Notice
from goodfor.loyalty.operations.earn_by_order import earn_by_order
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Holder, Source, Terms, Tier, TierSet
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import sql
from goodfor.sandbox.notify.server import RunningDesk

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["desk", "mail", "now", "shop"]
TIERS = TierSet((Tier("普通"), Tier("银卡", 100, 80, points_bp=15_000, birthday_points=5, words="专属客服")))


@pytest.fixture
def noon(now: datetime) -> datetime:
    """Of the day after tomorrow, there."""
    return (now.astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(days=2)).replace(
        hour=12, minute=0, second=0, microsecond=0
    )


def member(shop: Shop, mail: str, now: datetime, locale: str = "zh-hans") -> UUID:
    buyer = buyer_with(shop.demo.shop_id, mail, now)
    sql("UPDATE identity_buyer SET locale = %s WHERE id = %s", [locale, buyer])
    set_terms(shop_id=shop.demo.shop_id, terms=Terms(on=True), actor="staff:1", now=now)
    set_tiers(shop_id=shop.demo.shop_id, tiers=TIERS, actor="staff:1", now=now)
    return buyer


def rises(shop: Shop, owner: UUID, now: datetime) -> None:
    earn_by_order(
        shop_id=shop.demo.shop_id, owner=owner, order_id=uuid4(), paid_minor=10_000, top_up=False, placed_at=now,
        delivered_at=now, now=now,
    )  # fmt: skip


def falls(owner: UUID, noon: datetime) -> datetime:
    """What was done is older than a year when the tier ends: 30 days before."""
    Member.objects.filter(owner=owner).update(until=noon + timedelta(days=364))
    year = noon + timedelta(days=334)
    tasks.falling(year)
    return year


def test_a_member_hears_of_what_ends_and_of_steps(
    shop: Shop, now: datetime, noon: datetime, mail: str, desk: RunningDesk
) -> None:
    owner = member(shop, mail, now)
    rises(shop, owner, now)
    ends = (noon + timedelta(days=8)).replace(hour=0)
    give_units(
        shop_id=shop.demo.shop_id, holder=Holder(owner), units=1_200, source=Source("test", "1"), currency="CNY",
        expires_at=ends, now=now,
    )  # fmt: skip
    assert tasks.ending(noon) == 1
    assert tell_members(noon.replace(hour=7)) == 0, "not so early"
    assert tell_members(noon) == 2
    assert tell_members(noon) == 0
    letters = {letter["subject"]: letter["text"] for letter in told(desk, mail, noon)}
    assert sorted(letters) == [f"1,200 积分 {noon + timedelta(days=7):%Y-%m-%d} 到期", "你已升到 银卡"]
    assert "购物得 1.5 倍积分，生日送 5 积分，专属客服" in letters["你已升到 银卡"]
    assert "可抵 ¥12.00" in next(text for subject, text in letters.items() if "1,200" in subject)
    year = falls(owner, noon)
    assert tell_members(year) == 1
    assert told(desk, mail, year)[-1]["subject"].startswith("银卡 ")
    assert "再 80 成长值 就能保级，否则到期后是 普通" in told(desk, mail, year)[-1]["text"]


def test_in_english_and_not_where_it_was_switched_off(
    shop: Shop, now: datetime, noon: datetime, mail: str, desk: RunningDesk
) -> None:
    owner = member(shop, mail, now, "en")
    rises(shop, owner, now)
    tell_members(noon)
    assert [letter["subject"] for letter in told(desk, mail, noon)] == ["You are 银卡 now"]
    BuyerConsent.objects.create(
        shop_id=shop.demo.shop_id, buyer_id=owner, channel="email", purpose="member", granted=False, source="test",
        text_version="1", at=noon,
    )  # fmt: skip
    year = falls(owner, noon)
    assert tell_members(year) == 1
    assert len(told(desk, mail, year)) == 1


def test_a_shop_without_channels_and_an_erased_account(shop: Shop, now: datetime, noon: datetime) -> None:
    member(shop, "nobody@mail.example", now)
    rises(shop, uuid4(), now)
    assert tell_members(noon) == 0
    assert not Notice.objects.filter(told_at__isnull=True).exists()
