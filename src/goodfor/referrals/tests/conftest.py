"""A shop that sells codes, gives something for invitations, and whose buyers invite one another."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.cli import world as world_of
from goodfor.identity.tests.buyers import make_buyer
from goodfor.identity.types import Visitor
from goodfor.ledger import queries as books
from goodfor.ledger.errors import AccountNotOpen
from goodfor.orders import queries as orders
from goodfor.orders.operations import refund_order, reveal_codes
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, broken, open_till, pay, place, refund_all, relay_all
from goodfor.orders.types import OrderView
from goodfor.referrals import queries, tasks
from goodfor.referrals.operations.attribute import attribute
from goodfor.referrals.operations.bind import bind
from goodfor.referrals.operations.make_code import make_code
from goodfor.referrals.operations.set_programme import set_programme
from goodfor.referrals.states import CHECKOUT, LINK
from goodfor.referrals.types import Invited, Level, Names, RewardView, Terms

shop, now = of_orders.shop, of_orders.now
#: Ten percent for who invites and five for the friend; 48.50 costs 8.00.
TERMS = Terms(on=True, first=Level(bp=1000), friend=Level(minor=200), freeze_days=7)
STAFF = "staff:00000000-0000-7000-8000-000000000001"


@dataclass
class World:
    """The shop, its till, and what people do there. `now` moves on by `wait`."""

    shop: Shop
    till: Till
    now: datetime

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    def gives(self, **more: Any) -> None:
        set_programme(shop_id=self.shop_id, terms=replace(TERMS, **more), actor=STAFF, now=self.now)

    def account(self) -> UUID:
        visitor = Visitor(ip=f"2001:db8:{uuid4().hex[:4]}::1", label="Chrome · Windows")
        return make_buyer(self.shop_id, self.now, f"{uuid4().hex[:12]}@example.com", visitor).buyer_id

    def code(self, buyer: UUID, **names: str) -> str:
        return make_code(shop_id=self.shop_id, buyer_id=buyer, names=Names(**names), now=self.now)

    def binds(self, friend: UUID, inviter: UUID, source: str = LINK, **names: str) -> None:
        bind(
            shop_id=self.shop_id, friend=friend, invited=Invited(self.code(inviter), source, self.now),
            names=Names(**names), now=self.now,
        )  # fmt: skip

    def buys(self, buyer: UUID, quantity: int = 1, *, code: str = "", seen: bool = True, **names: str) -> OrderView:
        """A delivered order whose buyer looks at what he bought, and everybody has heard of it."""
        placed = place(self.shop, self.now, quantity, ref=f"buyer:{buyer.hex}", ip=f"2001:db8:{uuid4().hex[:4]}::1")
        if code:
            attribute(
                shop_id=self.shop_id, order_id=placed.order_id, friend=buyer, names=Names(**names), now=self.now,
                invited=Invited(code, CHECKOUT, self.now),
            )  # fmt: skip
        pay(begin(self.till, placed.order_id, self.now), self.now)
        relay_all(self.now)
        if seen:
            self.sees(placed.order_id)
        return orders.order_view(self.shop_id, placed.order_id)

    def sees(self, order_id: UUID) -> None:
        reveal_codes(shop_id=self.shop_id, order_id=order_id, code_ids=None, actor="buyer:x", ip="", now=self.now)

    def refunds(self, order: OrderView) -> None:
        refund_order(
            shop_id=self.shop_id, order_id=order.id, reason="test", actor="staff:test", by_staff=True, now=self.now
        )
        refund_all(self.now)

    def wait(self, days: int = 8) -> None:
        """Time passes, and the loop does its work."""
        self.now += timedelta(days=days)
        while tasks.reward(self.now):
            pass

    def rewards(self, order: OrderView) -> dict[int, RewardView]:
        return {one.level: one for one in queries.rewards_of_order(self.shop_id, order.id)}

    def balance(self, buyer: UUID) -> int:
        try:
            return books.balance(self.shop_id, f"2207:wallet:{buyer}", "CNY")
        except AccountNotOpen:
            return 0

    def faults(self) -> dict[str, Any]:
        return broken(self.now)


@pytest.fixture
def world(shop: Shop, now: datetime) -> World:
    codes = world_of.random_codes(180)
    world_of.load_codes(shop.demo.shop_id, shop.sku_id, codes, now, cost_minor=800)
    made = World(shop, open_till(shop.demo.shop_id, now), now)
    made.gives()
    return made
