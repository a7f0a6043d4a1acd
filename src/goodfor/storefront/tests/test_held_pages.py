"""What a buyer sees of an order that is paid and looked at first."""

import pytest
from django.test import Client
from django.utils import translation

from goodfor.kernel.clock import utc_now
from goodfor.kit.writing import clock_time
from goodfor.orders import queries as orders
from goodfor.orders.operations import refuse_delivery, release_delivery
from goodfor.orders.types import OrderView
from goodfor.storefront.tests.account_flow import plain
from goodfor.storefront.tests.factories import held_order
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def visit(client: Client, world: World) -> OrderView:
    placed = held_order(world, utc_now())
    assert client.get(f"/o/{placed.number}", {"k": placed.secret}).status_code == 302
    return orders.order_by_number(world.shop_id, placed.number)


def test_it_says_that_it_is_looked_at_and_until_when(client: Client, world: World) -> None:
    order = visit(client, world)
    page = client.get(f"/o/{order.number}")
    shown, at = plain(page), clock_time(order.held_until)
    assert f"付款成功，正在为你核验这笔订单，最迟 {at} 发货；若不能发货，货款会原路退回。" in shown
    assert "已收到付款，正在核验" in shown
    assert "正在发码" not in shown
    assert "risk" not in shown
    assert order.held_until is not None
    assert f'data-until="{order.held_until.isoformat()}"' in page.content.decode()
    assert client.get(f"/o/{order.number}/state").json() == {"state": "paid:held"}
    # No code is there to see, whoever asks.
    assert client.post(f"/o/{order.number}/reveal", {"code": str(order.id)}).status_code in (302, 404, 409)


def test_released_it_is_like_any_other(client: Client, world: World) -> None:
    order = visit(client, world)
    release_delivery(shop_id=world.shop_id, order_id=order.id, actor="staff:1", cause="staff", now=utc_now())
    shown = plain(client.get(f"/o/{order.number}"))
    assert "码已到手" in shown
    assert "核验" not in shown
    assert client.get(f"/o/{order.number}/state").json() == {"state": "delivered"}


def test_refused_the_money_is_on_its_way_back(client: Client, world: World) -> None:
    order = visit(client, world)
    refuse_delivery(shop_id=world.shop_id, order_id=order.id, actor="staff:1", cause="staff", now=utc_now())
    shown = plain(client.get(f"/o/{order.number}"))
    assert "正在退款" in shown
    assert "held_refused" not in shown


def test_without_script_and_in_english(client: Client, world: World) -> None:
    order = visit(client, world)
    with translation.override("en"):
        page = client.get(f"/o/{order.number}", headers={"accept-language": "en"})
    assert '<meta http-equiv="refresh" content="30">' in page.content.decode()
