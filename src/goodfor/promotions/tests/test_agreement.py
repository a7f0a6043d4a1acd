"""What the plan says is left, the evaluator may give, and reserving takes: alone, no order ever meets LimitGone."""

import random
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.promotions import operations, queries
from goodfor.promotions.evaluating.evaluate import price
from goodfor.promotions.tests.factories import buyer, flash, reduce_by, run, shop_and_actor
from goodfor.promotions.tests.test_races import all_is_well
from goodfor.promotions.types import (
    PART,
    PRICE,
    BuyerNames,
    Cart,
    CartLine,
    Gift,
    GiftOffer,
    Limit,
    Node,
    Nth,
    Scope,
    Spec,
    UnitPercent,
)

pytestmark = pytest.mark.django_db


def campaigns(now: datetime, skus: list[UUID], gift: UUID) -> list[Spec]:
    some = Scope(skus=frozenset(skus[:2]))
    return [
        flash(now, Limit("sku", "units", "all", 12), Limit("buyer", "units", "day", 3),
              Limit("phone", "uses", "all", 4), scope=some, play_settings={"units_by_sku": {str(skus[0]): 5}}),
        flash(now, Limit("campaign", "loss", "all", 700), Limit("device", "uses", "day", 2), loss_leader=True,
              price=100, scope=Scope(skus=frozenset(skus[2:4]))),
        flash(now, Limit("campaign", "minor", "day", 3_000, PART), play="limited_price", layer=PRICE,
              effect=UnitPercent(8_000)),
        reduce_by(now, 150, Limit("campaign", "uses", "all", 15), Limit("buyer", "minor", "week", 400), priority=2),
        reduce_by(now, 90, Limit("campaign", "minor", "all", 900), cut=False, node=Node("n", "best")),
        reduce_by(now, 70, Limit("address", "uses", "month", 3), node=Node("n", "best")),
        reduce_by(now, 1, Limit("campaign", "minor", "all", 2_000), play="nth", effect=Nth(2, 5_000)),
        reduce_by(now, 1, Limit("campaign", "uses", "day", 4), Limit("campaign", "minor", "all", 1_900), play="gift",
                  effect=Gift(gift, 1, 2_000)),
    ]  # fmt: skip


def basket(dice: random.Random, skus: list[UUID], now: datetime) -> Cart:
    lines = [
        CartLine(sku, uuid4(), uuid4(), dice.randint(1, 4), 1000, dice.choice([300, 800, None]))
        for sku in dice.sample(skus, dice.randint(1, len(skus)))
    ]
    return Cart(tuple(lines), "web", now)


def someone(dice: random.Random) -> BuyerNames:
    return buyer(
        f"b{dice.randint(1, 5)}", device=dice.choice(["", "d1", "d2"]), address=dice.choice(["", "a1"]),
        phone=dice.choice(["", "p1", "p2"]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_alone_nothing_is_gone(now: datetime, seed: int) -> None:
    dice = random.Random(seed)
    shop, actor = shop_and_actor(now)
    skus, gift = [uuid4() for _ in range(5)], uuid4()
    made = [run(shop, spec, actor, now) for spec in campaigns(now, skus, gift)]
    offers = {gift: GiftOffer(gift, 600, 200, 50)}
    for number in range(40):
        at = now + timedelta(hours=number)
        cart, names, order = basket(dice, skus, at), someone(dice), uuid4()
        plan = queries.plan(shop.id, cart, names, at)
        given = price(cart, plan, zone=queries.zone_of(shop.id), gifts=offers)
        operations.reserve(shop_id=shop.id, order_id=order, names=names, cart=cart, priced=given, now=at)
        match dice.randint(1, 6):
            case 1:
                operations.release(shop_id=shop.id, order_id=order, now=at)
            case 2 | 3:
                operations.commit(shop_id=shop.id, order_id=order, now=at)
                pieces = {line.sku_id: (1, line.quantity) for line in cart.lines}
                operations.roll_back(
                    shop_id=shop.id, order_id=order, whole=dice.random() < 0.5, minor=dice.randint(1, 900),
                    units=pieces, disputed=False, now=at,
                )  # fmt: skip
    figures = queries.figures(shop.id, [one.campaign_id for one in made])
    assert sum(1 for one in figures.values() if one.orders) >= len(made) - 1
    all_is_well(now)
