"""Everything at once, by few members on few pieces: nobody waits for ever, nothing is taken twice, all adds up."""

import random

import pytest

from goodfor.cli import world as shops
from goodfor.mall import queries
from goodfor.mall.tests.conftest import World
from goodfor.mall.types import GOODS, NOTHING, POINTS, PrizeWish
from goodfor.orders import queries as orders
from goodfor.orders.operations import cancel_order, refund_order
from goodfor.orders.tests.factories import refund_all, relay_all, together

pytestmark = pytest.mark.django_db(transaction=True)


def act(world: World, many: int, threads: int) -> None:
    """Redeem for points, or with money; play; give up or give back what one has."""
    prizes = (
        PrizeWish("卡", GOODS, 30, stock=5, sku_id=world.shop.sku_id),
        PrizeWish("20 积分", POINTS, 30, units=20),
        PrizeWish("谢谢参与", NOTHING, 40, consolation=True),
    )
    draw = world.draw(*prizes, cost=5, per_day=100)
    rewards = [world.reward(30, stock=6, most=3), world.reward(10, cash_minor=100, stock=6, most=2)]
    owners = [world.member(1_000) for _ in range(4)]

    def one(number: int) -> str:
        dice = random.Random(number)
        owner = dice.choice(owners)
        what = dice.randrange(4)
        if what < 2:
            return world.redeem(rewards[what], owner).state
        if what == 2:
            return world.play(draw, owner).prize.kind
        held = [row for row in queries.redemptions(world.shop_id, owner=owner) if row.state == "taken"]
        if not held:
            return "nothing"
        order = orders.order_view(world.shop_id, dice.choice(held).order_id)
        if order.state == "placed":
            cancel_order(shop_id=world.shop_id, order_id=order.id, actor="buyer", now=world.now)
        else:
            refund_order(
                shop_id=world.shop_id, order_id=order.id, reason="t", actor="staff:t", by_staff=True, now=world.now
            )
        relay_all(world.now)
        return "back"

    told = together(one, many, threads)
    refund_all(world.now)
    relay_all(world.now)
    refused = {
        "reward_gone", "reward_limit", "out_of_stock", "too_many_open_orders", "wrong_order_state",
        "illegal_transition", "no_plays_left", "refund_above_daily_limit", "refund_cap_reached",
    }  # fmt: skip
    assert set(told) <= refused | {"delivered", "placed", "back", "nothing", GOODS, POINTS, NOTHING}
    assert {"delivered", "placed", "back", POINTS, NOTHING} <= set(told)
    assert world.faults() == {}


def test_many_acts_at_once(world: World) -> None:
    act(world, 60, 8)


@pytest.mark.soak
def test_very_many_acts_at_once(world: World) -> None:
    shops.load_codes(world.shop_id, world.shop.sku_id, shops.random_codes(400), world.now, cost_minor=800)
    act(world, 1_500, 24)
