"""A reward, a draw and a play of a shop, for the tests of the console."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.types import Holder, Source
from goodfor.mall.operations.play import play
from goodfor.mall.operations.set_draw import make_draw, turn_draw
from goodfor.mall.operations.set_reward import make_reward
from goodfor.mall.types import NOTHING, POINTS, DrawWish, PrizeWish, RewardWish
from goodfor.orders.types import Buyer

PRIZES = (PrizeWish("5 积分", POINTS, 1, units=5), PrizeWish("谢谢参与", NOTHING, 1, consolation=True))


def draw_of(shop: Shop) -> UUID:
    """A draw that is on."""
    act: dict[str, Any] = {"shop_id": shop.id, "actor": person(shop.id, Role.OPERATOR).staff.actor, "now": utc_now()}
    wish = DrawWish("抽奖", 1, 3, act["now"] - timedelta(hours=1), act["now"] + timedelta(days=9), PRIZES)
    made = make_draw(**act, wish=wish)
    turn_draw(**act, draw_id=made.id, on=True)
    return made.id


def mall_things(shop: Shop) -> dict[str, Any]:
    """By the names that addresses give to ids."""
    now, owner = utc_now(), uuid4()
    actor, sku_id = person(shop.id, Role.OPERATOR).staff.actor, shop.demo.skus["kw-50"]
    reward = make_reward(shop_id=shop.id, wish=RewardWish(sku_id, 10), actor=actor, now=now)
    draw_id = draw_of(shop)
    give_units(shop_id=shop.id, holder=Holder(owner), units=5, source=Source("test", "1"), currency="CNY", now=now)
    done = play(
        shop_id=shop.id, draw_id=draw_id, owner=owner, buyer=Buyer(f"buyer:{owner.hex}"), request_key="1", now=now
    )
    return {"reward_id": reward.id, "draw_id": draw_id, "play_id": done.play_id}
