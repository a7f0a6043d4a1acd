"""Replies of Lsxd as they come, and what is made of them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from goodfor.supply.providers.lsxd import signing
from goodfor.supply.providers.lsxd.connector import CONNECTOR
from goodfor.supply.providers.lsxd.tests.test_vectors import KEY, SITE
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Doubt,
    Item,
    ItemPage,
    NotFound,
    Order,
    OrderRef,
    PlaceRequest,
    Quote,
    Refused,
)
from goodfor.supply.providers.wire import NoAnswer, NotSent, Reply, Wire

NUMBER = "202601010000000006"
ORDER = OrderRef(NUMBER, "", datetime(2026, 1, 1, tzinfo=UTC))
REQUEST = PlaceRequest(
    NUMBER, "101", 1, Decimal("9.90"), "CNY", form={"rechargeAccount": " 13800138000 "},
    notify_url="https://hub.example.com/cb", buyer_ip="203.0.113.7",
)  # fmt: skip


class Canned(Wire):
    """Answers with what was laid down, and remembers what was sent."""

    def __init__(self, told: object, status: int = 200) -> None:
        super().__init__(1767225600.0, lambda: 0.0)
        self.told, self.status = told, status
        self.sent: dict[str, str] = {}
        self.path = ""

    def send(self, what: str, method: str, url: str, body: bytes = b"", *_: Any, **__: Any) -> Reply:
        self.sent, self.path = {name: values[0] for name, values in parse_qs(body.decode()).items()}, url[24:]
        if isinstance(self.told, Exception):
            raise self.told
        told = self.told if isinstance(self.told, bytes) else json.dumps(self.told).encode()
        return Reply(self.status, told)


def test_an_order_is_sent_as_it_should_be() -> None:
    wire = Canned({"code": "2000", "message": "ok"})
    assert CONNECTOR.purchase.place(SITE, wire, REQUEST) == Accepted()
    assert wire.path == "/recharge/order"
    assert wire.sent["sign"] == signing.sign(wire.sent, KEY)
    assert {name: value for name, value in wire.sent.items() if name != "sign"} == {
        "merchantId": "10000", "timeStamp": "1767225600", "outTradeNo": NUMBER, "productId": "101",
        "rechargeAccount": "13800138000", "accountType": "1", "number": "1", "version": "1.0",
        "notifyUrl": "https://hub.example.com/cb", "extendParameter": '{"contactIp":"203.0.113.7"}',
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "placed"),
    [
        ({"code": 2000}, Accepted()), ({"code": "2000", "outTradeNo": NUMBER}, Accepted()),
        ({"code": "2000", "outTradeNo": "1"}, Doubt("other_number")),
        ({"code": "1000"}, Refused("config", "1000")), ({"code": "1001"}, Refused("request", "1001")),
        ({"code": "1002"}, Refused("config", "1002")), ({"code": "1003"}, Refused("config", "1003")),
        ({"code": "1004"}, Refused("config", "1004")), ({"code": "1005"}, Doubt("duplicate")),
        ({"code": "1006"}, Refused("off_sale", "1006")), ({"code": "1007"}, Refused("price", "1007")),
        ({"code": "1008", "message": "余额不足"}, Refused("balance", "1008", "余额不足")),
        ({"code": "1009"}, Refused("off_sale", "1009")), ({"code": "1010"}, Refused("price", "1010")),
        ({"code": "1011"}, Refused("account", "1011")), ({"code": "1099"}, Refused("throttled", "1099")),
        # Not "ok" for an order, not listed for one, not known at all.
        ({"code": "0000"}, Doubt("unknown_code")), ({"code": "1012"}, Doubt("unknown_code")),
        ({"code": "1100"}, Doubt("unknown_code")), ({"code": "1999"}, Doubt("unknown_code")),
        ({"code": "7"}, Doubt("unknown_code")), ({}, Doubt("no_code")), ([], Doubt("not_an_object")),
        (b"<html>", Doubt("not_json")), (b"", Doubt("not_json")),
        (NoAnswer("timeout"), Doubt("timeout")), (NotSent(), Refused("not_sent")),
    ],
)  # fmt: skip
def test_what_comes_of_an_order(told: object, placed: object) -> None:
    assert CONNECTOR.purchase.place(SITE, Canned(told), REQUEST) == placed


def test_a_page_of_a_proxy_is_doubt() -> None:
    assert CONNECTOR.purchase.place(SITE, Canned({"code": "1008"}, 502), REQUEST) == Doubt("http_502")


def test_what_cannot_be_ordered_is_not_sent() -> None:
    wire = Canned({})
    for bad in (
        PlaceRequest(NUMBER, "101", 2, Decimal(20), "CNY", form={"rechargeAccount": "1"}),
        PlaceRequest(NUMBER, "", 1, Decimal(20), "CNY", form={"rechargeAccount": "1"}),
        PlaceRequest(NUMBER, "101", 1, Decimal(20), "CNY", form={"rechargeAccount": " "}),
        PlaceRequest(NUMBER, "101", 1, Decimal(20), "CNY"),
    ):
        assert isinstance(CONNECTOR.purchase.place(SITE, wire, bad), Refused)
    assert wire.sent == {}


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ({"code": "0000", "status": "01"}, Order("success", NUMBER, word="01")),
        ({"code": "0000", "data": {"status": "02", "outTradeNo": NUMBER}}, Order("processing", NUMBER, word="02")),
        ({"code": "0000", "status": "03"}, Order("failed", NUMBER, word="03")),
        ({"code": "0000", "status": "04"}, Order("processing", NUMBER, word="04")),
        ({"code": "0000", "status": "05"}, Order("processing", NUMBER, word="05")),
        ({"code": "0000", "status": "FAILED"}, Order("processing", NUMBER, word="FAILED")),
        ({"code": "0000", "status": None}, Order("processing", NUMBER)),
        ({"code": "0000", "status": "01", "outTradeNo": "1"}, Doubt("other_number")),
        ({"code": "0000"}, Doubt("no_state")), ({"code": "1012"}, NotFound()),
        ({"code": "1999"}, Doubt("unknown_code")), ({"code": "2000", "status": "03"}, Doubt("unknown_code")),
        (NoAnswer("timeout"), Doubt("timeout")),
    ],
)  # fmt: skip
def test_what_is_said_of_an_order(told: object, asked: object) -> None:
    wire = Canned(told)
    assert CONNECTOR.purchase.query(SITE, wire, ORDER) == asked
    assert wire.sent["outTradeNo"] == NUMBER


def test_products() -> None:
    rows = [
        {"product_id": 101, "item_name": "话费 10 元", "channel_price": "9.90", "original_price": 10},
        {"product_id": "102", "item_name": None, "channel_price": 0.1, "original_price": "x"},
    ]
    page = CONNECTOR.catalogue.page(SITE, Canned({"code": "0000", "products": rows}), None, None)
    assert isinstance(page, ItemPage)
    assert page.cursor is None
    first, second = page.items
    assert (first.id, first.cost, first.face_value, first.most) == ("101", Decimal("9.90"), Decimal(10), 1)
    # The buyer's address is asked of nobody.
    assert [(one.key, one.label) for one in first.form] == [("rechargeAccount", "手机号")]
    assert (second.id, second.cost, second.face_value, second.face_currency) == ("102", Decimal("0.1"), None, "")
    assert [one.label for one in second.form] == ["充值账号"]
    wire = Canned({"code": "0000", "products": rows})
    assert isinstance(CONNECTOR.catalogue.item(SITE, wire, "102"), Item)
    assert CONNECTOR.catalogue.item(SITE, wire, "103") == Refused("off_sale", "not_listed")
    quote = CONNECTOR.catalogue.quote(SITE, wire, "101", "", 1)
    assert isinstance(quote, Quote)
    assert (quote.unit, quote.total, quote.on_sale) == (Decimal("9.90"), Decimal("9.90"), True)
    assert CONNECTOR.catalogue.quote(SITE, wire, "101", "", 2) == Refused("request", "quantity")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"code": "0000"}, "no_products"), ({"code": "0000", "products": {}}, "not_a_list"),
        ({"code": "0000", "products": [{"product_id": 1}]}, "bad_price"),
        ({"code": "0000", "products": [{"product_id": 1, "channel_price": "1e3"}]}, "bad_price"),
        ({"code": "0000", "products": [{"channel_price": 1}]}, "no_item_id"),
    ],
)  # fmt: skip
def test_a_list_that_says_nothing_is_doubt(told: object, code: str) -> None:
    assert CONNECTOR.catalogue.page(SITE, Canned(told), None, None) == Doubt(code)


@pytest.mark.parametrize(
    ("told", "balance"),
    [
        ({"code": "0000", "balance": 12.30}, Balance(Decimal("12.3"), "CNY")),
        ({"code": "0000", "data": {"balance": "-0.01"}}, Balance(Decimal("-0.01"), "CNY")),
        ({"code": "0000", "balance": None}, Doubt("bad_amount")), ({"code": "1000"}, Refused("config", "1000")),
    ],
)  # fmt: skip
def test_balance(told: object, balance: object) -> None:
    assert CONNECTOR.catalogue.balance(SITE, Canned(told)) == balance
