"""Shops with orders in several states, for the console's tests."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from goodfor.cli import world
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tests.snapshot import start_from
from goodfor.orders.operations import buy_with_balance, place_order
from goodfor.orders.types import Buyer, LineRequest, OrderView, PlacedOrder

CONTACT = "ming.li@shop.example"


@dataclass(frozen=True)
class Shop:
    """A shop with stock, a delivered order of a client (2 codes) and an unpaid one of a guest who left a contact."""

    demo: world.DemoShop
    delivered: OrderView
    placed: PlacedOrder

    @property
    def id(self) -> UUID:
        return self.demo.shop_id


def make(code: str, name: str = "好码小店") -> Shop:
    """Another such shop."""
    now = utc_now()
    demo = world.make_shop(now, code=code, name=name)
    world.load_codes(demo.shop_id, demo.skus["kw-50"], world.random_codes(20), now, cost_minor=800)
    bought = buy_with_balance(
        shop_id=demo.shop_id,
        client_id=demo.client_id,
        wallet_account=demo.wallet_account,
        currency="CNY",
        lines=[LineRequest(demo.skus["kw-50"], 2)],
        external_ref=f"ref-{code}",
        now=utc_now(),
    )
    placed = place_order(
        shop_id=demo.shop_id,
        lines=[LineRequest(demo.skus["kw-50"], 1)],
        buyer=Buyer(f"guest-{code}", contact=CONTACT, ip="192.0.2.7"),
        channel="storefront",
        now=utc_now(),
    )
    return Shop(demo, bought, placed)


@pytest.fixture
def now() -> datetime:
    """Close to the database's clock."""
    return utc_now()


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    """As new for each test."""
    return start_from("console", lambda: make("demo"))


@pytest.fixture
def other(shop: Shop) -> Shop:
    """Another shop beside it."""
    return make("other")
