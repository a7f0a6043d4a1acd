"""A shop whose points buy something, its members, and what they do in the mall."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.ledger import queries as books
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Holder, Source, Terms
from goodfor.mall import queries
from goodfor.mall.operations.play import play
from goodfor.mall.operations.redeem import redeem
from goodfor.mall.operations.set_draw import make_draw, turn_draw
from goodfor.mall.operations.set_reward import make_reward, turn_reward
from goodfor.mall.types import DrawView, DrawWish, Played, PrizeWish, Redeemed, RewardView, RewardWish
from goodfor.orders.operations import refund_order
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, broken, open_till, pay, refund_all, relay_all
from goodfor.orders.types import Buyer

shop, now = of_orders.shop, of_orders.now
PRICE = 4850


@dataclass
class World:
    """The shop, one of its staff, its till; `now` may be moved on. A point buys a fen, and 95 of 100 are owed."""

    shop: Shop
    till: Till
    actor: str
    now: datetime

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    def member(self, points: int = 0) -> UUID:
        owner = uuid4()
        if points:
            self.gives(owner, points)
        return owner

    def gives(self, owner: UUID, points: int) -> None:
        give_units(
            shop_id=self.shop_id, holder=Holder(owner), units=points, source=Source("test", uuid4().hex),
            currency="CNY", minor=points * 95 // 100, now=self.now,
        )  # fmt: skip

    def points(self, owner: UUID) -> int:
        # What news brings is there from the clock's time on.
        return loyalty.balance(self.shop_id, Holder(owner), self.now + timedelta(minutes=1)).available

    def reward(self, points: int = 1000, on: bool = True, **more: Any) -> RewardView:
        wish = RewardWish(more.pop("sku_id", self.shop.sku_id), points, **more)
        made = make_reward(shop_id=self.shop_id, wish=wish, actor=self.actor, now=self.now)
        if on:
            turn_reward(shop_id=self.shop_id, reward_id=made.id, on=True, actor=self.actor, now=self.now)
        return queries.reward(self.shop_id, made.id)

    def redeem(self, reward: RewardView, owner: UUID, key: str = "") -> Redeemed:
        return redeem(
            shop_id=self.shop_id, reward_id=reward.id, owner=owner, buyer=self.buyer(owner),
            request_key=key or uuid4().hex, now=self.now,
        )  # fmt: skip

    def buyer(self, owner: UUID) -> Buyer:
        return Buyer(f"buyer:{owner.hex}", ip=f"2001:db8:{owner.hex[:4]}:{owner.hex[4:8]}::1")

    def draw(self, *prizes: PrizeWish, cost: int = 10, on: bool = True, **more: Any) -> DrawView:
        wish = DrawWish(
            "周末抽奖", cost, more.pop("per_day", 3), self.now - timedelta(hours=1), self.now + timedelta(days=30),
            prizes, **more,
        )  # fmt: skip
        made = make_draw(shop_id=self.shop_id, wish=wish, actor=self.actor, now=self.now)
        if on:
            turn_draw(shop_id=self.shop_id, draw_id=made.id, on=True, actor=self.actor, now=self.now)
        return queries.draw(self.shop_id, made.id)

    def play(self, draw: DrawView, owner: UUID, key: str = "", roll: int | None = None) -> Played:
        more: dict[str, Any] = {} if roll is None else {"roll": lambda _upto: roll}
        return play(
            shop_id=self.shop_id, draw_id=draw.id, owner=owner, buyer=Buyer(f"buyer:{owner.hex}"),
            request_key=key or uuid4().hex, now=self.now, **more,
        )  # fmt: skip

    def pays(self, done: Redeemed) -> None:
        pay(begin(self.till, done.order_id, self.now), self.now)
        relay_all(self.now)

    def refunds(self, order_id: UUID) -> None:
        refund_order(
            shop_id=self.shop_id, order_id=order_id, reason="test", actor="staff:test", by_staff=True, now=self.now
        )
        refund_all(self.now)
        relay_all(self.now)

    def booked(self, account: str) -> int:
        return books.balance(self.shop_id, account, "CNY")

    def faults(self) -> dict[str, Any]:
        return broken(self.now)


@pytest.fixture
def world(shop: Shop, now: datetime) -> World:
    shop_id = shop.demo.shop_id
    till = open_till(shop_id, now)
    actor = make_staff(identity.shop_by_id(shop_id), now).actor
    set_terms(shop_id=shop_id, terms=Terms(on=True), actor="staff:1", now=now)
    return World(shop, till, actor, now)
