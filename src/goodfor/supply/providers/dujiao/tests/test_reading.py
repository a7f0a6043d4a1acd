"""Replies of a dujiao-next shop as they come, and what is made of them."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from goodfor.supply.providers.dujiao import signing
from goodfor.supply.providers.dujiao.connector import CONNECTOR
from goodfor.supply.providers.dujiao.tests.test_vectors import API_KEY, CONFIG, SECRET, SITE
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Category,
    Code,
    ConfigProblem,
    Doubt,
    Item,
    ItemPage,
    NotFound,
    Order,
    OrderRef,
    PlaceRequest,
    Quote,
    Refused,
    Site,
    Stock,
)
from goodfor.supply.providers.wire import NoAnswer, NotSent, Reply, Wire

NUMBER = "202601010000000007"
ORDER = OrderRef(NUMBER, "7", datetime(2026, 1, 1, tzinfo=UTC), quantity=2)
REQUEST = PlaceRequest(NUMBER, "9", 2, Decimal("19.8"), "CNY", sku_id="1", notify_url="https://hub.example.com/cb")
PICTURE = b"\x89PNG\r\n\x1a\n1234"


class Canned(Wire):
    """Answers with what was laid down, and remembers what was sent."""

    def __init__(self, told: Any, status: int = 200) -> None:
        super().__init__(1767225600.0, lambda: 0.0)
        self.told, self.status = told, status
        self.sent: list[tuple[str, str, bytes, Mapping[str, str]]] = []

    def send(
        self, what: str, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None, **_: Any
    ) -> Reply:
        self.sent.append((method, url, body, headers or {}))
        if isinstance(self.told, Exception):
            raise self.told
        return Reply(self.status, self.told if isinstance(self.told, bytes) else json.dumps(self.told).encode())


def ok(**fields: Any) -> dict[str, Any]:
    return {"ok": True, **fields}


def no(code: str, **fields: Any) -> dict[str, Any]:
    return {"ok": False, "error_code": code, **fields}


def test_an_order_is_sent_as_it_should_be_and_the_same_again() -> None:
    wire = Canned(ok(order_id=7, order_no="DJ7", status="paid", amount="19.80", currency="CNY"))
    request = replace(REQUEST, form={"mail": "é@example.com"})
    assert CONNECTOR.purchase.place(SITE, wire, request) == Accepted("7", Decimal("19.80"))
    assert CONNECTOR.purchase.place(SITE, wire, request) == Accepted("7", Decimal("19.80"))
    assert wire.sent[0] == wire.sent[1]
    method, url, body, headers = wire.sent[0]
    assert (method, url) == ("POST", "https://dj.example.com/api/v1/upstream/orders")
    assert json.loads(body) == {
        "sku_id": 1, "quantity": 2, "downstream_order_no": NUMBER, "manual_form_data": {"mail": "é@example.com"},
        "callback_url": "https://hub.example.com/cb",
    }  # fmt: skip
    assert headers["Dujiao-Next-Api-Key"] == API_KEY
    assert headers["Dujiao-Next-Signature"] == signing.sign(
        SECRET, "POST", "/api/v1/upstream/orders", headers["Dujiao-Next-Timestamp"], body
    )


def test_what_cannot_be_bought_is_not_sent() -> None:
    wire = Canned(ok())
    for bad in (replace(REQUEST, quantity=0), replace(REQUEST, sku_id=""), replace(REQUEST, sku_id="²")):
        assert isinstance(CONNECTOR.purchase.place(SITE, wire, bad), Refused)
    assert wire.sent == []


@pytest.mark.parametrize(
    ("status", "told", "placed"),
    [
        (200, ok(order_id="7"), Accepted("7")), (201, ok(order_id=7, amount=9.90), Accepted("7", Decimal("9.9"))),
        (200, ok(order_id=7, status="canceled", amount="1"), Accepted("7", Decimal(1))),
        (200, ok(order_id=7, amount="9", currency="USD"), Accepted("7")),
        (200, ok(order_id=7, downstream_order_no=NUMBER), Accepted("7")),
        (200, ok(order_id=7, downstream_order_no="1"), Doubt("other_number")),
        (200, ok(order_no="DJ7"), Doubt("no_order_id")),
        (200, ok(order_id="a/b"), Doubt("no_order_id")), (200, {"order_id": 7}, Doubt("not_ok")),
        (200, {}, Doubt("not_ok")),
        (200, ok(order_id=7, error_code="x"), Doubt("not_ok")), (200, {"ok": "true", "order_id": 7}, Doubt("not_ok")),
        (200, no("payment_failed", status="canceled"), Refused("failed", "payment_failed")),
        (200, no("payment_failed"), Doubt("not_ok")), (200, no("payment_failed", status="paid"), Doubt("not_ok")),
        (200, no("insufficient_balance"), Doubt("not_ok")),
        (402, no("insufficient_balance", error_message="m"), Refused("balance", "insufficient_balance", "m")),
        (500, no("insufficient_balance"), Doubt("http_500")),
        (402, ok(error_code="insufficient_balance"), Doubt("http_402")),
        (409, no("insufficient_stock"), Refused("stock", "insufficient_stock")),
        (409, no("conflict"), Doubt("http_409")),
        (409, b"", Doubt("http_409")), (400, no("bad_request"), Refused("request", "bad_request")),
        (400, no("sku_unavailable"), Refused("off_sale", "sku_unavailable")),
        (404, no("product_unavailable"), Refused("off_sale", "product_unavailable")),
        (404, no("product_not_found"), Refused("off_sale", "product_not_found")),
        (404, no("order_not_found"), Doubt("unknown_code")),
        (400, no("invalid_callback_url"), Refused("config", "invalid_callback_url")),
        (401, no("invalid_signature"), Refused("config", "invalid_signature")),
        (403, no("user_disabled"), Refused("config", "user_disabled")), (403, b"<html>", Doubt("http_403")),
        (404, b"{}", Doubt("http_404")), (500, no("internal_error"), Doubt("http_500")),
        (502, b"<html>", Doubt("http_502")),
        (200, b"<html>", Doubt("not_json")), (200, b"", Doubt("not_json")), (200, [], Doubt("not_an_object")),
        (302, b"", Doubt("http_302")), (200, NoAnswer("timeout"), Doubt("timeout")),
        (200, NotSent(), Refused("not_sent")),
    ],
)  # fmt: skip
def test_what_comes_of_an_order(status: int, told: Any, placed: object) -> None:
    assert CONNECTOR.purchase.place(SITE, Canned(told, status), REQUEST) == placed


@pytest.mark.parametrize(
    ("status", "told", "asked"),
    [
        (404, no("order_not_found"), NotFound()), (404, b"", Doubt("http_404")),
        (404, no("product_not_found"), Refused("off_sale", "product_not_found")),
        (500, no("internal_error"), Doubt("http_500")), (418, no("teapot"), Doubt("http_418")),
        (200, ok(order_id=8, status="paid"), Doubt("other_order")), (200, ok(status="paid"), Doubt("no_order_id")),
        (200, ok(order_id=7, downstream_order_no="1"), Doubt("other_number")),
        (200, NoAnswer("timeout"), Doubt("timeout")),
    ],
)  # fmt: skip
def test_what_a_question_may_come_to(status: int, told: Any, asked: object) -> None:
    assert CONNECTOR.purchase.query(SITE, Canned(told, status), ORDER) == asked


def test_without_their_id_nothing_is_asked() -> None:
    wire = Canned(ok())
    lost = replace(ORDER, ref="")
    assert CONNECTOR.purchase.query(SITE, wire, lost) == Doubt("no_ref")
    assert CONNECTOR.purchase.codes(SITE, wire, lost) == Doubt("no_ref")
    assert CONNECTOR.purchase.cancel(SITE, wire, lost, "") == Refused("request", "no_ref")
    assert wire.sent == []


def order(quantity: int = 2, **row: Any) -> Order:
    wire = Canned(ok(order_id=7, order_no="DJ7", **row))
    found = CONNECTOR.purchase.query(SITE, wire, replace(ORDER, quantity=quantity))
    assert isinstance(found, Order)
    assert wire.sent[0][:3] == ("GET", "https://dj.example.com/api/v1/upstream/orders/7", b"")
    return found


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("pending_payment", "unpaid"), ("paid", "accepted"), ("fulfilling", "processing"),
        ("partially_delivered", "partial"),
        ("delivered", "success"), ("completed", "success"), ("canceled", "cancelled"), ("cancelled", "processing"),
        ("DELIVERED", "processing"), ("failed", "processing"), ("", "processing"), (None, "processing"),
        (3, "processing"),
    ],
)  # fmt: skip
def test_states(word: Any, state: str) -> None:
    assert order(status=word).state == state
    nested = CONNECTOR.purchase.query(SITE, Canned(ok(order={"id": 7, "status": word})), ORDER)
    assert isinstance(nested, Order)
    assert nested.state == state


def codes(payload: Any, quantity: int = 2, **more: Any) -> list[tuple[str, str, str]]:
    given = {"type": "auto", "status": "delivered", "payload": payload, **more}
    found = order(quantity, status="delivered", fulfillment=given).codes
    return [(one.number, one.secret, one.link) for one in found]


def test_codes_are_lines() -> None:
    assert codes("A-1\r\n\r\n\ufeffA-2 \r\n") == [("", "A-1", ""), ("", "A-2", "")]
    assert codes("卡号：N1 密码：P1\r卡号:N2 密码:P2") == [("N1", "P1", ""), ("N2", "P2", "")]
    assert codes("卡号：N1\n密码：P1\n卡号：N2\n密码：P2\n") == [("N1", "P1", ""), ("N2", "P2", "")]
    assert codes("密码：P1\n密码：P2") == [("", "P1", ""), ("", "P2", "")]
    assert codes("您的卡：\n卡号：N1 密码：P1\n卡号：N2 密码：P2") == [("N1", "P1", ""), ("N2", "P2", "")]
    assert codes("https://a.example/1?x=1\nhttps://a.example/2") == [
        ("", "", "https://a.example/1?x=1"), ("", "", "https://a.example/2"),
    ]  # fmt: skip
    assert codes("") == codes(None) == codes(["x"]) == codes(" \r\n ") == []


def test_one_code_over_many_lines_stays_one() -> None:
    assert codes("Key: X\nOpen the page\nEnter it", 1) == [("", "Key: X\nOpen the page\nEnter it", "")]
    assert codes("卡号：N1\n密码：P1\n请尽快使用", 1) == [("", "卡号：N1\n密码：P1\n请尽快使用", "")]
    assert codes("卡号：N1\n密码：P1", 1) == [("N1", "P1", "")]
    # Two where one was bought: nobody hides the second.
    assert codes("卡号：N1 密码：P1\n卡号：N2 密码：P2", 1) == [("N1", "P1", ""), ("N2", "P2", "")]


def test_what_was_shipped_by_hand() -> None:
    assert codes("", 1, delivery_data={"account": "a@example.com", "password": "p", "note": None}) == [
        ("", "account: a@example.com\npassword: p", "")
    ]
    assert codes("", 1, delivery_data={}) == codes("", 1, delivery_data="x") == []
    picture = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
    assert order(1, status="delivered", fulfillment={"payload": picture}).codes == (Code(image=PICTURE),)


def test_only_what_was_delivered_has_codes() -> None:
    for word in ("paid", "fulfilling", "canceled", "?"):
        found = order(status=word, fulfillment={"payload": "A-1"})
        assert (found.codes, found.has_codes) == ((), False)
    assert order(status="delivered", fulfillment=None).has_codes is False


def test_codes_that_came_are_concealed() -> None:
    given = {"payload": "SECRET-1\r\n卡号：NUM-2 密码：SECRET-2", "delivery_data": {"a": "SECRET-3"}}
    wire = Canned(ok(order_id=7, status="delivered", fulfillment=given))
    assert CONNECTOR.purchase.codes(SITE, wire, ORDER) != ()
    assert {"SECRET-1", "SECRET-3", "卡号：NUM-2 密码：SECRET-2"} <= set(wire.hide)
    stranger = Canned(ok(order_id=8, status="delivered", fulfillment=given))
    assert CONNECTOR.purchase.query(SITE, stranger, ORDER) == Doubt("other_order")
    assert "SECRET-1" in stranger.hide
    assert CONNECTOR.purchase.codes(SITE, Canned(no("order_not_found"), 404), ORDER) == Doubt("not_found")


def test_cancelling() -> None:
    wire = Canned(ok(status="canceled"))
    assert CONNECTOR.purchase.cancel(SITE, wire, ORDER, "") == Accepted("7")
    assert wire.sent[0][:3] == ("POST", "https://dj.example.com/api/v1/upstream/orders/7/cancel", b"")
    denied = Canned(no("cancel_not_allowed"), 409)
    assert CONNECTOR.purchase.cancel(SITE, denied, ORDER, "") == Refused("request", "cancel_not_allowed")
    assert CONNECTOR.purchase.cancel(SITE, Canned(b"", 500), ORDER, "") == Doubt("http_500")


def test_balance() -> None:
    balance = CONNECTOR.catalogue.balance
    wire = Canned(ok(balance="12.50", currency="usd", protocol_version="1.0", member_level=None))
    assert balance(SITE, wire) == Balance(Decimal("12.50"), "USD")
    assert wire.sent[0][2] == b""
    assert balance(SITE, Canned(ok(balance=-1))) == Balance(Decimal(-1), "CNY")
    assert balance(SITE, Canned(ok(balance="1", protocol_version="2.0"))) == Refused(
        "config", "protocol_version", "2.0"
    )
    assert balance(SITE, Canned(ok())) == Doubt("bad_amount")


SKU = {
    "id": 1,
    "sku_code": "M",
    "price_amount": "9.90",
    "stock_status": "in_stock",
    "stock_quantity": 30,
    "is_active": True,
}
ROW: dict[str, Any] = {
    "id": 9, "slug": "m", "title": {"en": "Month", "zh-CN": "月卡"}, "price_amount": "9.90", "fulfillment_type": "auto",
    "is_active": True, "category_id": 3, "skus": [SKU], "images": ["https://i.example/1.png"],
}  # fmt: skip


def item(**row: Any) -> Any:
    return CONNECTOR.catalogue.item(SITE, Canned(ok(**ROW | row)), "9")


def test_an_item() -> None:
    found = item(description={"en": "d"}, content="c")
    assert isinstance(found, Item)
    assert (found.id, found.name, found.kind, found.cost, found.state) == ("9", "月卡", "card", Decimal("9.90"), "on")
    assert (found.category, found.image, found.text) == ("3", "https://i.example/1.png", "d\nc")
    assert [(one.id, one.name, one.cost, one.on_sale) for one in found.skus] == [("1", "M", Decimal("9.90"), True)]
    assert found.stock == Stock("exact", 30)
    assert item(fulfillment_type="?").kind == "manual"
    assert [item(is_active=word).state for word in (False, None, "true")] == ["paused"] * 3
    assert item(skus=[]).state == "paused"
    assert item(id=8) == Doubt("other_item")
    assert item(id=None) == Doubt("no_item_id")
    assert item(skus=[SKU | {"price_amount": ""}]) == Doubt("bad_price")
    assert item(skus=[SKU | {"id": None}]) == Doubt("no_item_id")
    assert item(title="plain", images="x").name == "plain"
    nested = CONNECTOR.catalogue.item(SITE, Canned(ok(product=ROW)), "9")
    assert nested == replace(found, text="")
    gone = CONNECTOR.catalogue.item(SITE, Canned(no("product_not_found"), 404), "9")
    assert gone == Refused("off_sale", "product_not_found")


@pytest.mark.parametrize(
    ("word", "count", "stock"),
    [
        ("unlimited", -1, Stock("unlimited")), ("in_stock", 21, Stock("exact", 21)),
        ("in_stock", -1, Stock("in_stock")),
        ("low_stock", "3", Stock("exact", 3)), ("low_stock", None, Stock("low")), ("out_of_stock", 5, Stock("out", 0)),
        ("in_stock", 0, Stock("in_stock")), ("plenty", 5, Stock()), (None, None, Stock()),
    ],
)  # fmt: skip
def test_stock(word: Any, count: Any, stock: Stock) -> None:
    assert item(skus=[SKU | {"stock_status": word, "stock_quantity": count}]).skus[0].stock == stock


def test_many_variants() -> None:
    rows = [SKU, SKU | {"id": 2, "price_amount": 5, "is_active": False, "spec_values": {"版本": {"zh-CN": "国服"}}}]
    found = item(skus=rows)
    assert [(one.id, one.name, one.on_sale) for one in found.skus] == [("1", "M", True), ("2", "国服", False)]
    assert (found.cost, found.stock) == (Decimal("9.90"), Stock("exact", 30))
    assert item(skus=[SKU, SKU | {"id": 2}]).stock == Stock("in_stock")
    assert item(skus=[SKU | {"stock_status": "out_of_stock"}, SKU | {"id": 2, "is_active": False}]).stock == Stock(
        "out", 0
    )


def test_forms() -> None:
    rows = [
        {"key": "mail", "label": {"zh": "邮箱"}, "type": "email"},
        {"name": "c", "type": "select", "options": ["a", {"value": "b"}]},
    ]
    for schema in (rows, {"fields": rows}):
        form = item(manual_form_schema=schema).form
        assert [(one.key, one.label, one.type, one.required) for one in form] == [
            ("mail", "邮箱", "text", True), ("c", "c", "choice", True),
        ]  # fmt: skip
        assert form[1].options == (("a", "a"), ("b", "b"))
    assert item(manual_form_schema={}).whole is item(manual_form_schema=None).whole is True
    for unreadable in ("x", {"properties": {}}, [1], [{}], [{"key": "a"}, {"key": "a"}]):
        found = item(manual_form_schema=unreadable)
        assert (found.whole, found.state, found.form) == (False, "paused", ())


def test_pages_end_with_an_empty_one() -> None:
    page = CONNECTOR.catalogue.page
    wire = Canned(ok(items=[ROW], total=1))
    first = page(SITE, wire, None, None)
    assert isinstance(first, ItemPage)
    assert (len(first.items), first.cursor, first.items[0].whole) == (1, "2", True)
    method, url, _, headers = wire.sent[0]
    assert url == "https://dj.example.com/api/v1/upstream/products?page=1&page_size=100"
    # The query is not signed.
    assert headers["Dujiao-Next-Signature"] == signing.sign(
        SECRET, method, "/api/v1/upstream/products", "1767225600", b""
    )
    assert page(SITE, Canned(ok(items=[], total=900)), "2", None) == ItemPage(())
    for dirty in ([{}], "x", [1]):
        assert isinstance(page(SITE, Canned(ok(items=dirty)), None, None), Doubt)


def test_quotes() -> None:
    quote = CONNECTOR.catalogue.quote
    assert quote(SITE, Canned(ok(**ROW)), "9", "1", 3) == Quote(
        Decimal("9.90"), Decimal("29.70"), "CNY", Stock("exact", 30), on_sale=True
    )
    off = quote(SITE, Canned(ok(**ROW | {"is_active": False})), "9", "1", 1)
    assert isinstance(off, Quote)
    assert off.on_sale is False
    assert quote(SITE, Canned(ok(**ROW)), "9", "2", 1) == Refused("off_sale", "sku")
    assert quote(SITE, Canned(b"", 500), "9", "1", 1) == Doubt("http_500")


def test_the_tree() -> None:
    told = [
        {"id": 2, "parent_id": 1, "name": {"en": "B"}},
        {"id": 1, "parent_id": 0, "name": {"zh-CN": "甲", "en": "A"}},
    ]
    for name in ("categories", "items"):
        assert CONNECTOR.catalogue.categories(SITE, Canned(ok(**{name: told}))) == [
            Category("1", "甲"), Category("2", "B", "1"),
        ]  # fmt: skip
    assert CONNECTOR.catalogue.categories(SITE, Canned(ok(categories=[{"name": {}}]))) == Doubt("no_item_id")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"base_url": "http://dj.example.com"}, "base_url"), ({"base_url": "ftp://dj.example.com"}, "base_url"),
        ({"base_url": ""}, "base_url"), ({"base_url": "https://dj.example.com?x"}, "base_url"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": "a b c d"}, "api_key"), ({"secret": ""}, "secret"), ({"secret": "short"}, "secret"),
    ],
)  # fmt: skip
def test_settings_that_cannot_work(change: dict[str, str], field: str) -> None:
    config = {**CONFIG, **{name: value for name, value in change.items() if name != "secret"}}
    site = Site(SITE.id, SITE.shop_id, "dj", "CNY", config, {"secret": change.get("secret", SECRET)})
    with pytest.raises(ConfigProblem) as problem:
        CONNECTOR.catalogue.check(site)
    assert problem.value.field_name == field
