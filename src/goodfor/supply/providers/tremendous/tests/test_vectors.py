"""Tremendous: the signature of its calls, what must not verify, and what becomes of replies as they really come."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from goodfor.kernel.outbound import http
from goodfor.supply.providers.numbers import BadReply
from goodfor.supply.providers.tremendous import signing
from goodfor.supply.providers.tremendous.connector import CONNECTOR
from goodfor.supply.providers.tremendous.orders import order_of
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Call,
    CallProblem,
    ConfigProblem,
    Delivered,
    Doubt,
    Item,
    ItemEvent,
    ItemPage,
    NotFound,
    Order,
    OrderEvent,
    OrderRef,
    PlaceRequest,
    Quote,
    Refused,
    Site,
)
from goodfor.supply.providers.wire import Wire

BODY = b'{"event":"REWARDS.DELIVERY.SUCCEEDED","uuid":"u1"}'
SIGN = "sha256=a48ceeb29824738107b0de0e3d29d23b18594d13b523acf27afbb4446ad7ab4e"
NUMBER = "123456789012345678"
LINK = "https://reward.example.com/r/s3cret/1"
ORDER: dict[str, Any] = {
    "id": "ORD1", "external_id": NUMBER, "status": "EXECUTED", "payment": {"total": 25.5},
    "rewards": [{"id": "REW1", "delivery": {"method": "LINK", "status": "SUCCEEDED", "link": LINK}}],
}  # fmt: skip
PRODUCT = {
    "id": "PROD1", "name": "Demo Coffee", "category": "merchant_card", "currency_codes": ["USD", "EUR"],
    "countries": [{"abbr": "US"}, "CA"], "skus": [{"min": 7, "max": 7}, {"min": "10.00", "max": 60}],
    "usage_instructions": "At the counter.",
}  # fmt: skip


def site(**config: str) -> Site:
    secrets = {"api_key": "TEST_key_0001", "webhook_key": config.pop("webhook_key", "tr-key")}
    base = {"base_url": "https://rewards.example.com/api/v2"}
    return Site(uuid4(), uuid4(), "tre", "USD", base | config, secrets)


def request(**over: Any) -> PlaceRequest:
    base: dict[str, Any] = {
        "number": NUMBER, "item_id": "PROD1", "sku_id": "USD-25.5", "quantity": 1, "max_cost": Decimal(26),
        "currency": "USD",
    }  # fmt: skip
    return PlaceRequest(**(base | over))


REF = OrderRef(NUMBER, "", datetime(2026, 1, 1, tzinfo=UTC))
Say = Callable[..., list[tuple[str, str, bytes]]]


@pytest.fixture
def wire() -> Wire:
    return Wire(1767225600.0, lambda: 0.0)


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Replies that come one after the other, (status, document or bytes); gives the requests that were sent."""

    def these(*replies: Any) -> list[tuple[str, str, bytes]]:
        left, sent = list(replies), []

        def send(method: str, url: str, body: bytes = b"", headers: Any = None, **_: Any) -> http.Reply:
            assert headers["authorization"] == "Bearer TEST_key_0001"
            sent.append((method, url.removeprefix("https://rewards.example.com/api/v2"), body))
            next_one = left.pop(0)
            if isinstance(next_one, Exception):
                raise next_one
            status, told = next_one
            return http.Reply(status, told if isinstance(told, bytes) else json.dumps(told).encode())

        monkeypatch.setattr(http, "send", send)
        return sent

    return these


def test_the_vector() -> None:
    assert signing.sign("tr-key", BODY) == SIGN


def call(body: bytes, sign: str | None = None, **over: Any) -> Call:
    headers = {signing.HEADER: signing.sign("tr-key", body) if sign is None else sign}
    return Call(**({"method": "POST", "path": "/cb", "headers": headers, "body": body} | over))


def hear(told: Call, **config: str) -> Any:
    assert CONNECTOR.webhook is not None
    return CONNECTOR.webhook.hear(site(**config), told, 1767225601.0)


def test_calls_are_heard() -> None:
    assert (hear(call(BODY, SIGN)).events, hear(call(BODY)).key) == ((), "tremendous:u1")
    told = {"event": "ORDERS.APPROVED", "uuid": "u2", "payload": {"resource": {"id": "ORD1", "type": "orders"}}}
    # What changed is to be asked for: nothing is told.
    assert hear(call(json.dumps(told).encode())).events == (OrderEvent("", "ORD1"),)
    told |= {"event": "PRODUCTS.UPDATED", "payload": {"resource": {"id": "PROD1", "type": "products"}}}
    assert hear(call(json.dumps(told).encode())).events == (ItemEvent("PROD1"),)
    told |= {"event": "INVOICES.PAID"}
    assert hear(call(json.dumps(told).encode())).events == ()


@pytest.mark.parametrize(
    "forged",
    [
        call(BODY.replace(b"u1", b"u2"), SIGN),
        call(b'{"event":"REWARDS.DELIVERY.SUCCEEDED"}', SIGN),
        call(b'{"event":"REWARDS.DELIVERY.SUCCEEDED","uuid":"u1","more":""}', SIGN),
        call(BODY + b"\n", SIGN),
        call(BODY.lower(), SIGN),
        call(BODY, SIGN.upper()),
        call(BODY, SIGN.removeprefix("sha256=")),
        call(BODY, signing.sign("tr-kez", BODY)),
        call(BODY, ""),
        call(BODY, "sha256=ä"),
        call(BODY, headers={}),
        call(BODY, SIGN, method="GET"),
    ],
)
def test_a_changed_call_proves_nothing(forged: Call) -> None:
    with pytest.raises(CallProblem):
        hear(forged)


def test_without_a_key_no_call_proves_anything() -> None:
    with pytest.raises(CallProblem, match="no_key"):
        hear(call(BODY, signing.sign("", BODY)), webhook_key="")


@pytest.mark.parametrize("told", [[], "x", {}, {"event": "ORDERS.FAILED"}, {"event": "ORDERS.FAILED", "payload": []}])
def test_nonsense_with_the_right_signature_is_no_crash(told: object) -> None:
    with pytest.raises(CallProblem):
        hear(call(json.dumps(told).encode()))


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"base_url": "http://rewards.example.com"}, "base_url"), ({"base_url": "https://x.example/?a=b"}, "base_url"),
        ({"method": "POST"}, "method"), ({"values": "5,x"}, "values"), ({"values": "5,-1"}, "values"),
        ({"catalogue_filter": "a=b#"}, "catalogue_filter"), ({"funding_source": "a b c d"}, "funding_source"),
    ],
)  # fmt: skip
def test_settings_are_checked(config: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigProblem) as found:
        CONNECTOR.catalogue.check(site(**config))
    assert found.value.field_name == name
    assert "TEST_key" not in repr(found.value)


def test_buying(say: Say, wire: Wire) -> None:
    sent = say((200, {"order": ORDER}))
    placed = CONNECTOR.purchase.place(site(), wire, request())
    assert isinstance(placed, Delivered)
    assert (placed.ref, placed.cost) == ("ORD1", Decimal("25.5"))
    assert [(code.link, code.ref) for code in placed.codes] == [(LINK, "REW1")]
    ((method, path, body),) = sent
    assert (method, path) == ("POST", "/orders")
    assert json.loads(body) == {
        "external_id": NUMBER, "payment": {"funding_source_id": "balance"},
        "reward": {
            "products": ["PROD1"], "value": {"denomination": 25.5, "currency_code": "USD"},
            "delivery": {"method": "LINK"},
        },
    }  # fmt: skip
    # What came is not in what is kept, nor in anything that is printed.
    assert LINK not in repr(wire.exchanges) + repr(placed)
    assert "TEST_key" not in repr(wire.exchanges) + repr(site())


def test_buying_again_gives_the_same_and_sends_the_same(say: Say, wire: Wire) -> None:
    sent = say((201, ORDER), (201, ORDER))
    first, second = (CONNECTOR.purchase.place(site(), wire, request()) for _ in range(2))
    assert first == second
    assert sent[0] == sent[1]


def test_buying_for_somebody(say: Say, wire: Wire) -> None:
    waiting = ORDER | {"rewards": [{"id": "REW1", "delivery": {"method": "EMAIL", "status": "PENDING"}}]}
    sent = say((200, {"order": waiting}))
    form = {"email": " a@b.example ", "more": "x"}
    assert isinstance(CONNECTOR.purchase.place(site(method="EMAIL"), wire, request(form=form)), Accepted)
    assert json.loads(sent[0][2])["reward"]["recipient"] == {"email": "a@b.example"}
    assert CONNECTOR.purchase.place(site(method="EMAIL"), wire, request()) == Refused("account", "form")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((409, {"errors": {"message": "external_id"}}), Doubt("duplicate")),
        ((401, {"errors": {"message": "no"}}), Refused("config", "401", "no")),
        ((401, b"<html>"), Doubt("http_401")),
        ((403, {}), Doubt("http_403")),
        ((422, {"errors": {"message": "?"}}), Doubt("http_422")),
        ((429, {"errors": {"message": "?"}}), Doubt("http_429")),
        ((500, {"errors": {"message": "?"}}), Doubt("http_500")),
        ((302, b""), Doubt("http_302")),
        ((200, b"<html>"), Doubt("not_json")),
        ((200, {"order": ORDER | {"external_id": "123456789012345679"}}), Doubt("other_number")),
        ((200, {}), Doubt("no_number")),
        (http.NotSent(), Refused("not_sent")),
        (http.NoAnswer("timeout"), Doubt("timeout")),
    ],
)
def test_what_is_no_answer_is_doubt(reply: Any, said: Any, say: Say, wire: Wire) -> None:
    say(reply)
    assert CONNECTOR.purchase.place(site(), wire, request()) == said


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"max_cost": Decimal("25.49")}, Refused("price", "guard")), ({"quantity": 2}, Refused("request", "quantity")),
        ({"sku_id": "25"}, Refused("request", "sku_id")), ({"sku_id": "USD-0"}, Refused("request", "sku_id")),
        ({"sku_id": "EUR-25"}, Refused("request", "currency")), ({"currency": "CNY"}, Refused("request", "currency")),
        ({"item_id": "../x"}, Refused("request", "item_id")),
    ],
)  # fmt: skip
def test_what_cannot_be_bought_is_not_sent(over: dict[str, Any], said: Refused, say: Say, wire: Wire) -> None:
    sent = say()
    assert CONNECTOR.purchase.place(site(), wire, request(**over)) == said
    assert sent == []


def test_asking(say: Say, wire: Wire) -> None:
    sent = say((200, {"order": ORDER}), (404, {"errors": {"message": "x"}}), (404, b"<html>"), (422, {"errors": "x"}))
    found = CONNECTOR.purchase.query(site(), wire, REF)
    assert isinstance(found, Order)
    assert (found.state, len(found.codes), found.word) == ("success", 1, "EXECUTED SUCCEEDED")
    assert sent[0][:2] == ("GET", f"/orders/{NUMBER}")
    assert CONNECTOR.purchase.query(site(), wire, REF) == NotFound()
    assert CONNECTOR.purchase.query(site(), wire, REF) == Doubt("http_404")
    assert CONNECTOR.purchase.query(site(), wire, REF) == Doubt("http_422")


@pytest.mark.parametrize(
    ("over", "state"),
    [
        ({"status": "OPEN"}, "accepted"), ({"status": "PENDING APPROVAL"}, "accepted"),
        ({"status": "PENDING INTERNAL PAYMENT APPROVAL"}, "accepted"), ({"status": "CANCELED"}, "cancelled"),
        ({"status": "FAILED"}, "failed"), ({"status": "NEW WORD"}, "processing"), ({"status": None}, "processing"),
        ({"status": 7}, "processing"), ({"rewards": None}, "processing"), ({"rewards": []}, "processing"),
        ({"rewards": [{"delivery": {"method": "EMAIL", "status": "FAILED"}}]}, "processing"),
        ({"rewards": [{"delivery": {"method": "EMAIL", "status": "SUCCEEDED"}}]}, "success"),
        ({"rewards": [{"delivery": None}]}, "processing"), ({"payment": "25"}, "success"),
    ],
)  # fmt: skip
def test_words_of_orders(over: dict[str, Any], state: str) -> None:
    assert order_of(ORDER | over).state == state


def test_dirty_orders() -> None:
    assert order_of(ORDER | {"payment": {"total": "25.50"}}).charged == Decimal("25.50")
    assert order_of(ORDER | {"payment": {"total": True}}).charged is None
    link = {"id": 5, "delivery": {"method": "LINK", "status": "SUCCEEDED", "link": LINK + "\r\n"}}
    assert [(one.link, one.ref) for one in order_of(ORDER | {"rewards": [link]}).codes] == [(LINK, "5")]
    for broken in ({"rewards": "x"}, {"external_id": ""}, {"external_id": None}, {"rewards": ["x"]}):
        with pytest.raises(BadReply):
            order_of(ORDER | broken)


def test_a_link_is_made_where_none_came(say: Say, wire: Wire) -> None:
    bare = ORDER | {"rewards": [{"id": "REW1", "delivery": {"method": "LINK", "status": "SUCCEEDED"}}]}
    sent = say((200, {"order": bare}), (200, {"reward": {"id": "REW1", "link": LINK}}))
    codes = CONNECTOR.purchase.codes(site(), wire, REF)
    assert isinstance(codes, tuple)
    assert [(one.link, one.ref) for one in codes] == [(LINK, "REW1")]
    assert sent[1][:2] == ("POST", "/rewards/REW1/generate_link")
    assert LINK not in repr(wire.exchanges)
    say((200, {"order": bare}), (200, {"reward": {"id": "REW2", "link": LINK}}))
    assert CONNECTOR.purchase.codes(site(), wire, REF) == Doubt("other_reward")
    say((200, {"order": bare}), (200, {}))
    assert CONNECTOR.purchase.codes(site(), wire, REF) == Doubt("no_link")


def test_taking_back(say: Say, wire: Wire) -> None:
    sent = say((200, {"order": ORDER}), (200, {}), (200, {"reward": {}}), (422, {"errors": {"message": "used"}}))
    assert CONNECTOR.purchase.cancel(site(), wire, REF, "") == Accepted("ORD1")
    assert sent[1][:2] == ("POST", "/rewards/REW1/cancel")
    assert CONNECTOR.after is not None
    assert CONNECTOR.after.void(site(), wire, "REW1") == "voiding"
    assert CONNECTOR.after.void(site(), wire, "REW1") == Refused("failed", "422", "used")
    assert CONNECTOR.after.void(site(), wire, "../x") == Refused("request", "no_ref")


def test_products(say: Say, wire: Wire) -> None:
    foreign = PRODUCT | {"id": "PROD2", "currency_codes": ["EUR"]}
    odd = {"id": "PROD3", "name": 5, "skus": [{"min": None, "max": "x"}, {"min": 9, "max": 3}], "currency_codes": "USD"}
    sent = say((200, {"products": [PRODUCT, foreign, odd]}))
    page = CONNECTOR.catalogue.page(site(catalogue_filter="country=US"), wire, None, None)
    assert isinstance(page, ItemPage)
    assert sent[0][1] == "/products?country=US"
    coffee, other, broken = page.items
    assert page.cursor is None
    assert [one.id for one in coffee.skus] == ["USD-7", "USD-10", "USD-15", "USD-20", "USD-25", "USD-50"]
    assert (coffee.kind, coffee.state, coffee.cost, coffee.most) == ("link", "on", Decimal(7), 1)
    assert coffee.text == "At the counter.\n(US, CA)"
    assert (other.state, broken.state, broken.name) == ("paused", "paused", "5")


def test_one_product(say: Say, wire: Wire) -> None:
    say((200, {"products": [PRODUCT]}), (200, {"products": []}), (200, {"products": None}), (200, {"items": []}))
    item = CONNECTOR.catalogue.item(site(), wire, "PROD1")
    assert isinstance(item, Item)
    assert CONNECTOR.catalogue.item(site(), wire, "PROD1") == Refused("off_sale", "item")
    assert CONNECTOR.catalogue.item(site(), wire, "PROD1") == Refused("off_sale", "item")
    assert CONNECTOR.catalogue.item(site(), wire, "PROD1") == Doubt("no_products")


def test_quotes(say: Say, wire: Wire) -> None:
    say(*[(200, {"products": [PRODUCT]})] * 3)
    found = CONNECTOR.catalogue.quote(site(), wire, "PROD1", "USD-33.30", 1)
    assert isinstance(found, Quote)
    assert (found.total, found.on_sale) == (Decimal("33.30"), True)
    assert CONNECTOR.catalogue.quote(site(), wire, "PROD1", "USD-60.01", 1) == Refused("off_sale", "sku")
    assert CONNECTOR.catalogue.quote(site(), wire, "PROD1", "EUR-20", 1) == Refused("off_sale", "sku")
    assert CONNECTOR.catalogue.quote(site(), wire, "PROD1", "USD-20", 2) == Refused("request", "quantity")


def test_the_balance(say: Say, wire: Wire) -> None:
    own = {"id": "ABCD", "method": "balance", "meta": {"available_cents": 123456}}
    say((200, {"funding_sources": [own, {"id": "EFGH", "method": "bank"}]}))
    assert CONNECTOR.catalogue.balance(site(), wire) == Balance(Decimal("1234.56"), "USD")
    for told, reason in (
        ([], "no_source"), ([own, own], "doubled_source"), ([own | {"meta": {}}], "no_balance"),
        ([own | {"meta": {"available_cents": "12.3"}}], "no_balance"),
    ):  # fmt: skip
        say((200, {"funding_sources": told}))
        assert CONNECTOR.catalogue.balance(site(), wire) == Doubt(reason)
