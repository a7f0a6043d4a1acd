"""A program sees that its order is looked at first, and until when."""

from datetime import datetime, timedelta

from goodfor.openapi.tests.conftest import ask_with
from goodfor.orders.operations import release_delivery
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.conftest import now as now
from goodfor.orders.tests.conftest import shop as shop
from goodfor.orders.tests.factories import buy
from goodfor.orders.types import HoldOrder


def test_held_until_while_it_waits(shop: Shop, now: datetime) -> None:
    ask = ask_with(shop.demo.api_key)
    plain = buy(shop, now)
    held = buy(shop, now, 2, hold=HoldOrder(None, timedelta(hours=1)))
    found = ask("GET", f"/orders/{held.number}").json()
    assert (found["state"], found["delivered_at"]) == ("paid", None)
    assert datetime.fromisoformat(found["held_until"]) == now + timedelta(hours=1)
    assert ask("GET", f"/orders/{plain.number}").json()["held_until"] is None
    assert [one["held_until"] is not None for one in ask("GET", "/orders").json()["items"]] == [True, False]
    assert ask("GET", f"/orders/{held.number}/codes").json().get("items", []) == []
    release_delivery(shop_id=shop.demo.shop_id, order_id=held.id, actor="staff:1", cause="staff", now=now)
    found = ask("GET", f"/orders/{held.number}").json()
    assert (found["state"], found["held_until"]) == ("delivered", None)
