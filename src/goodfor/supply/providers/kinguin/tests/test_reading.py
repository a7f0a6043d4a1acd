"""Replies of Kinguin as they come, and what is made of them."""

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from goodfor.supply.providers.kinguin.connector import CONNECTOR
from goodfor.supply.providers.kinguin.tests.test_vectors import API_KEY, CONFIG, NUMBER, SECRETS, SITE
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Category,
    Code,
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
    StatementRow,
    Stock,
)
from goodfor.supply.providers.wire import NoAnswer, NotSent, Reply, Wire

REF = "PHS84FJAG5U"
ORDER = OrderRef(NUMBER, REF, datetime(2026, 1, 1, tzinfo=UTC), item_id="1949")
UNKNOWN_REF = replace(ORDER, ref="")
REQUEST = PlaceRequest(NUMBER, "1949", 2, Decimal("11.59"), "EUR")
ANY = Site(SITE.id, SITE.shop_id, "kgn", "EUR", CONFIG | {"key_type": "any"}, SECRETS)
PNG = b"\x89PNG\r\n\x1a\n1234"
OFFER = {
    "offerId": "O1", "name": "Invented Game", "price": 5.79, "qty": 8, "availableQty": 6, "textQty": 5,
    "availableTextQty": 3, "isPreorder": False, "merchantName": "Seller A",
    "wholesale": {"enabled": True, "tiers": [{"level": 1, "price": 5.5}, {"level": 3, "price": 5.1}]},
}  # fmt: skip
PRODUCT = {
    "kinguinId": 1949, "productId": "5c9b", "name": "Invented Game", "originalName": "Invented", "platform": "Steam",
    "genres": ["Action", "RPG"], "regionalLimitations": "REGION FREE", "countryLimitation": ["cn", "RU"],
    "activationDetails": "Enter it.", "qty": 10, "textQty": 7, "price": 5.79, "totalQty": 20,
    "offers": [OFFER, {"offerId": "O2", "price": 6, "textQty": 4, "availableTextQty": 0, "isPreorder": True}],
    "isPreorder": False, "images": {"screenshots": [{"url": "https://i.example.com/s"}],
                                    "cover": {"thumbnail": "https://i.example.com/c"}},
}  # fmt: skip


class Canned(Wire):
    """Answers in turn with what was laid down, and remembers what was asked."""

    def __init__(self, *told: Any, status: int = 200) -> None:
        super().__init__(1767225600.0, lambda: 0.0)
        self.told, self.status = list(told), status
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def send(
        self, what: str, method: str, url: str, body: bytes = b"", headers: Any = None, **_: Any
    ) -> Reply:  # fmt: skip
        assert headers["X-Api-Key"] == API_KEY
        assert ("content-type" in headers) == bool(body)
        parts = urlsplit(url)
        fields = json.loads(body) if body else dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        self.asked.append((method, parts.path.removeprefix("/esa/api"), fields))
        told = self.told.pop(0)
        if isinstance(told, Exception):
            raise told
        status, told = told if isinstance(told, tuple) else (self.status, told)
        reply = Reply(status, told if isinstance(told, bytes) else json.dumps(told).encode())
        self._keep(what, method, url, body, reply, "", 0)
        return reply


def error(kind: str, status: int = 400, where: str = "") -> tuple[int, dict[str, Any]]:
    return status, {"kind": kind, "status": status, "title": "No", "detail": "why not", "propertyPath": where}


def order(status: str = "completed", *keys: str, **over: Any) -> dict[str, Any]:
    lines = [{"kinguinId": 1949, "price": 5.79, "keys": [{"id": f"k{i}", "status": s} for i, s in enumerate(keys)]}]
    return {
        "orderId": REF, "orderExternalId": NUMBER, "status": status, "totalPrice": 11.58, "paymentPrice": 11.58,
        "totalQty": 2, "createdAt": "2026-01-01T10:00:00.025+00:00", "products": lines, **over,
    }  # fmt: skip


def test_an_order_is_sent_as_it_should_be() -> None:
    wire = Canned((201, order("processing")), (201, order(paymentPrice=11.0)))
    assert CONNECTOR.purchase.place(SITE, wire, REQUEST) == Accepted(REF, Decimal("11.58"))
    many = replace(REQUEST, quantity=120, sku_id="O1", max_cost=Decimal(612))
    assert CONNECTOR.purchase.place(ANY, wire, many) == Accepted(REF, Decimal("11.0"))
    assert wire.asked == [
        ("POST", "/v1/order", {
            "products": [{"kinguinId": 1949, "qty": 2, "price": 5.79, "keyType": "text"}], "orderExternalId": NUMBER,
        }),
        ("POST", "/v1/order", {
            "products": [{"kinguinId": 1949, "qty": 120, "price": 5.1, "offerId": "O1"}], "orderExternalId": NUMBER,
        }),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "over",
    [
        {"quantity": 0}, {"quantity": 10}, {"quantity": 1001, "sku_id": "O1"}, {"item_id": "x"}, {"item_id": ""},
        {"currency": "CNY"}, {"max_cost": Decimal("0.01")}, {"max_cost": Decimal(-5)},
    ],
)  # fmt: skip
def test_what_cannot_be_ordered_is_not_sent(over: dict[str, Any]) -> None:
    wire = Canned()
    assert isinstance(CONNECTOR.purchase.place(SITE, wire, replace(REQUEST, **over)), Refused)
    assert wire.asked == []


@pytest.mark.parametrize(
    ("told", "placed"),
    [
        (error("ConstraintViolation"), Refused("request", "ConstraintViolation", "why not")),
        (error("ConstraintViolation", 400, "products[0].price"), Refused("price", "ConstraintViolation", "why not")),
        (error("ConstraintViolation", 400, "orderExternalId"), Doubt("duplicate")),
        (error("Authorization", 401), Refused("config", "Authorization", "why not")),
        (error("InsufficientBalance", 402), Refused("balance", "InsufficientBalance", "why not")),
        (error("ProductUnavailable"), Refused("stock", "ProductUnavailable", "why not")),
        (error("Preorder"), Refused("off_sale", "Preorder", "why not")),
        (error("OrderFailed"), Doubt("http_400")), (error("ResourceLock", 423), Doubt("http_423")),
        (error("Error", 500), Doubt("http_500")), (error("Http", 429), Doubt("throttled")),
        (error("SomethingNew", 422), Doubt("http_422")), (error("insufficientbalance"), Doubt("http_400")),
        # A definite kind under a status of the other side's trouble is none.
        (error("InsufficientBalance", 503), Doubt("http_503")),
        ((403, b"<html>"), Doubt("http_403")), ((403, {"message": "blocked"}), Doubt("http_403")),
        ((400, {"kind": "Preorder", "status": 500}), Doubt("http_400")), ((302, b""), Doubt("http_302")),
        ((201, b""), Doubt("not_json")), ((201, []), Doubt("not_an_object")), ((201, {}), Doubt("no_order")),
        ((201, order(orderExternalId="1")), Doubt("other_number")),
        ((201, order(paymentPrice=None)), Accepted(REF)), (NotSent(), Refused("not_sent")),
        (NoAnswer("timeout"), Doubt("timeout")),
    ],
)  # fmt: skip
def test_what_a_create_may_answer(told: Any, placed: Any) -> None:
    assert CONNECTOR.purchase.place(SITE, Canned(told), REQUEST) == placed


@pytest.mark.parametrize(
    ("told", "state", "back", "has_codes"),
    [
        (order("processing"), "processing", "0", False),
        (order("processing", "PENDING", "PROCESSING"), "processing", "0", False),
        (order("processing", "DELIVERED", "PROCESSING"), "partial", "0", True),
        (order("completed", "DELIVERED", "DELIVERED"), "success", "0", True),
        (order("completed"), "success", "0", True),
        (order("on_hold", "PENDING"), "processing", "0", False), (order("Completed"), "processing", "0", False),
        (order("canceled"), "cancelled", "11.58", False),
        (order("canceled", "CANCELED", "CANCELED"), "cancelled", "11.58", False),
        (order("canceled", "DELIVERED", "CANCELED"), "cancelled", "5.79", True),
        (order("refunded"), "refunded", "0", False),
        (order("refunded", "REFUNDED", "REFUNDED"), "refunded", "11.58", False),
        (order("completed", "DELIVERED", "REFUNDED"), "success", "5.79", True),
        (order("completed", "DELIVERED", "RETURNED"), "success", "0", True),
        (order("completed", "DELIVERED", "CANCELED"), "success", "0", True),
        # Prices that do not add up prove no amount.
        (order("refunded", "DELIVERED", "REFUNDED", paymentPrice=11.0), "refunded", "0", True),
        (order("refunded", "REFUNDED"), "refunded", "0", False),
    ],
)  # fmt: skip
def test_orders_are_read(told: Any, state: str, back: str, has_codes: bool) -> None:
    found = CONNECTOR.purchase.query(SITE, Canned(told), ORDER)
    assert isinstance(found, Order)
    assert (found.state, found.refunded, found.has_codes) == (state, Decimal(back), has_codes)
    assert (found.number, found.ref, found.codes) == (NUMBER, REF, ())


@pytest.mark.parametrize(
    ("asked", "told", "found"),
    [
        (UNKNOWN_REF, {"results": [], "item_count": 0}, NotFound()), (UNKNOWN_REF, {}, Doubt("not_a_list")),
        (UNKNOWN_REF, {"results": None}, Doubt("not_a_list")), (UNKNOWN_REF, error("OrderNotFound", 404), NotFound()),
        (UNKNOWN_REF, {"results": [order(orderExternalId="9")]}, Doubt("other_number")),
        (UNKNOWN_REF, {"results": [order(), order(orderId="P2")]}, Doubt("two_orders")),
        (ORDER, order(orderExternalId="9"), Doubt("other_number")), (ORDER, order(orderId="P2"), Doubt("other_number")),
        (ORDER, order(""), Doubt("no_order")), (ORDER, order(products="x"), Doubt("not_a_list")),
        # What they gave a number to does not vanish.
        (ORDER, error("OrderNotFound", 404), Doubt("not_found")), (replace(ORDER, ref="a/b"), None, Doubt("bad_ref")),
        (ORDER, error("Error", 500), Doubt("http_500")), (ORDER, NoAnswer("timeout"), Doubt("timeout")),
    ],
)  # fmt: skip
def test_what_a_question_may_answer(asked: OrderRef, told: Any, found: Any) -> None:
    assert CONNECTOR.purchase.query(SITE, Canned(told), asked) == found


def test_an_order_is_searched_for_by_our_number() -> None:
    wire = Canned({"results": [order("completed"), order("completed")], "item_count": 1})
    found = CONNECTOR.purchase.query(SITE, wire, UNKNOWN_REF)
    assert isinstance(found, Order)
    assert (found.state, found.ref) == ("success", REF)
    assert wire.asked == [("GET", "/v1/order", {"orderExternalId": NUMBER, "limit": "25", "page": "1"})]


def key(number: str, serial: str, kind: str = "text/plain", **over: Any) -> dict[str, Any]:
    return {"id": number, "serial": serial, "type": kind, "name": "Invented Game", "kinguinId": 1949, **over}


def test_keys_are_fetched_and_not_kept() -> None:
    picture = base64.b64encode(PNG).decode()
    rows = [
        key("k1", "AAAA-BBBB\r"), key("k2", picture, "image/png"), key("k3", "https://gift.example.com/x"),
        key("k4", "卡号：A1 密码：B2", "text/plain; charset=utf-8"),
    ]  # fmt: skip
    wire = Canned(rows)
    assert CONNECTOR.purchase.codes(ANY, wire, ORDER) == (
        Code(secret="AAAA-BBBB\r", ref=f"{REF}/k1"), Code(image=PNG, ref=f"{REF}/k2"),
        Code(secret="https://gift.example.com/x", ref=f"{REF}/k3"), Code(secret="卡号：A1 密码：B2", ref=f"{REF}/k4"),
    )  # fmt: skip
    kept = wire.exchanges[0].reply
    assert not any(part in kept for part in ("AAAA", picture, "gift.example", "A1"))


def test_a_key_that_was_cut_off_is_not_kept_in_part() -> None:
    wire = Canned([key(f"k{i}", f'"PART-{i}-{"x" * 150}') for i in range(99)])
    assert not isinstance(CONNECTOR.purchase.codes(SITE, wire, ORDER), Doubt)
    assert len(wire.told) == 0
    assert "PART" not in wire.exchanges[0].reply


def test_large_pictures_come_one_by_one() -> None:
    picture = base64.b64encode(PNG).decode()
    wire = Canned(NoAnswer("reply_too_large"), [key("k1", picture, "image/png")], [])
    assert CONNECTOR.purchase.codes(ANY, wire, ORDER) == (Code(image=PNG, ref=f"{REF}/k1"),)
    assert [asked[2]["limit"] for asked in wire.asked] == ["5", "1", "1"]


def test_keys_of_many_pages() -> None:
    first = [key(f"k{i}", f"SERIAL-{i}") for i in range(100)]
    wire = Canned({"results": [order()]}, first, [key("k99", "SERIAL-99"), key("k100", "SERIAL-100")])
    codes = CONNECTOR.purchase.codes(SITE, wire, UNKNOWN_REF)
    assert isinstance(codes, tuple)
    assert [code.secret for code in codes] == [f"SERIAL-{i}" for i in range(101)]
    assert wire.asked[2] == ("GET", f"/v2/order/{REF}/keys", {"page": "2", "limit": "100"})


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (key("", "x"), "no_key"), (key("k1", ""), "no_key"), (key("k1", " \r\n"), "no_key"),
        (key("k1", "x", kinguinId=5), "other_item"), (key("k1", "x", "application/pdf"), "unknown_key"),
        (key("k1", "x", "image/png"), "bad_image"),
        (key("k1", base64.b64encode(b"<svg>").decode(), "image/gif"), "bad_image"),
        (key("k1", base64.b64encode(PNG + b"0" * 1024 * 1024).decode(), "image/png"), "bad_image"),
    ],
)  # fmt: skip
def test_odd_keys_are_doubt_and_hidden(row: dict[str, Any], why: str) -> None:
    wire = Canned([row])
    assert CONNECTOR.purchase.codes(ANY, wire, ORDER) == Doubt(why)
    assert len(row["serial"]) < 4 or row["serial"][:40] not in wire.exchanges[0].reply


def test_a_product_is_read() -> None:
    item = CONNECTOR.catalogue.item(SITE, Canned(PRODUCT), "1949")
    assert isinstance(item, Item)
    assert (item.id, item.cost, item.currency, item.state, item.stock) == (
        "1949",
        Decimal("5.79"),
        "EUR",
        "on",
        Stock("exact", 7),
    )
    assert (item.category, item.brand, item.most, item.image) == ("Action", "Steam", 1000, "https://i.example.com/c")
    assert item.excluded_countries == {"CN", "RU"}
    assert [(s.id, s.name, s.cost, s.stock, s.on_sale) for s in item.skus] == [
        ("O1", "Seller A · Invented Game", Decimal("5.79"), Stock("exact", 3), True),
        ("O2", "O2", Decimal(6), Stock("low"), False),
    ]  # fmt: skip
    other = CONNECTOR.catalogue.item(ANY, Canned(PRODUCT), "1949")
    assert isinstance(other, Item)
    assert (other.stock, other.skus[0].stock) == (Stock("exact", 10), Stock("exact", 6))


@pytest.mark.parametrize(
    ("over", "seen"),
    [
        ({"isPreorder": True}, ("paused", Decimal("5.79"), "exact", 1000)),
        ({"textQty": 0}, ("on", Decimal("5.79"), "low", 1000)),
        ({"textQty": 0, "totalQty": 0}, ("on", Decimal("5.79"), "out", 1000)),
        ({"textQty": None, "offers": None}, ("on", Decimal("5.79"), "unknown", 9)),
        ({"price": "4.10", "genres": None, "images": None}, ("on", Decimal("4.10"), "exact", 1000)),
        ({"price": 4.199999999999999}, ("on", Decimal("4.2"), "exact", 1000)),
    ],
)  # fmt: skip
def test_dirty_products(over: dict[str, Any], seen: Any) -> None:
    item = CONNECTOR.catalogue.item(SITE, Canned(PRODUCT | over), "1949")
    assert isinstance(item, Item)
    assert (item.state, item.cost, item.stock.word, item.most) == seen


def test_products_that_are_not_there() -> None:
    item = CONNECTOR.catalogue.item
    assert item(SITE, Canned(error("Http", 404)), "1949") == Refused("off_sale", "Http", "why not")
    assert item(SITE, Canned((404, b"<html>")), "1949") == Doubt("http_404")
    assert item(SITE, Canned(PRODUCT), "1950") == Doubt("other_item")
    assert item(SITE, Canned(PRODUCT | {"price": None}), "1949") == Doubt("bad_price")
    assert item(SITE, Canned(PRODUCT | {"offers": [{"price": 1}]}), "1949") == Doubt("no_sku")
    assert item(SITE, Canned(), "../1") == Refused("request", "item_id")


@pytest.mark.parametrize(
    ("sku", "quantity", "unit"),
    [("", 9, "5.79"), ("O1", 9, "5.79"), ("O1", 10, "5.5"), ("O1", 99, "5.5"), ("O1", 100, "5.1"), ("O1", 1000, "5.1")],
)
def test_quotes(sku: str, quantity: int, unit: str) -> None:
    found = CONNECTOR.catalogue.quote(SITE, Canned(PRODUCT), "1949", sku, quantity)
    stock = Stock("exact", 3 if sku else 7)
    assert found == Quote(Decimal(unit), Decimal(unit) * quantity, "EUR", stock, True)


def test_quotes_that_cannot_be() -> None:
    quote = CONNECTOR.catalogue.quote
    for sku, quantity in (("", 10), ("O1", 1001), ("O2", 10), ("", 0)):
        assert quote(SITE, Canned(PRODUCT), "1949", sku, quantity) == Refused("request", "quantity")
    assert quote(SITE, Canned(PRODUCT), "1949", "O3", 1) == Refused("off_sale", "sku")
    soon = quote(SITE, Canned(PRODUCT), "1949", "O2", 1)
    assert isinstance(soon, Quote)
    assert soon.on_sale is False


def test_the_catalogue_shrinks_while_it_is_read() -> None:
    page = CONNECTOR.catalogue.page
    wire = Canned({"results": [PRODUCT] * 25}, {"results": [PRODUCT]}, {"results": [], "item_count": 26})
    first = page(SITE, wire, None, 1767225600)
    assert isinstance(first, ItemPage)
    assert (len(first.items), first.cursor, first.items[0].whole) == (25, "25", True)
    second = page(SITE, wire, first.cursor, None)
    assert isinstance(second, ItemPage)
    assert page(SITE, wire, second.cursor, None) == ItemPage(())
    assert wire.asked[0][2] == {
        "page": "1", "limit": "25", "sortBy": "kinguinId", "sortType": "asc", "withText": "yes",
        "updatedSince": "2026-01-01T00:00:00+00:00",
    }  # fmt: skip
    assert wire.asked[1][2]["page"] == "2"
    assert "updatedSince" not in wire.asked[1][2]
    assert page(SITE, Canned({}), None, None) == Doubt("not_a_list")


def test_a_page_that_is_too_large_is_cut() -> None:
    page = CONNECTOR.catalogue.page
    large = NoAnswer("reply_too_large")
    wire = Canned(large, {"results": [PRODUCT] * 5}, large, {"results": [PRODUCT]})
    assert [found.cursor for c in ("50", "55") if isinstance(found := page(SITE, wire, c, None), ItemPage)] == [
        "55",
        "56",
    ]
    assert [(asked[2]["page"], asked[2]["limit"]) for asked in wire.asked] == [
        ("3", "25"),
        ("11", "5"),
        ("12", "5"),
        ("56", "1"),
    ]
    assert page(SITE, Canned(large), "56", None) == Doubt("reply_too_large")
    assert page(SITE, Canned(NoAnswer("timeout")), None, None) == Doubt("timeout")


def test_balance_and_genres() -> None:
    catalogue = CONNECTOR.catalogue
    assert catalogue.balance(SITE, Canned({"balance": 12.45})) == Balance(Decimal("12.45"), "EUR")
    assert catalogue.balance(SITE, Canned({})) == Doubt("bad_amount")
    assert isinstance(catalogue.balance(SITE, Canned(error("Authorization", 401))), Refused)
    found = [Category("Action", "Action"), Category("RPG", "RPG")]
    for told in (["Action", "RPG", "", None, "RPG"], [{"id": 1, "name": "Action"}, {"name": "RPG"}]):
        assert catalogue.categories(SITE, Canned(told)) == found
    assert catalogue.categories(SITE, Canned({})) == Doubt("not_a_list")


def test_states_of_a_key() -> None:
    after = CONNECTOR.after
    assert after is not None
    words = {"DELIVERED": "unknown", "RETURNED": "voiding", "REFUNDED": "voided", "CANCELED": "voided", "X": "unknown"}
    for word, state in words.items():
        assert after.code_state(SITE, Canned(order("completed", "DELIVERED", word)), f"{REF}/k1") == state
    assert after.code_state(SITE, Canned(order()), f"{REF}/k1") == Doubt("no_key")
    assert after.code_state(SITE, Canned(order(orderId="P2")), f"{REF}/k1") == Doubt("other_number")
    for bad in ("", "k1", "/k1", "a?b/k1", f"{REF}/"):
        assert after.code_state(SITE, Canned(), bad) == Refused("request", "no_ref")


def test_only_an_order_of_one_key_is_given_back() -> None:
    after = CONNECTOR.after
    assert after is not None
    wire = Canned(order("completed", "DELIVERED"), [{"id": "k0", "status": "RETURNED"}])
    assert after.void(SITE, wire, f"{REF}/k0") == "voiding"
    assert wire.asked[1] == ("POST", f"/v2/order/{REF}/keys/return", {})
    two = Canned(order("completed", "DELIVERED", "DELIVERED"))
    assert after.void(SITE, two, f"{REF}/k0") == Refused("request", "whole_order")
    assert len(two.asked) == 1
    again = Canned(order("completed", "RETURNED"))
    assert after.void(SITE, again, f"{REF}/k0") == "voiding"
    assert len(again.asked) == 1
    late = Canned(order("completed", "DELIVERED"), error("NoKeysToReturn"))
    assert after.void(SITE, late, f"{REF}/k0") == Refused("request", "NoKeysToReturn", "why not")
    lost = Canned(order("completed", "DELIVERED"), NoAnswer("timeout"))
    assert after.void(SITE, lost, f"{REF}/k0") == Doubt("timeout")


def test_a_day() -> None:
    after = CONNECTOR.after
    assert after is not None
    other = order(orderId="P2", orderExternalId=None, paymentPrice="3.5", createdAt="2026-01-01T23:59:59.999Z")
    tomorrow = order(orderId="P3", createdAt="2026-01-02T00:00:00+00:00")
    wire = Canned({"results": [order(), other]}, {"results": [other, tomorrow]}, {"results": []})
    rows = after.statement(SITE, wire, date(2026, 1, 1))
    assert not isinstance(rows, Refused | Doubt)
    assert [(row.amount, row.number, row.ref) for row in rows] == [
        (Decimal("-11.58"), NUMBER, REF), (Decimal("-3.5"), "", "P2"),
    ]  # fmt: skip
    assert rows[0] == StatementRow(
        datetime(2026, 1, 1, 10, 0, 0, 25000, UTC), Decimal("-11.58"), "EUR", NUMBER, REF, "order"
    )
    assert (wire.asked[0][2]["createdAtFrom"], wire.asked[0][2]["page"]) == ("2026-01-01T00:00:00+00:00", "1")
    for bad in (order(createdAt="today"), order(paymentPrice=None), order(orderId="")):
        assert isinstance(after.statement(SITE, Canned({"results": [bad]}), date(2026, 1, 1)), Doubt)
