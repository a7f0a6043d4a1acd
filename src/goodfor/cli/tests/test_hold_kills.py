"""Processes that are killed at each fault point of a hold: it is made or not, and ends once."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from goodfor.cli.tests.claim_scenes import Step
from goodfor.cli.tests.forked import SOURCE, killed
from goodfor.orders import tasks
from goodfor.orders.operations import hold_delivery, refuse_delivery, release_delivery
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.conftest import now as now
from goodfor.orders.tests.conftest import shop as shop
from goodfor.orders.tests.factories import begin, booked, broken, open_till, pay, place, refund_all, sql, stock
from goodfor.orders.types import HoldOrder

pytestmark = pytest.mark.slow
HOUR = timedelta(hours=1)
ENDS: list[tuple[str, str, Callable[..., Any], str]] = [
    ("holds.releasing", "release", release_delivery, "delivered"),
    ("holds.refusing", "refuse", refuse_delivery, "refunded"),
    ("holds.ended", "release", release_delivery, "delivered"),
    ("holds.ended", "refuse", refuse_delivery, "refunded"),
]


def waiting(shop: Shop, now: datetime, then: str) -> UUID:
    """A paid order that waits."""
    placed = place(shop, now, hold=HoldOrder(None, HOUR, then=then))
    pay(begin(open_till(shop.demo.shop_id, now), placed.order_id, now), now)
    return placed.order_id


@pytest.mark.parametrize(
    ("point", "then", "end", "state"),
    # Each has a process that is killed: one of each end in every run of the tests, all of them in the long evidence.
    [
        pytest.param(*one, id=f"{one[1]}-{one[0]}", marks=() if one[0] != "holds.ended" else pytest.mark.soak)
        for one in ENDS
    ],
)
def test_it_ends_once(shop: Shop, now: datetime, point: str, then: str, end: Callable[..., Any], state: str) -> None:
    order_id = waiting(shop, now, then)
    act = partial(end, shop_id=shop.demo.shop_id, order_id=order_id, actor="staff:1", cause="staff", now=now)
    killed(point, Step(act))
    # Whoever did it tries again; the loop comes, too.
    act()
    tasks.watch_holds(now + HOUR)
    refund_all(now)
    [(found, refunded)] = sql("SELECT state, refunded_minor FROM orders_order")
    assert (found, refunded > 0) == (state, state == "refunded")
    assert sql("SELECT count(*) FROM kernel_history WHERE machine = 'orders.hold'") == [(2,)]
    told = "SELECT count(*) FROM kernel_event WHERE name IN ('orders.order_released', 'orders.order_hold_refused')"
    assert sql(told) == [(1,)]
    assert stock(shop) == ((19, 0, 1) if state == "delivered" else (20, 0, 0))
    assert booked(shop, "2203:order") == 0
    assert broken(now) == {}


@pytest.mark.soak
def test_a_hold_is_made_whole_or_not_at_all(shop: Shop, now: datetime) -> None:
    placed = place(shop, now)
    hold = HoldOrder(None, HOUR)
    act = partial(
        hold_delivery, shop_id=shop.demo.shop_id, order_id=placed.order_id, hold=hold, actor="system", now=now
    )
    killed("holds.made", Step(act))
    assert sql("SELECT count(*) FROM orders_hold") == [(0,)]
    assert broken(now) == {}
    act()
    assert sql("SELECT state FROM orders_hold") == [("held",)]
    assert broken(now) == {}


def test_no_point_is_left_out() -> None:
    files = Path(SOURCE / "orders" / "operations").glob("*.py")
    named = {name for file in files for name in re.findall(r'reach\("(holds\.[a-z_]+)"\)', file.read_text("utf-8"))}
    assert named == {"holds.made"} | {point for point, *_rest in ENDS}
