"""A shop that sells codes, with two people who may set cards, and programs of each face."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.cards import queries, states
from goodfor.cards.accounts import owed
from goodfor.cards.operations.export_codes import allow_export, ask_export, export_codes
from goodfor.cards.operations.make_batch import make_batch, write_cards
from goodfor.cards.operations.redeem import redeem_goods
from goodfor.cards.operations.set_program import make_program
from goodfor.cards.operations.walk import activate_cards, walk_on
from goodfor.cards.types import BatchView, BatchWish, CardView, ProgramWish, Redeemed, Skin
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.ledger import queries as books
from goodfor.orders.operations import refund_order
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, place, refund_all
from goodfor.orders.types import Buyer, OrderView, PlacedOrder

shop, now = of_orders.shop, of_orders.now
SKIN = Skin("甲品牌", "#ffffff", "#1f4d3a", "祝你天天开心")
PRICE = 4850


@dataclass
class World:
    """The shop, its two people, and what they do with cards. `now` may be moved on."""

    shop: Shop
    one: str
    two: str
    now: datetime

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    def program(self, face: str = states.PRODUCT, value: int = 0, skus: tuple[UUID, ...] | None = None) -> UUID:
        named = (self.shop.sku_id,) if face == states.PRODUCT else ()
        wish = ProgramWish(f"卡 {face}", face, SKIN, named if skus is None else skus, value)
        return make_program(shop_id=self.shop_id, wish=wish, actor=self.one, now=self.now).id

    def batch(self, program_id: UUID, size: int = 3, price: int = PRICE, **more: Any) -> BatchView:
        wish = BatchWish(program_id, "第一批", size, price, more.pop("activation", states.BY_BATCH), **more)
        made = make_batch(shop_id=self.shop_id, wish=wish, actor=self.one, now=self.now)
        while write_cards(now=self.now):
            pass
        return queries.batch(self.shop_id, made.id)

    def activate(self, batch: BatchView, first: int | None = None, last: int | None = None) -> None:
        activate_cards(shop_id=self.shop_id, batch_id=batch.id, actor=self.one, now=self.now, first=first, last=last)
        self.walk()

    def walk(self) -> None:
        while walk_on(now=self.now):
            pass

    def codes(self, batch: BatchView) -> list[str]:
        """Normal forms of its codes, which leave by two people."""
        asked: dict[str, Any] = {"shop_id": self.shop_id, "batch_id": batch.id, "now": self.now}
        ask_export(**asked, actor=self.one)
        allow_export(**asked, actor=self.two)
        return [str(queries.normal_code(code)) for _serial, code in export_codes(**asked, actor=self.one)]

    def good(self, face: str = states.PRODUCT, value: int = 0, size: int = 3, **more: Any) -> BatchView:
        made = self.batch(self.program(face, value), size, **more)
        self.activate(made)
        return made

    def card(self, batch: BatchView, place_in: int = 0) -> CardView:
        return queries.card_by_serial(self.shop_id, batch.first_serial + place_in)

    def fetch(self, card_id: UUID, key: str = "", sku_id: UUID | None = None, ref: str = "") -> Redeemed:
        """Goods by a card."""
        return redeem_goods(
            shop_id=self.shop_id, card_id=card_id, sku_id=sku_id or self.shop.sku_id,
            buyer=Buyer(ref or f"guest:{uuid4().hex[:8]}", ip=f"2001:db8:{uuid4().hex[:4]}::1"),
            request_key=key or uuid4().hex, now=self.now,
        )  # fmt: skip

    def orders(self, quantity: int = 1) -> PlacedOrder:
        return place(self.shop, self.now, quantity, ref=f"guest:{uuid4().hex[:8]}", ip=f"2001:db8:{uuid4().hex[:4]}::1")

    def refunds(self, order: OrderView | Redeemed | PlacedOrder) -> None:
        order_id = order.id if isinstance(order, OrderView) else order.order_id
        refund_order(
            shop_id=self.shop_id, order_id=order_id, reason="test", actor="staff:test", by_staff=True, now=self.now
        )
        refund_all(self.now)

    def owed(self, batch: BatchView) -> int:
        return books.balance(self.shop_id, owed(batch.program_id), "CNY")

    def booked(self, account: str) -> int:
        return books.balance(self.shop_id, account, "CNY")

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def faults(self) -> dict[str, Any]:
        return broken(self.now)


@pytest.fixture
def world(shop: Shop, now: datetime) -> World:
    view = identity.shop_by_id(shop.demo.shop_id)
    return World(shop, make_staff(view, now).actor, make_staff(view, now).actor, now)
