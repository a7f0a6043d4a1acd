"""A shop with stock for the tests of orders."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from goodfor.cli import world
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tests.snapshot import start_from


@dataclass(frozen=True)
class Shop:
    """The demo shop with 20 codes of one SKU, each cost 8.00."""

    demo: world.DemoShop
    sku_id: UUID
    codes: list[tuple[str, str]]


@pytest.fixture
def now() -> datetime:
    """Close to the database's clock."""
    return utc_now()


@pytest.fixture
def shop(now: datetime, transactional_db: None) -> Shop:
    """As new for each test."""

    def make() -> Shop:
        demo = world.make_shop(now)
        codes = world.random_codes(20)
        assert world.load_codes(demo.shop_id, demo.skus["kw-50"], codes, now, cost_minor=800) == 20
        return Shop(demo, demo.skus["kw-50"], codes)

    return start_from("orders", make)
