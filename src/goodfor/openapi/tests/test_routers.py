"""The translation in both directions: what the domain is asked, and that every answer fits the document.

The domain here is a recorder: this face only translates.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import jsonschema_rs
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from goodfor.aftersales.types import DecisionView
from goodfor.catalog.types import CategoryView, Page, ProductCard, ProductView, SkuView
from goodfor.delivery.types import MaskedCode, RevealedCode
from goodfor.identity.models import Shop
from goodfor.identity.tests.factories import make_client
from goodfor.identity.types import NewApiKey, Scope, ShopView
from goodfor.kernel.money import Money
from goodfor.openapi.cursors import number_cursor, uuid_cursor
from goodfor.openapi.dump import document_text
from goodfor.openapi.routers import balance, claims, codes, orders, payments, products, refunds
from goodfor.openapi.tests.conftest import Ask, ask_with
from goodfor.openapi.tests.test_guards import check
from goodfor.orders.errors import OrderNotFound
from goodfor.orders.types import (
    Buyer,
    ClaimUnit,
    ClaimView,
    LineRequest,
    LineView,
    OrderView,
    Payer,
    PlacedOrder,
    RefundView,
)
from goodfor.payments.types import Instruction

pytestmark = [pytest.mark.django_db, pytest.mark.urls("goodfor.openapi.tests.mounted")]
AT = datetime(2026, 1, 1, tzinfo=UTC)
SKU, LINE, CODE, ORDER, REFUND, PRODUCT, CLAIM = (UUID(int=number) for number in range(1, 8))
NUMBER = "G260101K7M3Q9XW2T"
PRICE = Money(990, "CNY")
LINES = (LineView(LINE, SKU, "月卡", 2, PRICE),)
VIEW = OrderView(
    id=ORDER, shop_id=uuid4(), number=NUMBER, state="delivered", channel="api", total=Money(1980, "CNY"), placed_at=AT,
    pay_by=AT, paid_at=AT, deliver_by=AT, delivered_at=AT, closed_at=None, refunded_at=None, external_ref=None,
    client_id=None, payment_id=None, lines=LINES,
)  # fmt: skip
OFFER = SkuView(SKU, "M1", "月卡", "30 天", PRICE, None, 10, None, "code", True)
PRODUCT_VIEW = ProductView(PRODUCT, "p", "n", "s", "h", "v", None, CategoryView(uuid4(), "c", "C", 1), True, (OFFER,))
CARD = ProductCard(PRODUCT, "p", "n", "s", "c", "C", None, PRICE, "30 天", (SKU,))


@dataclass
class Domain:
    """What the domain was asked."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def answering(self, name: str, result: Any, *positional: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            asked = {**dict(zip(positional, args, strict=True)), **kwargs}
            self.calls.append((name, asked))
            if asked.get("number", NUMBER) != NUMBER:
                raise OrderNotFound
            return result

        return call

    def last(self, name: str) -> dict[str, Any]:
        return next(asked for called, asked in reversed(self.calls) if called == name)


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Domain:
    found = Domain()
    placed = PlacedOrder(ORDER, NUMBER, "guest-secret", Money(1980, "CNY"), AT + timedelta(minutes=15), LINES)
    refund = RefundView(REFUND, "R1", NUMBER, Money(1980, "CNY"), "succeeded", AT, None)
    client = ("shop_id", "client_id")
    for module, local, name, result in (
        (orders, "buy_with_balance", "buy_with_balance", VIEW),
        (orders, "place_order", "place_order", placed),
        (orders, "cancel_order_now", "cancel_order", None),
        (refunds, "refund_order_now", "refund_order", refund),
        (codes, "reveal_codes_now", "reveal_codes", [RevealedCode(CODE, LINE, "", "PLAIN-TEXT", None)]),
    ):
        monkeypatch.setattr(module, local, found.answering(name, result))
    judged = SimpleNamespace(hold=None, order_id=ORDER, word="", went_well=lambda: None)
    monkeypatch.setattr(orders, "judge_order", lambda *_asked: judged)
    monkeypatch.setattr(payments, "judge_pay", lambda *_asked: None)
    monkeypatch.setattr(claims, "judge_claim", lambda *_asked: judged)
    monkeypatch.setattr(refunds, "judge_refund", lambda *_asked: judged)
    monkeypatch.setattr(codes, "judge_reveal", lambda *_asked: judged)
    signed = Instruction("client", fields={"package": "prepay_id=1"})
    monkeypatch.setattr(payments, "start_payment_now", found.answering("start_payment", signed))
    for module in (orders, codes, refunds, payments, claims):
        monkeypatch.setattr(module, "order_of_client", found.answering("order_of_client", VIEW, *client, "number"))
    monkeypatch.setattr(orders, "orders_of_client", found.answering("orders_of_client", [VIEW, VIEW], *client))
    monkeypatch.setattr(refunds, "refund_of_client", found.answering("refund_of_client", refund, *client, "refund_id"))
    claim = ClaimView(CLAIM, ORDER, LINE, "used", (CODE,), "rejected", AT, AT, AT)
    case = SimpleNamespace(id=CLAIM, state="closed", answer_by=None, decide_by=None, answered_at=AT)
    decision = DecisionView(AT, "system", "reject", "r", "still_valid", 1, "")
    for local, result in (("make_claim", SimpleNamespace(case=case)), ("withdraw", None), ("object_to", None),
                          ("answer_case", None)):  # fmt: skip
        monkeypatch.setattr(claims, local, found.answering(local, result))
    monkeypatch.setattr(
        claims,
        "orders",
        SimpleNamespace(claims_of_order=lambda *_: [claim], claim_units=lambda *_: [ClaimUnit(CODE, "none")]),
    )
    monkeypatch.setattr(
        claims,
        "aftersales",
        SimpleNamespace(
            cases_of_order=lambda *_: [case],
            case_in=lambda _shop, _order, claim_id: case if claim_id == CLAIM else None,
            decisions=lambda *_: [decision],
            why_words=lambda *_: "words",
            grants_of_order=lambda *_: [],
            may_object=lambda *_: True,
        ),
    )
    masked = [MaskedCode(CODE, LINE, 1, None, AT)]
    monkeypatch.setattr(codes, "delivery", SimpleNamespace(masked_codes=lambda shop_id, ids: masked))
    monkeypatch.setattr(
        products,
        "catalog",
        SimpleNamespace(
            list_products=found.answering("list_products", Page((CARD,), "more"), "shop_id"),
            get_product=found.answering("get_product", PRODUCT_VIEW, "shop_id", "key"),
            categories=found.answering("categories", [CategoryView(uuid4(), "c", "C", 1)], "shop_id"),
        ),
    )
    offered = SimpleNamespace(available=found.answering("stock", {SKU: 7}, "shop_id", "skus"))
    monkeypatch.setattr(products, "orders", offered)
    movement = SimpleNamespace(
        tx_id=42, kind="payment", reference="r", amount_minor=990, order_id=ORDER, effective_at=AT
    )
    monkeypatch.setattr(
        balance,
        "ledger",
        SimpleNamespace(
            available=lambda shop_id, account: 5000,
            balance=lambda shop_id, account: 6000,
            entries_of_account=found.answering("entries", [movement, movement], "shop_id", "account"),
        ),
    )
    return found


DOCUMENT = json.loads(document_text())


def fits(response: Any, method: str, path: str) -> dict[str, Any]:
    """The body, after it was checked against the documented schema of its status."""
    operation = DOCUMENT["paths"][f"/api/v1{path}"][method]
    schema = operation["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
    body = response.json()
    jsonschema_rs.validate(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": DOCUMENT["components"],
            "unevaluatedProperties": False,
            **schema,
        },
        body,
    )
    return dict(body)


def test_buy_with_balance(ask: Ask, domain: Domain, shop: ShopView, key: NewApiKey) -> None:
    body = {"lines": [{"sku_id": str(SKU), "quantity": 2}], "payment": "balance", "external_ref": "E-1"}
    response = ask("POST", "/orders", json=body, idem="k")
    assert response.status_code == 201
    shown = fits(response, "post", "/orders")
    assert shown["total"] == {"amount": "19.80", "amount_minor": 1980, "currency": "CNY"}
    assert shown["placed_at"] == "2026-01-01T00:00:00Z"
    assert shown["checkout"] is None
    asked = domain.last("buy_with_balance")
    assert asked.pop("now").tzinfo is not None
    assert asked == {
        "shop_id": shop.id,
        "client_id": key.client.id,
        "wallet_account": f"2207:wallet:{key.client.id}",
        "currency": "CNY",
        "lines": [LineRequest(SKU, 2)],
        "external_ref": "E-1",
        "hold": None,
        "order_id": ORDER,
        "coupons": [],
        "expect_minor": None,
    }


def test_coupons_bundles_and_the_total_that_was_shown(ask: Ask, domain: Domain) -> None:
    coupon, bundle = str(UUID(int=8)), str(UUID(int=9))
    body = {
        "lines": [{"sku_id": str(SKU), "quantity": 2, "bundle_id": bundle}], "payment": "balance", "coupons": [coupon],
        "expected_total": {"amount_minor": 1980, "currency": "CNY"},
    }  # fmt: skip
    assert ask("POST", "/orders", json=body, idem="k").status_code == 201
    asked = domain.last("buy_with_balance")
    assert (asked["coupons"], asked["expect_minor"]) == ([UUID(coupon)], 1980)
    assert asked["lines"] == [LineRequest(SKU, 2, bundle=UUID(bundle))]
    foreign = {**body, "expected_total": {"amount_minor": 1980, "currency": "USD"}}
    refused = ask("POST", "/orders", json=foreign, idem="k2")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_order")


@pytest.mark.parametrize("payment", ["balance", "checkout"])
@pytest.mark.parametrize(
    ("most", "currency", "bought"), [(1980, "CNY", True), (1979, "CNY", False), (1980, "USD", False)]
)
def test_no_more_than_the_buyer_said(
    ask: Ask, domain: Domain, payment: str, most: int, currency: str, bought: bool
) -> None:
    body = {"lines": [GOOD_LINE], "payment": payment, "max_total": {"amount_minor": most, "currency": currency}}
    response = ask("POST", "/orders", json=body, idem="k")
    if bought:
        assert fits(response, "post", "/orders")["total"]["amount_minor"] == most
        return
    problem = check(response, 409, "total_above_limit")
    assert problem["total"] == {"amount": "19.80", "amount_minor": 1980, "currency": "CNY"}
    # Nothing was stored under the key: it may be used again, with another limit.
    again = {**body, "max_total": {"amount_minor": 1980, "currency": "CNY"}}
    assert ask("POST", "/orders", json=again, idem="k").status_code == 201


def test_checkout(ask: Ask, domain: Domain, key: NewApiKey, settings: Any) -> None:
    settings.GOODFOR_PUBLIC_URL = "https://shop.example"
    who = {"ref": "c-7", "contact": "a@b.example", "ip": "192.0.2.1", "locale": "en"}
    body = {"lines": [{"sku_id": str(SKU), "quantity": 1}], "payment": "checkout", "buyer": who}
    shown = fits(ask("POST", "/orders", json=body, idem="k"), "post", "/orders")
    assert shown["state"] == "placed"
    assert shown["checkout"]["url"] == f"https://shop.example/o/{NUMBER}?k=guest-secret"
    asked = domain.last("place_order")
    ref = f"client:{key.client.id}:c-7"
    assert asked["buyer"] == Buyer(ref, "a@b.example", "192.0.2.1", key.client.id, "en")
    again = ask("POST", "/orders", json=body, idem="k")
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == shown
    assert [name for name, _ in domain.calls].count("place_order") == 1
    plain = ask("POST", "/orders", json={k: v for k, v in body.items() if k != "buyer"}, idem="k2")
    assert plain.status_code == 201
    assert domain.last("place_order")["buyer"] == Buyer(f"client:{key.client.id}", client_id=key.client.id)


def test_checkout_leads_to_the_shops_own_host(ask: Ask, domain: Domain, key: NewApiKey, settings: Any) -> None:
    settings.GOODFOR_PUBLIC_URL = "https://platform.example"
    Shop.objects.filter(id=key.client.shop_id).update(host="cards.example")
    body = {"lines": [{"sku_id": str(SKU), "quantity": 1}], "payment": "checkout"}
    assert ask("POST", "/orders", json=body, idem="k").json()["checkout"]["url"].startswith("https://cards.example/o/")


GOOD_LINE = {"sku_id": str(SKU), "quantity": 1}


@pytest.mark.parametrize(
    ("over", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"lines": [GOOD_LINE] * 21}, "/lines"),
        ({"lines": [{**GOOD_LINE, "quantity": 0}]}, "/lines/0/quantity"),
        ({"lines": [{**GOOD_LINE, "quantity": -1}]}, "/lines/0/quantity"),
        ({"lines": [{**GOOD_LINE, "quantity": 10_001}]}, "/lines/0/quantity"),
        ({"lines": [{**GOOD_LINE, "quantity": 10**30}]}, "/lines/0/quantity"),
        ({"lines": [{**GOOD_LINE, "sku_id": "nonsense"}]}, "/lines/0/sku_id"),
        ({"lines": [{**GOOD_LINE, "price": 1}]}, "/lines/0/price"),
        ({"payment": "credit"}, "/payment"),
        ({"external_ref": "a\nb"}, "/external_ref"),
        ({"external_ref": "x" * 65}, "/external_ref"),
        ({"max_total": {"amount_minor": -1, "currency": "CNY"}}, "/max_total/amount_minor"),
        ({"max_total": {"amount_minor": "9.90", "currency": "CNY"}}, "/max_total/amount_minor"),
        ({"max_total": {"amount_minor": 990}}, "/max_total/currency"),
        ({"buyer": {}}, "/buyer/ref"),
        ({"buyer": {"ref": "x", "ip": "not an ip"}}, "/buyer/ip"),
    ],
)
def test_bad_orders(ask: Ask, domain: Domain, over: dict[str, Any], pointer: str) -> None:
    body = {"lines": [GOOD_LINE], "payment": "balance", **over}
    problem = check(ask("POST", "/orders", json=body, idem="k"), 422, "validation_failed")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert domain.calls == []


def test_reads(ask: Ask, domain: Domain, shop: ShopView, key: NewApiKey) -> None:
    assert fits(ask("GET", f"/orders/{NUMBER}"), "get", "/orders/{number}")["id"] == str(ORDER)
    page = fits(ask("GET", "/orders?limit=1"), "get", "/orders")
    assert (len(page["items"]), page["next_cursor"]) == (1, uuid_cursor(ORDER))
    ask("GET", f"/orders?limit=2&cursor={page['next_cursor']}")
    expected = {"shop_id": shop.id, "client_id": key.client.id, "after": ORDER, "limit": 3, "external_ref": None}
    assert domain.last("orders_of_client") == expected
    ask("GET", "/orders?external_ref=ERP-1")
    assert domain.last("orders_of_client")["external_ref"] == "ERP-1"
    assert fits(ask("GET", f"/orders/{NUMBER}/codes"), "get", "/orders/{number}/codes")["items"][0]["position"] == 1
    page = fits(ask("GET", "/products?category=c&q=x&limit=3&cursor=abc"), "get", "/products")
    assert page["next_cursor"] == "more"
    assert domain.last("list_products") == {
        "shop_id": shop.id, "category": "c", "query": "x", "after": "abc", "limit": 3,
    }  # fmt: skip
    assert fits(ask("GET", f"/products/{PRODUCT}"), "get", "/products/{product_id}")["skus"][0]["id"] == str(SKU)
    shelf = fits(ask("GET", "/categories"), "get", "/categories")["items"][0]
    assert shelf == {"slug": "c", "name": "C", "products": 1}
    other = uuid4()
    stock = fits(ask("GET", f"/stock?sku_ids={SKU}&sku_ids={other}&sku_ids={SKU}"), "get", "/stock")
    assert stock["items"] == [{"sku_id": str(SKU), "available": 7}, {"sku_id": str(other), "available": 0}]
    shown = fits(ask("GET", "/balance"), "get", "/balance")
    assert (shown["available"]["amount"], shown["balance"]["amount"]) == ("50.00", "60.00")
    page = fits(ask("GET", "/balance/entries?limit=1"), "get", "/balance/entries")
    assert page["next_cursor"] == number_cursor(42)
    assert fits(ask("GET", f"/refunds/{REFUND}"), "get", "/refunds/{refund_id}")["order_number"] == NUMBER


def test_other_writes(ask: Ask, domain: Domain, shop: ShopView, key: NewApiKey) -> None:
    actor = f"client:{key.client.id}"
    fits(ask("POST", f"/orders/{NUMBER}/cancel", idem="c"), "post", "/orders/{number}/cancel")
    assert (domain.last("cancel_order")["order_id"], domain.last("cancel_order")["actor"]) == (ORDER, actor)
    response = ask("POST", f"/orders/{NUMBER}/refunds", json={"reason": "twice"}, idem="r")
    assert response.status_code == 201
    fits(response, "post", "/orders/{number}/refunds")
    assert domain.last("refund_order")["reason"] == "twice"
    response = ask("POST", f"/orders/{NUMBER}/codes/reveal", json={"code_ids": [str(CODE)]}, idem="v")
    assert fits(response, "post", "/orders/{number}/codes/reveal")["items"][0]["secret"] == "PLAIN-TEXT"
    asked = domain.last("reveal_codes")
    assert (asked["code_ids"], asked["actor"], asked["ip"]) == ([CODE], actor, "127.0.0.1")
    assert ask("POST", f"/orders/{NUMBER}/codes/reveal", idem="v2").status_code == 200
    assert domain.last("reveal_codes")["code_ids"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/orders/{}"), ("GET", "/orders/{}/codes"), ("POST", "/orders/{}/cancel"),
        ("POST", "/orders/{}/refunds"), ("POST", "/orders/{}/codes/reveal"),
    ],
)  # fmt: skip
def test_orders_of_others_are_not_there(ask: Ask, domain: Domain, method: str, path: str) -> None:
    check(ask(method, path.format("G260101XXXXXXXXXX"), idem="k"), 404, "order_not_found")
    assert {name for name, _ in domain.calls} == {"order_of_client"}
    for bad in ("short", "g260101k7m3q9xw2t", "x" * 40, "G26'--"):
        check(ask(method, path.format(bad), idem="k"), 422, "validation_failed")


@pytest.mark.parametrize(
    "path", ["/orders?cursor=nonsense", "/balance/entries?cursor=AQ", f"/orders?cursor={number_cursor(1)}"]
)
def test_bad_cursors(ask: Ask, domain: Domain, path: str) -> None:
    check(ask("GET", path), 400, "invalid_cursor")


@pytest.mark.parametrize("path", ["/stock", "/stock?sku_ids=x", "/stock?" + "&".join([f"sku_ids={SKU}"] * 101)])
def test_bad_stock_questions(ask: Ask, domain: Domain, path: str) -> None:
    check(ask("GET", path), 422, "validation_failed")


def test_off_sale_product_is_not_there(ask: Ask, domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = replace(PRODUCT_VIEW, on_sale=False)
    monkeypatch.setattr(products.catalog, "get_product", lambda shop_id, key: hidden)
    assert ask("GET", f"/products/{PRODUCT}").status_code == 404


SCOPES = [
    ((method, path), operation["security"][0]["ApiKey"][0])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


@pytest.mark.parametrize(("where", "scope"), SCOPES)
def test_each_operation_wants_its_scope(
    shop: ShopView, came: datetime, domain: Domain, where: tuple[str, str], scope: str
) -> None:
    method, template = where
    path = template.removeprefix("/api/v1").format(
        number=NUMBER, product_id=PRODUCT, refund_id=REFUND, claim_id=CLAIM, grant_id=CLAIM
    )
    ask = ask_with(make_client(shop, came, set(Scope) - {Scope(scope)}).api_key)
    response = ask(method.upper(), path, json={} if method == "post" else None, idem="k")
    assert check(response, 403, "insufficient_scope")["scope"] == scope
    assert domain.calls == []


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The handler without the signals of a served request, which would close the test's connection."""
    response = WSGIHandler().get_response(WSGIRequest(environ))
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [b"".join(response)]


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(DOCUMENT)


def _validated(case: schemathesis.Case, key: NewApiKey, settings: Any) -> None:
    settings.MIDDLEWARE = []
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {key.api_key}"}
    case.call_and_validate(app=application, checks=CHECKS)


@schema.parametrize()
@hypothesis_settings(
    max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)
def test_whatever_comes_the_answer_is_documented(
    case: schemathesis.Case, key: NewApiKey, domain: Domain, settings: Any
) -> None:
    _validated(case, key, settings)


@pytest.mark.soak
@schema.parametrize()
@hypothesis_settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_much_comes_and_the_answer_is_documented(
    case: schemathesis.Case, key: NewApiKey, domain: Domain, settings: Any
) -> None:
    _validated(case, key, settings)


def test_paying_in_an_own_app(ask: Ask, domain: Domain, shop: ShopView, settings: Any) -> None:
    settings.GOODFOR_PUBLIC_URL = "https://shop.example"
    body = {"method": "wx/mini", "payer": "oWREN0001", "ip": "192.0.2.7", "device": "wechat"}
    path = f"/orders/{NUMBER}/payments"
    shown = fits(ask("POST", path, json=body, idem="k"), "post", "/orders/{number}/payments")
    assert shown == {"kind": "client", "url": "", "fields": {"package": "prepay_id=1"}}
    asked = domain.last("start_payment")
    assert (asked["order_id"], asked["method"]) == (ORDER, "wx/mini")
    assert asked["payer"] == Payer("192.0.2.7", "wechat", "oWREN0001")
    assert asked["notify_url"] == "https://shop.example/pay/notify"
    check(ask("POST", path, json=body), 400, "idempotency_key_required")
    check(ask("POST", "/orders/G260101UNKNOWN00/payments", json=body, idem="k"), 404, "order_not_found")
    for over in ({"method": "a b"}, {"method": ""}, {"payer": "x y"}, {"device": "tv"}, {"more": 1}):
        check(ask("POST", path, json=body | over, idem="k2"), 422, "validation_failed")
