"""The card of a held order on its page: what is held and why, released or refused by those who may refund."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console import hold_words
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, sql, state_of_all
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kit.writing import clock_time
from goodfor.orders import queries as orders
from goodfor.orders.operations import place_order
from goodfor.orders.tests.factories import begin, open_till, pay, refund_all
from goodfor.orders.types import Buyer, HoldOrder, LineRequest, PlacedOrder

HOLD = HoldOrder(UUID(int=7), timedelta(hours=1), review=True, reasons=("new_device", "odd.<b>"))


def place(shop: Shop) -> PlacedOrder:
    return place_order(
        shop_id=shop.id, lines=[LineRequest(shop.demo.skus["kw-50"], 1)], buyer=Buyer("guest:h", ip="192.0.2.9"),
        channel="storefront", hold=HOLD, now=utc_now(),
    )  # fmt: skip


@pytest.fixture
def held(shop: Shop) -> PlacedOrder:
    """Paid, and waiting."""
    placed = place(shop)
    pay(begin(open_till(shop.id, utc_now()), placed.order_id, utc_now()), utc_now())
    return placed


def at(act: str, number: str) -> str:
    return reverse(f"desk:{act}", args=[number])


def seen(client: Client, number: str) -> str:
    return str(client.get(at("order", number)).content.decode())


def state(shop: Shop, order_id: UUID) -> str:
    return orders.order_view(shop.id, order_id).state


def test_the_card_says_why_until_when_and_what_then(shop: Shop, held: PlacedOrder, monkeypatch: Any) -> None:
    client, until = inside(shop.id, Role.OWNER), orders.order_view(shop.id, held.order_id).held_until
    page = seen(client, held.number)
    for word in ("核验与放行", "暂停发货，核验中", "等人查看", f"{clock_time(until)} 自动放行发货", "拒绝并退款"):
        assert word in page
    # A code that nobody has words for is shown as it is, and nothing in it is markup.
    assert "new_device" in page
    assert "odd.&lt;b&gt;" in page
    assert 'data-confirm="放行这个订单？马上发货，不能撤销。"' in page
    monkeypatch.setattr(hold_words, "_words", [])
    hold_words.words_from({"new_device": "新设备"}.get)
    page = seen(client, held.number)
    assert "新设备" in page
    assert "new_device" not in page


def test_an_unpaid_one_says_what_comes_after_the_payment(shop: Shop) -> None:
    placed = place(shop)
    page = seen(inside(shop.id, Role.OWNER), placed.number)
    for word in ("付款 60 分钟后自动放行发货", "拒绝并取消", "放行这个订单？付款后照常发货。"):
        assert word in page


def test_an_order_that_was_never_held_has_no_card(shop: Shop) -> None:
    assert "核验与放行" not in seen(inside(shop.id, Role.OWNER), shop.delivered.number)


def test_released_by_whoever_may_refund(shop: Shop, held: PlacedOrder) -> None:
    client = inside(shop.id, Role.SUPPORT)
    answer = client.post(at("order-release", held.number))
    assert (answer.status_code, state(shop, held.order_id)) == (302, "delivered")
    hold = orders.hold_of_order(shop.id, held.order_id)
    assert hold is not None
    assert (hold.state, hold.cause, hold.ended_by.startswith("staff:")) == ("released", "staff", True)
    page = seen(client, held.number)
    assert "已放行" in page
    assert at("order-release", held.number) not in page
    told = "SELECT actor LIKE 'staff:%%' FROM kernel_audit WHERE action = 'order_released'"
    assert sql(told, {}) == [(True,)]
    # Again it changes nothing; the other way is refused.
    before = state_of_all()
    assert client.post(at("order-release", held.number)).status_code == 302
    refused = client.post(at("order-refuse", held.number))
    assert (refused.status_code, "已经有了结果" in refused.content.decode()) == (409, True)
    assert state_of_all() == before


def test_refused_the_money_goes_back(shop: Shop, held: PlacedOrder) -> None:
    client = inside(shop.id, Role.SUPPORT)
    assert client.post(at("order-refuse", held.number)).status_code == 302
    refund_all(utc_now())
    assert state(shop, held.order_id) == "refunded"
    page = seen(client, held.number)
    assert "核验不通过，不发货" in page
    assert "员工处理" in page


def test_refused_before_it_is_paid_it_is_cancelled(shop: Shop) -> None:
    placed = place(shop)
    assert inside(shop.id, Role.OWNER).post(at("order-refuse", placed.number)).status_code == 302
    assert state(shop, placed.order_id) == "cancelled"


def test_a_large_one_asks_who_one_is(shop: Shop, held: PlacedOrder) -> None:
    sql("UPDATE identity_shop SET settings = '{\"refund_limit_minor\": 100}' WHERE id = %s", [shop.id])
    before = state_of_all()
    answer = inside(shop.id, Role.OWNER).post(at("order-refuse", held.number))
    assert (answer.status_code, answer.headers["Location"].startswith("/console/prove")) == (302, True)
    changed = {name for name, mark in state_of_all().items() if mark != before[name]}
    assert not {name for name in changed if name.startswith(("orders_", "payments_", "ledger_", "vault_"))}


def test_others_see_it_and_cannot_end_it(shop: Shop, held: PlacedOrder) -> None:
    client = inside(shop.id, Role.VIEWER)
    before = state_of_all()
    for act in ("order-release", "order-refuse"):
        assert client.post(at(act, held.number)).status_code == 403
    assert state_of_all() == before
    page = seen(client, held.number)
    assert "暂停发货，核验中" in page
    assert at("order-release", held.number) not in page


def test_another_shops_order_is_not_there(shop: Shop, other: Shop, held: PlacedOrder) -> None:
    client = inside(other.id, Role.OWNER)
    for act in ("order-release", "order-refuse"):
        assert client.post(at(act, held.number)).status_code == 404
    assert state(shop, held.order_id) == "paid"


def test_its_past_tells_of_it(shop: Shop, held: PlacedOrder) -> None:
    client = inside(shop.id, Role.OWNER)
    client.post(at("order-release", held.number))
    page = seen(client, held.number)
    past = page[page.index('class="timeline"') :]
    past = past[: past.index("</ol>")]
    assert past.count("暂停发货，核验中") == 1
    assert past.count("已放行") == 1
    assert "订单：held" not in page
