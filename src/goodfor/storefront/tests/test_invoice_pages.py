"""The invoice of an order over HTTP: asked for by whoever has the order, by nobody else; once; with what is left."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from goodfor.finance.operations import set_sku_tax, set_tax_rate
from goodfor.finance.tests.world import follow
from goodfor.invoices import queries as invoices
from goodfor.invoices.types import InvoiceView
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.tests.factories import sql
from goodfor.storefront.tests.test_account_idor import snapshot
from goodfor.storefront.tests.test_pages import open_order, text_of
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {
    "act": "ask",
    "kind": "company",
    "title": "星河科技",
    "tax": "91350100m000100y43",
    "email": "bill@corp.example",
}


def taxed(world: World) -> None:
    """What was sold has a class, and the books were followed."""
    now = utc_now()
    since = now - timedelta(days=400)
    set_tax_rate(shop_id=world.shop_id, tax_class="goods", rate_bp=1300, valid_from=since, actor="test", now=now)
    set_sku_tax(shop_id=world.shop_id, sku_id=world.sku_id, tax_class="goods", valid_from=since, actor="test", now=now)
    follow(now)


def made(world: World) -> list[InvoiceView]:
    order = orders.order_by_number(world.shop_id, world.orders["delivered"][0])
    return invoices.of_order(world.shop_id, order.id)


def test_a_buyer_asks_once_sees_it_and_takes_it_back(client: Client, world: World) -> None:
    taxed(world)
    number = open_order(client, world)
    page = f"/o/{number}/invoice"
    assert page in client.get(f"/o/{number}").content.decode()
    assert "¥291.00" in "".join(text_of(client.get(page)).split())
    before = snapshot()
    for wrong in ({"tax": "91350100M000100Y44"}, {"tax": ""}, {"title": " "}, {"email": "no"}, {"kind": "x"}):
        assert client.post(page, ASKED | wrong).status_code == 422, wrong
    assert snapshot() == before
    answer = client.post(page, ASKED)
    assert (answer.status_code, answer["Location"]) == (302, page)
    [one] = made(world)
    assert (one.total_minor, one.state, one.title_kind) == (29100, "requested", "company")
    shown = text_of(client.get(page))
    assert "等待开具" in shown
    assert "申请发票" not in shown
    assert client.post(page, ASKED).status_code == 409
    assert client.post(page, {"act": "withdraw", "invoice": str(one.id)}).status_code == 302
    assert [view.state for view in made(world)] == ["withdrawn"]
    assert client.post(page, {"act": "withdraw", "invoice": str(one.id)}).status_code == 409
    assert client.post(page, ASKED | {"kind": "personal", "tax": ""}).status_code == 302
    assert [view.title_kind for view in made(world)] == ["company", "personal"]


def test_nobody_elses_order_has_an_invoice_page(client: Client, world: World) -> None:
    taxed(world)
    number = world.orders["delivered"][0]
    open_order(client, world, "claimed")
    before = snapshot()
    for path in (f"/o/{number}/invoice", "/o/G260101ZZZZZZ0001/invoice"):
        assert client.get(path)["Location"].startswith("/lookup")
        assert client.post(path, ASKED)["Location"] == "/lookup"
    assert snapshot() == before


@pytest.mark.parametrize("why", ["not offered", "not delivered", "no tax class"])
def test_why_it_cannot_be_asked_for(client: Client, world: World, why: str) -> None:
    state, words = "delivered", "商品还没有设置税目"
    if why == "not delivered":
        state, words = "placed", "发货以后就可以申请发票"
    number = open_order(client, world, state)
    follow(utc_now())
    if why == "not offered":
        words = "可开票金额"
        taxed(world)
        sql("UPDATE identity_shop SET settings = settings - 'invoices' WHERE id = %s RETURNING 1", [world.shop_id])
    page: Any = client.get(f"/o/{number}/invoice")
    assert (words in text_of(page)) is (why != "not offered")
    assert client.post(f"/o/{number}/invoice", ASKED).status_code == 409
    assert sql("SELECT count(*) FROM invoices_invoice") == [(0,)]
    assert ("/invoice" in client.get(f"/o/{number}").content.decode()) is (why == "no tax class")
