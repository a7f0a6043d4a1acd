"""What buyers and the staff are told about groups, coupons, invitations and campaigns, through the real events."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.config.tests.test_messages import buyer_with, desk, mail, now, shop, till, told
from goodfor.config.tests.test_risk_messages import somebody
from goodfor.kernel.events import publish
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, sql
from goodfor.orders.tests.grouping import campaign, join, start
from goodfor.promotions.events import CouponFetched
from goodfor.promotions.group_tasks import watch_groups
from goodfor.promotions.group_types import GRACE
from goodfor.promotions.operations.make_campaign import make_campaign
from goodfor.promotions.operations.submit_campaign import submit_campaign
from goodfor.promotions.tests.factories import reduce_by
from goodfor.referrals.events import RewardFrozen, RewardPaid, RewardTakenBack
from goodfor.referrals.states import BALANCE, COUPON
from goodfor.sandbox.notify.server import RunningDesk

pytestmark = pytest.mark.django_db(transaction=True)


def heads(letters: list[dict[str, Any]]) -> list[str]:
    return [letter["subject"].partition("：")[0] for letter in letters]


def test_a_place_and_how_its_group_ended(shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk) -> None:
    of = campaign(shop, now, size=2)
    group, _order = start(shop, till, of, now, contact=mail)
    (letter,) = told(desk, mail, now)
    assert letter["subject"].startswith("已占位：酷玩点数卡")
    assert "还差 1 人" in letter["text"]
    assert f"/group/{group}" in letter["html"]
    join(shop, till, of, group, now, "guest:b")
    assert sorted(heads(told(desk, mail, now)[1:])) == ["已发货", "拼团成功"]
    start(shop, till, of, now, "guest:c", contact=mail)
    # Told before the end is: letters of one round go out side by side, in any order.
    assert heads(told(desk, mail, now)[3:]) == ["已占位"]
    late = now + timedelta(hours=24) + GRACE
    assert watch_groups(late) == 1
    assert heads(told(desk, mail, late)[4:]) == ["没有成团，¥40.00 退回给你"], "the refund is told of once"
    assert len(told(desk, mail, late)) == 5


def test_rewards_and_a_coupon_that_a_friend_took(shop: Shop, now: datetime, mail: str, desk: RunningDesk) -> None:
    shop_id, order = shop.demo.shop_id, uuid4()
    buyer = buyer_with(shop_id, mail, now)
    sql("UPDATE identity_buyer SET locale = 'en' WHERE id = %s", [buyer])
    of = campaign(shop, now)
    for event in (
        RewardFrozen(order, buyer, BALANCE, 970, "CNY", "2026-01-08T00:00:00+00:00"),
        RewardPaid(uuid4(), order, buyer, BALANCE, 970, 100, "CNY"),
        # Another line of the order, a moment later: told already.
        RewardPaid(uuid4(), order, buyer, BALANCE, 30, 0, "CNY"),
        RewardTakenBack(order, buyer, BALANCE, "order_back", 970, 70, "CNY"),
        RewardPaid(uuid4(), uuid4(), buyer, COUPON, 0, 0, "CNY", uuid4()),
        CouponFetched(uuid4(), of, f"buyer:{buyer.hex}"),
        CouponFetched(uuid4(), of, "guest:browser"),
        RewardFrozen(order, uuid4(), BALANCE, 970, "CNY", "2026-01-08T00:00:00+00:00"),
    ):
        publish(shop_id=shop_id, event=event, cause=("test", uuid4()), now=now)
    letters = {letter["subject"]: letter["text"] for letter in told(desk, mail, now)}
    assert sorted(letters) == [
        "A friend took your coupon: 活动", "A reward for your invitation is on its way: ¥9.70",
        "A reward was taken back: ¥9.70", "Your reward has arrived", "Your reward has arrived: ¥9.70",
    ]  # fmt: skip
    assert "¥1.00" in letters["Your reward has arrived: ¥9.70"]
    assert "¥0.70" in letters["A reward was taken back: ¥9.70"]
    assert "2026-01-08 08:00" in letters["A reward for your invitation is on its way: ¥9.70"]


@pytest.mark.usefixtures("mail")
def test_a_campaign_that_waits_is_told_to_those_who_may_approve(shop: Shop, now: datetime, desk: RunningDesk) -> None:
    shop_id = shop.demo.shop_id
    (operator, _box), (_owner, owners), (_support, supports) = (
        somebody(shop_id, role, now) for role in ("operator", "owner", "support")
    )
    made = make_campaign(shop_id=shop_id, name="周末满减", spec=reduce_by(now, 500), actor=operator, now=now)
    submit_campaign(shop_id=shop_id, campaign_id=made.campaign_id, number=1, actor=operator, now=now)
    (letter,) = told(desk, owners, now)
    assert letter["subject"] == "活动待批准：周末满减"
    assert f"/console/promotions/campaigns/{made.campaign_id}/" in letter["html"]
    assert told(desk, supports, now) == []
