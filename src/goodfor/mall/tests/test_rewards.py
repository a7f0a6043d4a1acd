"""Rewards: redeemed once each, within their stock and their limits, and whole again when they go back."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Tier, TierSet
from goodfor.mall import queries
from goodfor.mall.errors import (
    InvalidReward,
    RewardChanged,
    RewardClosed,
    RewardGone,
    RewardLimit,
    RewardNotFound,
    TierTooLow,
)
from goodfor.mall.models import Redemption, Tally
from goodfor.mall.operations import redeem as redeeming
from goodfor.mall.operations.give_back import give_back
from goodfor.mall.operations.set_reward import change_reward, make_reward, turn_reward
from goodfor.mall.tests.conftest import PRICE, World
from goodfor.mall.types import DAY, Redeemed, RewardView
from goodfor.orders import queries as orders
from goodfor.orders.operations import cancel_order, expire_order, refund_part
from goodfor.orders.tests.factories import refund_all, relay_all, stock, together

pytestmark = pytest.mark.django_db(transaction=True)


def test_points_buy_goods_and_come_back(world: World) -> None:
    """Delivered like a sale; the same request is one order; a refund brings points, piece and count back."""
    reward, owner = world.reward(4000, stock=1, most=1), world.member(5000)
    done = world.redeem(reward, owner, "a")
    assert (done.state, bool(done.secret)) == ("delivered", True)
    again = world.redeem(reward, owner, "a")
    assert (again.order_id, again.state, again.secret) == (done.order_id, "delivered", "")
    assert world.points(owner) == 1000
    # What they had been owed less than the goods cost is what sales gave away.
    assert (world.booked("2203:redeemed"), world.booked("5002:points")) == (0, PRICE - 3800)
    [listed] = queries.offered(world.shop_id, owner, world.now)
    assert (listed.gone, listed.had, listed.missing, listed.free) == (True, True, 3000, False)
    with pytest.raises(RewardGone):
        world.redeem(reward, world.member(9000))
    assert world.faults() == {}
    world.refunds(done.order_id)
    assert (world.points(owner), world.booked("5002:points"), world.booked("2203:redeemed")) == (5000, 0, 0)
    assert queries.reward(world.shop_id, reward.id).left == 1
    assert not give_back(shop_id=world.shop_id, order_id=done.order_id, now=world.now)
    assert world.redeem(reward, owner, "b").state == "delivered"
    assert [one.state for one in queries.redemptions(world.shop_id, owner=owner)] == ["taken", "returned"]
    assert queries.cost(world.shop_id, world.now, world.now + timedelta(days=1)).redeemed_minor == PRICE
    assert world.faults() == {}


def test_a_part_that_goes_back_keeps_the_piece(world: World) -> None:
    reward, owner = world.reward(4000), world.member(4000)
    done = world.redeem(reward, owner)
    refund_part(
        shop_id=world.shop_id, order_id=done.order_id, amount=Money(PRICE // 2, "CNY"), reason="test",
        actor="staff:1", now=world.now,
    )  # fmt: skip
    refund_all(world.now)
    relay_all(world.now)
    assert (world.points(owner), queries.reward(world.shop_id, reward.id).taken) == (2000, 1)
    world.refunds(done.order_id)
    assert (world.points(owner), queries.reward(world.shop_id, reward.id).taken) == (4000, 0)
    assert world.faults() == {}


def test_points_and_money_buy_together(world: World) -> None:
    """The order waits for its money; unpaid it ends and everything is as before; refunded both go back."""
    reward, owner = world.reward(1000, cash_minor=900, stock=2, most=1), world.member(1500)
    done = world.redeem(reward, owner)
    assert (done.state, world.points(owner)) == ("placed", 500)
    assert orders.order_view(world.shop_id, done.order_id).total.amount_minor == 900
    assert world.booked("2203:redeemed") == PRICE - 900
    cancel_order(shop_id=world.shop_id, order_id=done.order_id, actor="buyer", now=world.now)
    relay_all(world.now)
    assert (world.points(owner), world.booked("2203:redeemed")) == (1500, 0)
    assert queries.reward(world.shop_id, reward.id).taken == 0
    paid = world.redeem(reward, owner)
    world.pays(paid)
    assert orders.order_view(world.shop_id, paid.order_id).state == "delivered"
    assert (world.points(owner), world.booked("2203:redeemed")) == (500, 0)
    assert world.faults() == {}
    half = Money(450, "CNY")
    refund_part(
        shop_id=world.shop_id, order_id=paid.order_id, amount=half, reason="t", actor="staff:1", now=world.now
    )  # fmt: skip
    refund_all(world.now)
    relay_all(world.now)
    assert (world.points(owner), world.booked("2203:redeemed")) == (1000, 0)
    world.refunds(paid.order_id)
    assert (world.points(owner), world.booked("2203:redeemed"), world.booked("5002:points")) == (1500, 0, 0)
    assert queries.reward(world.shop_id, reward.id).taken == 0
    assert world.faults() == {}


def test_one_that_is_never_paid_ends(world: World) -> None:
    reward, owner = world.reward(7, cash_minor=1, most=1), world.member(7)
    done = world.redeem(reward, owner)
    world.now += timedelta(hours=2)
    assert expire_order(shop_id=world.shop_id, order_id=done.order_id, now=world.now)
    relay_all(world.now)
    assert (world.points(owner), world.booked("2203:redeemed"), world.booked("5002:points")) == (7, 0, 0)
    assert world.faults() == {}


def test_who_may_not(world: World) -> None:
    """Too few points, drafts, what is over or not begun, other tiers, limits: nothing changes."""
    poor = world.member(999)
    draft = world.reward(on=False)
    early = world.reward(starts_at=world.now + timedelta(days=1))
    over = world.reward(starts_at=world.now - timedelta(days=2), ends_at=world.now - timedelta(days=1))
    tiers = TierSet((Tier("普通"), Tier("黄金", qualify=100)))
    set_tiers(shop_id=world.shop_id, tiers=tiers, actor="staff:1", now=world.now)
    gold, hidden = world.reward(least_rank=1), world.reward(least_rank=1, exclusive=True)
    refused = [
        (world.reward(), "not_enough_points"),
        (draft, RewardNotFound.code),
        (early, RewardClosed.code),
        (over, RewardClosed.code),
        (gold, TierTooLow.code),
        (replace(gold, id=uuid4()), RewardNotFound.code),
    ]
    before = stock(world.shop)
    for reward, code in refused:
        with pytest.raises(DomainError) as no:
            world.redeem(reward, poor)
        assert no.value.code == code
    assert (world.points(poor), stock(world.shop), Redemption.objects.filter(shop_id=world.shop_id).count()) == (
        999, before, 0,
    )  # fmt: skip
    seen = {one.reward.id: one for one in queries.offered(world.shop_id, poor, world.now)}
    assert not {draft.id, over.id, hidden.id} & set(seen)
    assert (seen[gold.id].tier, seen[early.id].opens_at) == ("黄金", early.wish.starts_at)
    assert queries.offered(world.shop_id, None, world.now)[0].missing == 1000
    with pytest.raises(RewardNotFound):
        queries.offered_one(world.shop_id, poor, hidden.id, world.now)
    assert world.faults() == {}


def test_what_is_taken_is_what_was_shown(world: World) -> None:
    reward, owner = world.reward(10, cash_minor=100), world.member(100)
    changed(world, reward, points=20)
    with pytest.raises(RewardChanged):
        redeeming.redeem(
            shop_id=world.shop_id, reward_id=reward.id, owner=owner, buyer=world.buyer(owner), request_key="a",
            expect=(10, 100), now=world.now,
        )  # fmt: skip
    assert world.points(owner) == 100


def test_a_limit_that_comes_later_knows_what_was_taken(world: World) -> None:
    reward, owner = world.reward(10, period=DAY), world.member(100)
    world.redeem(reward, owner)
    world.redeem(reward, owner)
    with pytest.raises(RewardLimit):
        world.redeem(changed(world, reward, most=2), owner)
    assert world.faults() == {}


def test_limits_are_by_day(world: World) -> None:
    reward, owner = world.reward(10, most=1, period=DAY), world.member(100)
    world.redeem(reward, owner)
    with pytest.raises(RewardLimit):
        world.redeem(reward, owner)
    world.now += timedelta(days=1)
    assert world.redeem(reward, owner).state == "delivered"
    assert world.redeem(reward, world.member(10)).state == "delivered"
    assert sorted(Tally.objects.filter(shop_id=world.shop_id).values_list("n", flat=True)) == [1, 1, 1]
    assert world.faults() == {}


def test_a_failure_in_the_middle_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reward, owner, before = world.reward(10, most=1, stock=1), world.member(10), stock(world.shop)

    def killed(**_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as here:
        here.setattr(redeeming, "pay_from_credit", killed)
        with pytest.raises(KeyboardInterrupt):
            world.redeem(reward, owner)
    assert (world.points(owner), stock(world.shop), queries.reward(world.shop_id, reward.id).taken) == (10, before, 0)
    assert world.redeem(reward, owner).state == "delivered"
    assert world.faults() == {}


def test_fifty_at_once_for_a_few_pieces(world: World) -> None:
    """Ten members, five tries each, seven pieces, one a member: seven orders and not one more."""
    reward = world.reward(10, stock=7, most=1)
    owners = [world.member(50) for _ in range(10)]
    answers = together(lambda n: world.redeem(reward, owners[n % 10]), 50, 50)
    won = [one for one in answers if isinstance(one, Redeemed)]
    assert len(won) == 7
    assert {one for one in answers if not isinstance(one, Redeemed)} <= {"reward_gone", "reward_limit"}
    assert sum(world.points(owner) for owner in owners) == 500 - 70
    assert (queries.reward(world.shop_id, reward.id).taken, stock(world.shop)[2]) == (7, 7)
    assert world.faults() == {}


def test_one_request_many_times_is_one_order(world: World) -> None:
    reward, owner = world.reward(10), world.member(100)
    answers = together(lambda _n: world.redeem(reward, owner, "the same"), 12, 6)
    assert len({one.order_id for one in answers}) == 1
    assert world.points(owner) == 90
    assert world.faults() == {}


def test_rewards_are_set_by_those_who_may(world: World) -> None:
    reward = world.reward(10, stock=2)
    world.redeem(reward, world.member(10))
    sku = next(sku for sku in world.shop.demo.skus.values() if sku != world.shop.sku_id)
    for field, change in {
        "stock": {"stock": 0}, "points": {"points": 0}, "cash_minor": {"cash_minor": PRICE},
        "sku_id": {"sku_id": sku}, "most": {"most": 0}, "least_rank": {"exclusive": True},
        "ends_at": {"starts_at": world.now, "ends_at": world.now},
    }.items():  # fmt: skip
        with pytest.raises(InvalidReward) as no:
            changed(world, reward, **change)
        assert no.value.data["field"] == field
    with pytest.raises(InvalidReward):
        changed(world, reward, sku_id=uuid4())
    assert changed(world, reward, stock=1, points=20, most=3).wish.points == 20
    turn_reward(shop_id=world.shop_id, reward_id=reward.id, on=False, actor=world.actor, now=world.now)
    with pytest.raises(RewardClosed):
        world.redeem(reward, world.member(20))
    with pytest.raises(DomainError) as forbidden:
        make_reward(shop_id=world.shop_id, wish=reward.wish, actor="staff:nobody", now=world.now)
    assert forbidden.value.http_status == 403
    assert world.faults() == {}


def test_the_database_refuses_too_much(world: World) -> None:
    """Whatever the code does: no piece beyond the stock, no redemption rewritten."""
    reward = world.reward(10, stock=1)
    world.redeem(reward, world.member(10))
    for text in (
        "UPDATE mall_reward SET taken = 2 WHERE shop_id = %s",
        "UPDATE mall_redemption SET points = 1 WHERE shop_id = %s",
        "DELETE FROM mall_redemption WHERE shop_id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text, [world.shop_id])


def changed(world: World, reward: RewardView, **change: object) -> RewardView:
    wish = replace(reward.wish, **change)  # type: ignore[arg-type]
    reward_id: UUID = reward.id
    return change_reward(shop_id=world.shop_id, reward_id=reward_id, wish=wish, actor=world.actor, now=world.now)
