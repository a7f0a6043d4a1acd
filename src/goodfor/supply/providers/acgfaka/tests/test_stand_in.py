"""The connector against a shop that keeps books of its own."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.providers.acgfaka.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Delivered,
    Doubt,
    Item,
    ItemPage,
    Order,
    Quote,
    Refused,
)
from goodfor.supply.tests.stands import a_wire, ref_of, request, secret_of, site_of

BUY, SHOP = CONNECTOR.purchase, CONNECTOR.catalogue


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("acgfaka", "a", balance="100")
    made.seed(3, cost="9.90", stock=20)
    return made


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.00"), "CNY")
    supplier.seed(1, first=2001, kind="manual", cost="5")
    page = SHOP.page(site, a_wire(), None, None)
    assert isinstance(page, ItemPage)
    assert [(one.id, one.state) for one in page.items] == [
        ("1001", "on"), ("1002", "on"), ("1003", "on"), ("2001", "paused"),
    ]  # fmt: skip
    categories = SHOP.categories(site, a_wire())
    assert isinstance(categories, list)
    assert [one.id for one in categories] == [page.items[0].category]
    quote = SHOP.quote(site, a_wire(), "1001", "", 3)
    assert isinstance(quote, Quote)
    assert (quote.total, quote.stock.count) == (Decimal("29.70"), 20)


def test_codes_come_with_the_reply(supplier: StandIn) -> None:
    site, asked, wire = site_of(supplier), request("1001", 2), a_wire()
    placed = BUY.place(site, wire, asked)
    assert isinstance(placed, Delivered)
    assert secret_of(placed.codes) == secret_of(supplier.order(asked.number).codes)
    assert not any(code.secret in repr(wire.exchanges) for code in placed.codes)
    order = BUY.query(site, a_wire(), ref_of(asked, placed.ref))
    assert isinstance(order, Order)
    assert (order.state, order.codes) == ("success", placed.codes)
    assert supplier.totals()["charged"] == "19.8000"


def test_kinds_options_and_forms(supplier: StandIn) -> None:
    form = [{"name": "qq", "cn": "QQ", "type": "text"}]
    supplier.change("1001", detail={"config": "[category]\n月卡=10.50\n年卡=99", "labels": True}, form=form)
    site = site_of(supplier)
    item = SHOP.item(site, a_wire(), "1001")
    assert isinstance(item, Item)
    assert ([sku.id for sku in item.skus], [one.key for one in item.form]) == (["月卡", "年卡"], ["qq"])
    asked = request("1001", sku_id="月卡|区服=一 区+&|线=二", form={"qq": "10001"})
    placed = BUY.place(site, a_wire(), asked)
    assert isinstance(placed, Delivered)
    told = supplier.order(asked.number)
    assert [(one.number, one.secret) for one in placed.codes] == [(one.number, one.secret) for one in told.codes]
    assert (told.form, told.detail["sku"]) == ({"qq": "10001"}, {"区服": "一 区+&", "线": "二"})
    assert supplier.totals()["charged"] == "10.5000"
    assert isinstance(BUY.place(site, a_wire(), request("1001", sku_id="月卡")), Doubt)


def test_a_lost_answer_cannot_be_asked_about(supplier: StandIn) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault("lost_answer", on="create")
    assert BUY.place(site, a_wire(), asked) == Doubt("connection_lost")
    assert BUY.query(site, a_wire(), ref_of(asked)) == Doubt("no_ref")
    # The same number again gives no second purchase, and not the first result.
    assert BUY.place(site, a_wire(), asked) == Doubt("duplicate")
    assert supplier.totals()["orders"] == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "refuse", "why": "balance"}, Refused("balance", "400", "余额不足")),
        ({"kind": "refuse", "why": "stock"}, Refused("stock", "400", "库存不足")),
        ({"kind": "refuse", "why": "failed"}, Doubt("unknown_error")),
        ({"kind": "html"}, Doubt("http_502")), ({"kind": "empty_body"}, Doubt("not_json")),
        ({"kind": "doubt_reply"}, Doubt("http_500")), ({"kind": "duplicate_reply"}, Doubt("duplicate")),
    ],
)  # fmt: skip
def test_what_is_no_answer(fault: dict[str, Any], said: Any, supplier: StandIn) -> None:
    supplier.fault(fault.pop("kind"), on="create", **fault)
    assert BUY.place(site_of(supplier), a_wire(), request("1001")) == said


def test_a_wrong_key(supplier: StandIn) -> None:
    site = site_of(supplier)
    object.__setattr__(site, "secrets", {"app_key": "0123456789ABCDEG"})
    assert BUY.place(site, a_wire(), request("1001")) == Refused("config", "400", "签名错误")


@pytest.mark.parametrize("how", ["cr", "colon", "link", "spaces", "no_number"])
def test_dirty_codes(how: str, supplier: StandIn) -> None:
    supplier.fault("dirty_code", how=how)
    asked = request("1001")
    placed = BUY.place(site_of(supplier), a_wire(), asked)
    assert isinstance(placed, Delivered)
    (code,) = placed.codes
    (told,) = supplier.order(asked.number).codes
    if how == "link":
        assert code.link == told.link
    elif how == "colon":
        assert f"卡号：{code.number}\r\n密码：{code.secret}" == told.secret
    else:
        assert code.secret == told.secret.strip("\ufeff\u200b\r\n ")


def test_a_delivery_that_comes_later(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    sandbox.site("acgfaka", "a", delay=60)
    site, asked = site_of(supplier), request("1001")
    placed = BUY.place(site, a_wire(), asked)
    assert isinstance(placed, Accepted)
    order = BUY.query(site, a_wire(), ref_of(asked, placed.ref))
    assert isinstance(order, Order)
    assert (order.state, order.codes) == ("processing", ())
    supplier.act(asked.number, "finish")
    codes = BUY.codes(site, a_wire(), ref_of(asked, placed.ref))
    assert isinstance(codes, tuple)
    assert secret_of(codes) == secret_of(supplier.order(asked.number).codes)
