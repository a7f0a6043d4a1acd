"""A shop whose buyers give one another what they bought."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.delivery import queries as delivery
from goodfor.gifts import queries
from goodfor.gifts.operations.make_gift import make_gift
from goodfor.gifts.operations.open_gift import open_gift
from goodfor.gifts.operations.take_back import take_back
from goodfor.gifts.types import CODES, GiftView, Made, Opened, Wish
from goodfor.identity.tests.buyers import make_buyer
from goodfor.identity.types import Visitor
from goodfor.orders import queries as orders
from goodfor.orders.operations.reveal_codes import reveal_codes, reveal_given
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, broken, open_till, pay, place, relay_all
from goodfor.orders.types import OrderView

shop, now = of_orders.shop, of_orders.now


@dataclass
class World:
    """The shop, its till, and what people do there. `now` may be moved on."""

    shop: Shop
    till: Till
    now: datetime

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    def account(self) -> str:
        visitor = Visitor(ip=f"2001:db8:{uuid4().hex[:4]}::1", label="Chrome · Windows")
        buyer = make_buyer(self.shop_id, self.now, f"{uuid4().hex[:12]}@example.com", visitor)
        return f"buyer:{buyer.buyer_id.hex}"

    def buys(self, ref: str, quantity: int = 1) -> OrderView:
        placed = place(self.shop, self.now, quantity, ref=ref, ip=f"2001:db8:{uuid4().hex[:4]}::1")
        pay(begin(self.till, placed.order_id, self.now), self.now)
        relay_all(self.now)
        return orders.order_view(self.shop_id, placed.order_id)

    def codes(self, order: OrderView) -> list[UUID]:
        lines = [line.line_id for line in order.lines]
        return [one.code_id for one in delivery.masked_codes(self.shop_id, lines)]

    def gives(self, order: OrderView, ref: str, count: int | None = None, **more: Any) -> Made:
        return self.gives_codes(order, ref, self.codes(order)[:count], **more)

    def gives_codes(self, order: OrderView, ref: str, code_ids: list[UUID], **more: Any) -> Made:
        key = more.pop("key", uuid4().hex)
        wish = Wish(CODES, order.id, tuple(code_ids), **more)
        return make_gift(shop_id=self.shop_id, giver_ref=ref, wish=wish, request_key=key, now=self.now)

    def opens(self, secret: str, ref: str) -> Opened:
        return open_gift(shop_id=self.shop_id, secret=secret, taker_ref=ref, now=self.now)

    def takes_back(self, gift: GiftView) -> GiftView:
        return take_back(shop_id=self.shop_id, gift_id=gift.id, giver_ref=gift.giver_ref, now=self.now)

    def sees(self, order: OrderView, code_ids: list[UUID] | None = None) -> int:
        """By its buyer."""
        return len(
            reveal_codes(
                shop_id=self.shop_id, order_id=order.id, code_ids=code_ids, actor="buyer:giver", ip="", now=self.now
            )
        )

    def sees_given(self, gift: GiftView, actor: str = "", code_ids: list[UUID] | None = None) -> int:
        """By whoever opened it, or `actor`."""
        assert gift.subject_id is not None
        return len(
            reveal_given(
                shop_id=self.shop_id, order_id=gift.subject_id, gift_id=gift.id, code_ids=code_ids,
                actor=actor or gift.taker, ip="", now=self.now,
            )
        )  # fmt: skip

    def gift(self, gift: GiftView) -> GiftView:
        return queries.gift(self.shop_id, gift.id)

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    def faults(self) -> dict[str, Any]:
        return broken(self.now)


@pytest.fixture
def world(shop: Shop, now: datetime) -> World:
    return World(shop, open_till(shop.demo.shop_id, now), now)
