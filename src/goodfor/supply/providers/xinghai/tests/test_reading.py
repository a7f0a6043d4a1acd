"""Replies of Xinghai as they come, and what is made of them."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Delivered,
    Doubt,
    ItemPage,
    NotFound,
    Order,
    OrderRef,
    PlaceRequest,
    Refused,
    Site,
)
from goodfor.supply.providers.wire import NoAnswer, NotSent, Reply, Wire
from goodfor.supply.providers.xinghai import signing
from goodfor.supply.providers.xinghai.connector import CONNECTOR
from goodfor.supply.providers.xinghai.tests.test_vectors import SECRET, SITE, sealed

NUMBER = "202601010000000007"
ORDER = OrderRef(NUMBER, "", datetime(2026, 1, 1, tzinfo=UTC))
REQUEST = PlaceRequest(NUMBER, "100001", 2, Decimal("19.80"), "CNY", form={"uuid": " 13800138000 "})
PICTURE = b"\x89PNG\r\n\x1a\n1234"


class Canned(Wire):
    """Answers with what was laid down, and remembers what was sent."""

    def __init__(self, told: object, status: int = 200) -> None:
        super().__init__(1767225600.0, lambda: 0.0)
        self.told, self.status = told, status
        self.sent: dict[str, str] = {}
        self.path = ""

    def send(self, what: str, method: str, url: str, body: bytes = b"", *_: Any, **__: Any) -> Reply:
        self.sent, self.path = {name: values[0] for name, values in parse_qs(body.decode()).items()}, url[27:]
        if isinstance(self.told, Exception):
            raise self.told
        told = self.told if isinstance(self.told, bytes) else json.dumps(self.told).encode()
        return Reply(self.status, told)


def test_an_order_is_sent_as_it_should_be() -> None:
    wire = Canned({"code": "00", "orderId": "X1", "outOrderId": NUMBER, "cost": 19.80})
    assert CONNECTOR.purchase.place(SITE, wire, REQUEST) == Accepted("X1", Decimal("19.8"))
    assert wire.path == "/api/order/submit"
    assert wire.sent["sign"] == signing.sign(wire.sent, SECRET)
    assert {name: value for name, value in wire.sent.items() if name != "sign"} == {
        "appId": "APP1", "timestamp": "20260101080000000", "outOrderId": NUMBER, "itemId": "100001",
        "uuid": "13800138000", "itemPrice": "9.90", "amount": "2",
    }  # fmt: skip


def test_each_kind_has_its_way() -> None:
    wire = Canned({"code": "00"})
    CONNECTOR.purchase.place(SITE, wire, replace(REQUEST, form={}))
    assert (wire.path, wire.sent["supplyMode"]) == ("/api/card/get", "1")
    asynchronous = Site(SITE.id, SITE.shop_id, "x", "CNY", {**SITE.config, "card_way": "submit"}, SITE.secrets)
    CONNECTOR.purchase.place(asynchronous, wire, replace(REQUEST, form={}))
    assert (wire.path, "supplyMode" in wire.sent) == ("/api/order/submit", False)
    form = {"uuid": "13800138000", "isp": "yd", "provinceCode": "11"}
    CONNECTOR.purchase.place(SITE, wire, replace(REQUEST, item_id="100009", form=form))
    assert (wire.path, wire.sent["isp"], wire.sent["provinceCode"]) == ("/api/hf/order/submit", "yd", "11")


def test_a_price_that_cannot_be_exact_is_not_sent() -> None:
    wire = Canned({"code": "00"})
    for bad in (
        replace(REQUEST, quantity=3, max_cost=Decimal(10)), replace(REQUEST, max_cost=Decimal(0)),
        replace(REQUEST, quantity=0), replace(REQUEST, item_id=""), replace(REQUEST, sku_id="1"),
    ):  # fmt: skip
        assert isinstance(CONNECTOR.purchase.place(SITE, wire, bad), Refused)
    assert wire.sent == {}


@pytest.mark.parametrize(
    ("told", "placed"),
    [
        ({"code": "00", "data": {"orderId": 7}}, Accepted("7")), ({"code": "00", "cardData": []}, Accepted()),
        ({"code": "00", "outOrderId": "1"}, Doubt("other_number")), ({"code": "-10"}, Refused("busy", "-10")),
        ({"code": -12, "msg": "x"}, Refused("request", "-12", "x")), ({"code": "-13"}, Refused("throttled", "-13")),
        ({"code": "-14"}, Refused("config", "-14")), ({"code": "-15"}, Refused("price", "-15")),
        ({"code": "-16"}, Doubt("duplicate")), ({"code": "-18"}, Refused("balance", "-18")),
        ({"code": "-21"}, Refused("failed", "-21")), ({"code": "-22"}, Doubt("pick_timeout")),
        ({"code": "-23"}, Doubt("pick_exception")), ({"code": "-99"}, Doubt("system_error")),
        ({"code": "-17"}, Doubt("unknown_code")), ({"code": "0"}, Doubt("unknown_code")), ({}, Doubt("no_code")),
        ({"code": "00", "cardData": [{"cardNo": "plain"}]}, Doubt("bad_cards")), ([], Doubt("not_an_object")),
        (b"<html>", Doubt("not_json")), (NoAnswer("timeout"), Doubt("timeout")), (NotSent(), Refused("not_sent")),
    ],
)  # fmt: skip
def test_what_comes_of_an_order(told: object, placed: object) -> None:
    assert CONNECTOR.purchase.place(SITE, Canned(told), REQUEST) == placed
    assert CONNECTOR.purchase.place(SITE, Canned(told, 502), REQUEST) in (Doubt("http_502"), placed)


def test_cards_of_all_kinds() -> None:
    link = "https://card.example/x?a=1"
    rows = [
        {"cardType": "NUMBER_PASSWORD", "cardNo": sealed("\ufeff卡号：A 1\r\n"), "cardPwd": sealed("密码：0 9\r")},
        {"cardType": "PASSWORD", "cardNo": "", "cardPwd": sealed("only"), "expireTime": "2027-01-31 23:59:59"},
        {"cardType": "LINK", "cardNo": None, "cardLink": sealed(link), "expireTime": "soon"},
        {"cardType": "PICTURE", "cardLink": sealed(PICTURE)},
        {"cardType": "PICTURE", "cardPwd": sealed(b"data:image/png;base64," + base64.b64encode(PICTURE))},
        {"cardType": "PICTURE", "cardLink": sealed(link)},
        {"cardType": "SOMETHING", "cardNo": sealed("N"), "cardPwd": sealed("P")},
    ]
    wire = Canned({"code": "00", "cardData": rows})
    placed = CONNECTOR.purchase.place(SITE, wire, replace(REQUEST, form={}))
    assert isinstance(placed, Delivered)
    assert [(code.number, code.secret, code.link, code.image) for code in placed.codes] == [
        ("卡号：A 1", "密码：0 9", "", b""), ("", "only", "", b""), ("", "", link, b""), ("", "", "", PICTURE),
        ("", "", "", PICTURE), ("", "", link, b""), ("N", "P", "", b""),
    ]  # fmt: skip
    assert [code.expires_at is not None for code in placed.codes] == [False, True, *[False] * 5]
    assert {"only", link} <= set(wire.hide)
    assert "only" not in repr(placed)


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ({"orderStatus": 1}, Order("processing", NUMBER, word="1")),
        ({"orderStatus": "2", "orderId": "X1", "cost": "9.90"},
         Order("success", NUMBER, "X1", Decimal("9.90"), word="2")),
        ({"data": {"orderStatus": 3, "orderDesc": "号码有误"}}, Order("failed", NUMBER, message="号码有误", word="3")),
        ({"orderStatus": 4}, NotFound()), ({"orderStatus": 5}, Order("processing", NUMBER, word="5")),
        ({"orderStatus": "失败"}, Order("processing", NUMBER, word="失败")),
        ({"orderStatus": None}, Order("processing", NUMBER)), ({}, Doubt("no_state")),
        ({"orderStatus": 2, "outOrderId": "1"}, Doubt("other_number")),
        ({"code": "-99"}, Doubt("system_error")), ({"code": "-16"}, Doubt("duplicate")),
    ],
)  # fmt: skip
def test_what_is_said_of_an_order(told: dict[str, object], asked: object) -> None:
    assert CONNECTOR.purchase.query(SITE, Canned({"code": "00"} | told), ORDER) == asked


def test_codes_are_asked_of_the_order_and_never_picked_again() -> None:
    wire = Canned({"code": "00", "orderStatus": 2, "cardData": [{"cardPwd": sealed("P-77")}]})
    codes = CONNECTOR.purchase.codes(SITE, wire, ORDER)
    assert isinstance(codes, tuple)
    assert [code.secret for code in codes] == ["P-77"]
    assert wire.path == "/api/order/query"


ROW = {"itemId": 100001, "itemName": "卡", "itemType": 1, "itemFace": "10", "status": 1, "price": "9.90"}


@pytest.mark.parametrize("told", [{"data": [ROW]}, {"data": {"items": [ROW], "total": 1}}, {"data": ROW}, ROW])
def test_items_in_any_wrapping(told: dict[str, object]) -> None:
    page = CONNECTOR.catalogue.page(SITE, Canned({"code": "00"} | told), None, None)
    assert isinstance(page, ItemPage)
    (item,) = page.items
    assert (item.id, item.kind, item.cost, item.face_value, item.state) == (
        "100001", "card", Decimal("9.90"), Decimal(10), "on",
    )  # fmt: skip
    assert page.cursor is None


def test_items_with_other_words() -> None:
    rows = [
        ROW | {"itemType": 0, "status": 0, "price": 1},
        ROW | {"itemType": 7, "status": "x"},
        ROW | {"itemId": "100009"},
    ]
    page = CONNECTOR.catalogue.page(SITE, Canned({"code": "00", "data": rows}), None, None)
    assert isinstance(page, ItemPage)
    assert [(one.kind, one.state) for one in page.items] == [("direct", "paused"), ("manual", "paused"), ("card", "on")]
    assert [[part.key for part in one.form] for one in page.items] == [
        ["uuid"],
        ["uuid"],
        ["uuid", "isp", "provinceCode"],
    ]
    for told, code in (({}, "no_items"), ({"data": None}, "no_items"), ({"data": [{"price": 1}]}, "no_item_id"),
                       ({"data": [{"itemId": 1, "price": None}]}, "bad_price")):  # fmt: skip
        assert CONNECTOR.catalogue.page(SITE, Canned({"code": "00"} | told), None, None) == Doubt(code)
    assert CONNECTOR.catalogue.item(SITE, Canned({"code": "00", "data": rows}), "9") == Refused(
        "off_sale", "not_listed"
    )


def test_balance() -> None:
    told = {"code": "00", "balance": "-5.00", "creditQuota": 100}
    assert CONNECTOR.catalogue.balance(SITE, Canned(told)) == Balance(Decimal("-5.00"), "CNY", Decimal(100))
    assert CONNECTOR.catalogue.balance(SITE, Canned({"code": "00"})) == Doubt("bad_amount")
