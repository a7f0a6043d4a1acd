"""A shop with stock of two SKUs, and everything rolled up when a test wants it."""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from goodfor.cli import world
from goodfor.insights.models import Progress
from goodfor.insights.operations.mark_days import mark_days
from goodfor.insights.operations.roll_cube import roll_cube
from goodfor.insights.types import Ask, day_of
from goodfor.kernel.tenancy import platform_job
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, open_till, sql

shop, now = of_orders.shop, of_orders.now

NO_BOUNDS = (
    '{"refund_limit_minor": -1, "refund_daily_limit_minor": -1, "refund_daily_cap_minor": -1,'
    ' "auto_refund_alarm_minor": -1}'
)


@dataclass(frozen=True)
class Market:
    """The shop, its second SKU and an open till; what may go back in a day is another test's."""

    shop: Shop
    second: UUID
    till: Till

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    @property
    def first(self) -> UUID:
        return self.shop.sku_id

    def ask(self, now: datetime, days: int = 1) -> Ask:
        """The present day, and some before."""
        today = day_of(now)
        return Ask(today.fromordinal(today.toordinal() - days + 1), today, "CNY")


@pytest.fixture
def market(shop: Shop, now: datetime) -> Market:
    second = shop.demo.skus["kw-100"]
    assert world.load_codes(shop.demo.shop_id, second, world.random_codes(60), now, cost_minor=333) == 60
    assert world.load_codes(shop.demo.shop_id, shop.sku_id, world.random_codes(60), now, cost_minor=700) == 60
    sql("UPDATE identity_shop SET settings = settings || %s::jsonb WHERE id = %s", [NO_BOUNDS, shop.demo.shop_id])
    return Market(shop, second, open_till(shop.demo.shop_id, now))


def roll_all(now: datetime, batch: int = 20_000) -> None:
    """Roll everything up; one waits while any older transaction of the server (of another test run, too) is open."""
    until = time.monotonic() + 10
    while roll_cube(now=now, batch=batch) or (_behind() and time.monotonic() < until):
        time.sleep(0.002)


def mark_all(now: datetime) -> None:
    """Everything rolled up, and all days noted of whose orders something was told."""
    roll_all(now)
    newest = "SELECT coalesce((SELECT xid FROM kernel_event ORDER BY xid DESC LIMIT 1)::text::bigint, 0)"
    until = time.monotonic() + 10
    while mark_days(now=now) or (_upto("flow") <= sql(newest)[0][0] and time.monotonic() < until):
        roll_cube(now=now)
        time.sleep(0.002)


def _behind() -> bool:
    return bool(sql("SELECT EXISTS (SELECT FROM ledger_tx WHERE xid >= %s::text::xid8)", [str(_upto("cube"))])[0][0])


def _upto(name: str) -> int:
    with platform_job("test"):
        return Progress.objects.filter(name=name).values_list("upto_xid", flat=True).first() or 0
