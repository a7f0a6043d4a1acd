"""Gifts on the pages of an order and of its buyer in a real browser, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any
from uuid import uuid4

import pytest

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.delivery import queries as delivery
from goodfor.gifts.operations.make_gift import make_gift
from goodfor.gifts.operations.open_gift import open_gift
from goodfor.gifts.types import CODES, Wish
from goodfor.identity.tests.buyers import make_buyer
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.orders import queries as orders
from goodfor.orders.models import Order

pytestmark = [*browser_marks, pytest.mark.soak]


@every_size
def test_an_order_that_was_given_away(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    now, buyer = utc_now(), make_buyer(shop.id, utc_now(), "giver@example.com")
    number, giver = shop.delivered.number, f"buyer:{buyer.buyer_id.hex}"
    Order.objects.filter(shop_id=shop.id, number=number).update(buyer_ref=giver)
    order = orders.order_by_number(shop.id, number)
    codes = delivery.masked_codes(shop.id, [line.line_id for line in order.lines])
    made = [
        make_gift(
            shop_id=shop.id, giver_ref=giver, wish=Wish(CODES, order.id, [one.code_id]), request_key=uuid4().hex,
            now=now,
        )
        for one in codes[:2]
    ]  # fmt: skip
    open_gift(shop_id=shop.id, secret=made[0].secret, taker_ref="guest:x", now=now)
    visit = Visit(browser, live_server.url, width, language, words_of(shop), budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    for name, path in {
        "order-given": f"/console/orders/{number}/",
        "buyer-given": f"/console/buyers/?order={number}",
    }.items():
        visit.open(path)
        visit.check(f"console-{name}")
    assert not visit.faults, "\n".join(visit.faults)
