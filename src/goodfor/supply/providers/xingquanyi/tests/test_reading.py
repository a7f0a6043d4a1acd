"""Replies of Xingquanyi as they come, and what is made of them."""

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
    Code,
    Delivered,
    Doubt,
    FormField,
    Item,
    ItemPage,
    NotFound,
    Order,
    OrderRef,
    PlaceRequest,
    Quote,
    Refused,
    Stock,
)
from goodfor.supply.providers.wire import LIST_BYTES, NoAnswer, NotSent, Reply, Wire
from goodfor.supply.providers.xingquanyi import signing
from goodfor.supply.providers.xingquanyi.connector import CONNECTOR
from goodfor.supply.providers.xingquanyi.tests.test_vectors import KEY, SITE

BUY, SHOP = CONNECTOR.purchase, CONNECTOR.catalogue
NUMBER = "202601010000000001"
ORDER = OrderRef(NUMBER, "", datetime(2026, 1, 1, tzinfo=UTC))
REQUEST = PlaceRequest(
    NUMBER, "1886", 2, Decimal("1.21"), "CNY", form={"recharge_account": " 13800138000 ", "区服": "一区"},
    notify_url="https://hub.example.com/cb", buyer_ip="203.0.113.7",
)  # fmt: skip
PICTURE = b"\x89PNG\r\n\x1a\n1234"


class Canned(Wire):
    """Answers in turn with what was laid down, and remembers what was sent."""

    def __init__(self, *told: object, status: int = 200) -> None:
        super().__init__(1767225600.0, lambda: 0.0)
        self.told, self.status = list(told), status
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.most = 0

    def send(self, what: str, method: str, url: str, body: bytes = b"", *_: Any, **more: Any) -> Reply:
        self.sent.append((url[23:], {name: values[0] for name, values in parse_qs(body.decode()).items()}))
        self.most = more["most"]
        told = self.told.pop(0)
        if isinstance(told, Exception):
            raise told
        return Reply(self.status, told if isinstance(told, bytes) else json.dumps(told).encode())


def ok(**fields: Any) -> dict[str, Any]:
    return {"code": "ok", "message": "", "data": fields}


def no(message: str, code: str = "error") -> dict[str, Any]:
    return {"code": code, "message": message}


def test_an_order_is_sent_as_it_should_be() -> None:
    wire = Canned(ok(order_id=7, state=101, total_price="1.20", cards=[]))
    assert BUY.place(SITE, wire, REQUEST) == Accepted("7", Decimal("1.20"))
    ((path, sent),) = wire.sent
    assert path == "/api/buy"
    assert sent.pop("sign") == signing.sign(sent, KEY)
    assert sent == {
        "customer_id": "10939", "timestamp": "1767225600", "product_id": "1886", "quantity": "2",
        "recharge_account": "13800138000", "outer_order_id": NUMBER, "safe_cost": "0.605",
        "notify_url": "https://hub.example.com/cb", "client_ip": "203.0.113.7",
        "recharge_template_input_items[区服]": "一区",
    }  # fmt: skip
    for bad in (replace(REQUEST, item_id=""), replace(REQUEST, sku_id="1"), replace(REQUEST, quantity=0),
                replace(REQUEST, max_cost=Decimal(0))):  # fmt: skip
        assert isinstance(BUY.place(SITE, wire, bad), Refused)
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("told", "placed"),
    [
        (ok(order_id="A", outer_order_id="1"), Doubt("other_number")),
        (ok(order_id="A", state=500), Accepted("A")), (ok(order_id="A", state=501), Accepted("A")),
        # All codes or none of them: what is missing may come later.
        (ok(order_id="A", state=200, cards=[{"card_no": "N", "card_password": "P"}]), Accepted("A")),
        (no("余额不足"), Refused("balance", "error", "余额不足")),
        (no("库存不足"), Refused("stock", "error", "库存不足")),
        (no("商品已下架"), Refused("off_sale", "error", "商品已下架")),
        (no("超过安全成本"), Refused("price", "error", "超过安全成本")),
        (no("充值账号有误"), Refused("account", "error", "充值账号有误")),
        (no("失败"), Refused("failed", "error", "失败")),
        (no("外部订单号已存在"), Doubt("duplicate")), (no("系统异常"), Doubt("unsure")),
        (no("", "invalid_parameters"), Refused("request", "invalid_parameters")),
        (no("", "invalid_sign"), Refused("config", "invalid_sign")),
        (no("", "disabled_customer"), Refused("config", "disabled_customer")),
        (no("", "request_frequency"), Refused("throttled", "request_frequency")),
        (no("余额不足", "server_error"), Doubt("server_error")), (no("", "of_tomorrow"), Doubt("unknown_code")),
        ({}, Doubt("no_code")), ([], Doubt("not_an_object")), (b"<html>", Doubt("not_json")),
        ({"code": "ok", "data": []}, Doubt("not_an_object")),
        (ok(cards=[{"card_no": ""}]), Doubt("empty_card")),
        (NoAnswer("timeout"), Doubt("timeout")), (NotSent(), Refused("not_sent")),
    ],
)  # fmt: skip
def test_what_comes_of_an_order(told: object, placed: object) -> None:
    assert BUY.place(SITE, Canned(told), REQUEST) == placed
    assert BUY.place(SITE, Canned(told, status=502), REQUEST) in (Doubt("http_502"), placed)


def test_codes_of_all_kinds() -> None:
    link = "https://card.example/x?a=1"
    wire = Canned(ok(
        order_id="A", state=200, total_price="1.20", recharge_url="https://card.example/secret",
        cards=[{"card_no": "\ufeffA 1\r", "card_password": "0 9\r\n", "expired_at": "2027-01-31 23:59:59"}],
        tickets=[{"no": "T1", "ticket": link}],
    ))  # fmt: skip
    placed = BUY.place(SITE, wire, REQUEST)
    assert isinstance(placed, Delivered)
    assert [(one.number, one.secret, one.link) for one in placed.codes] == [("A 1", "0 9", ""), ("T1", "", link)]
    assert placed.codes[0].expires_at == datetime(2027, 1, 31, 15, 59, 59, tzinfo=UTC)
    assert {"0 9", link, "https://card.example/secret"} <= {*wire.hide, "0 9"}
    picture = base64.b64encode(PICTURE).decode()
    asked = BUY.codes(SITE, Canned(ok(state=200, cards=[{"no": "N", "password": "P"}],
                                      tickets=[{"no": "T", "ticket": picture}])), ORDER)  # fmt: skip
    assert asked == (Code(number="N", secret="P"), Code(number="T", image=PICTURE))


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        (ok(state=100), Order("accepted", NUMBER, word="100")),
        (ok(state=101), Order("processing", NUMBER, word="101")),
        (ok(state="200", order_id=7, total_price="1.20", refunded_amount="0.00"),
         Order("success", NUMBER, "7", Decimal("1.20"), Decimal("0.00"), word="200")),
        (ok(state=200, total_price="1.20", refunded_amount="0.60"),
         Order("success", NUMBER, "", Decimal("1.20"), Decimal("0.60"), word="200")),
        (ok(state=200, total_price="1.20", refunded_amount="1.20"),
         Order("refunded", NUMBER, "", Decimal("1.20"), Decimal("1.20"), word="200")),
        (ok(state=500, recharge_info="号码有误"), Order("failed", NUMBER, message="号码有误", word="500")),
        (ok(state=501), Order("doubt", NUMBER, word="501")), (ok(state=502), Order("processing", NUMBER, word="502")),
        (ok(state="失败"), Order("processing", NUMBER, word="失败")), (ok(state=None), Order("processing", NUMBER)),
        (ok(order_id=1), Doubt("no_state")), (ok(state=200, outer_order_id="1"), Doubt("other_number")),
        (no("订单不存在"), NotFound()), (no("系统繁忙"), Doubt("error")), (no(""), Doubt("error")),
        (no("订单不存在", "server_error"), Doubt("server_error")),
        (no("", "request_frequency"), Refused("throttled", "request_frequency")), (b"", Doubt("not_json")),
    ],
)  # fmt: skip
def test_what_is_said_of_an_order(told: object, asked: object) -> None:
    assert BUY.query(SITE, Canned(told), ORDER) == asked


ROW = {
    "id": 1886, "product_name": "视频会员", "name": "月卡", "price": "0.60", "valid_purchasing_quantity": "1-100",
    "type": 2, "stock_state": 1, "supply_state": 1, "hold_state": 1, "ban_start_at": "23:00:00", "ban_end_at": "06:00",
}  # fmt: skip


def test_items() -> None:
    rows = [
        ROW, ROW | {"id": "12345678901234567", "type": 1, "stock_state": 2, "valid_purchasing_quantity": "x"},
        ROW | {"type": 3, "supply_state": 2, "ban_end_at": ""}, ROW | {"type": 9, "supply_state": 3, "stock_state": 9},
        ROW | {"hold_state": 2}, ROW | {"supply_state": "x"},
    ]  # fmt: skip
    for told in ({"code": "ok", "data": rows}, ok(list=rows, total=6)):
        wire = Canned(told)
        page = SHOP.page(SITE, wire, None, None)
        assert isinstance(page, ItemPage)
        assert [(one.kind, one.state, one.stock.word) for one in page.items] == [
            ("card", "on", "in_stock"), ("direct", "on", "out"), ("ticket", "paused", "in_stock"),
            ("manual", "paused", "unknown"), ("card", "banned", "in_stock"), ("card", "paused", "in_stock"),
        ]  # fmt: skip
        assert wire.most == LIST_BYTES
    card, top_up, *_ = page.items
    assert (card.name, card.cost, card.least, card.most, card.whole) == ("视频会员 月卡", Decimal("0.60"), 1, 100, True)
    assert (card.closed, page.items[2].closed) == ((("23:00", "06:00"),), ())
    assert (top_up.id, top_up.least, top_up.most, top_up.whole) == ("12345678901234567", 1, None, False)
    for told, code in (
        (ok(), "no_items"), ({"code": "ok", "data": [{"price": 1}]}, "no_item_id"),
        ({"code": "ok", "data": [ROW | {"price": None}]}, "bad_price"), ({"code": "ok", "data": [1]}, "not_a_list"),
    ):  # fmt: skip
        assert SHOP.page(SITE, Canned(told), None, None) == Doubt(code)


def test_one_item_with_its_form() -> None:
    form = ok(recharge_account_label="QQ 号", recharge_params=[
        {"name": "区服", "type": "select", "options": "一区,二区，三区"},
        {"name": "密码", "type": "password", "options": ""},
    ])  # fmt: skip
    wire = Canned(ok(**ROW | {"type": 1}), form)
    item = SHOP.item(SITE, wire, "1886")
    assert isinstance(item, Item)
    assert item.form == (
        FormField("recharge_account", "QQ 号"),
        FormField("区服", "区服", "choice", options=(("一区", "一区"), ("二区", "二区"), ("三区", "三区"))),
        FormField("密码", "密码", "password"),
    )
    assert [path for path, _ in wire.sent] == ["/api/product", "/api/product/recharge-params"]
    card = SHOP.item(SITE, Canned(ok(**ROW)), "1886")
    assert isinstance(card, Item)
    assert (card.form, card.whole) == ((), True)
    assert SHOP.item(SITE, Canned(ok(**ROW)), "1887") == Doubt("other_item")
    assert SHOP.item(SITE, Canned(no("无效")), "1887") == Refused("off_sale", "error", "无效")
    assert SHOP.quote(SITE, Canned(ok(**ROW)), "1886", "", 3) == Quote(
        Decimal("0.60"), Decimal("1.80"), "CNY", Stock("in_stock"), True
    )
    assert SHOP.quote(SITE, Canned(), "1886", "1", 3) == Refused("request", "sku_id")


def test_balance() -> None:
    assert SHOP.balance(SITE, Canned(ok(id=1, name="x", balance="-5.00"))) == Balance(Decimal("-5.00"), "CNY")
    assert SHOP.balance(SITE, Canned(ok())) == Doubt("bad_amount")
