"""Signatures by the RFC's own example and by the shop's own verifier; settings; replies that must not be believed."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from goodfor.identity import signing as theirs
from goodfor.identity.errors import InvalidSignature, SignatureExpired
from goodfor.identity.types import SignedRequest
from goodfor.kernel.outbound import http
from goodfor.supply.providers.goodfor_shop import signing
from goodfor.supply.providers.goodfor_shop.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    ConfigProblem,
    Doubt,
    ItemPage,
    NotFound,
    Order,
    OrderRef,
    PlaceRequest,
    Refused,
    Site,
    Stock,
)
from goodfor.supply.providers.wire import NoAnswer, NotSent, Reply, Wire

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = bytes(range(32))
KEY = "gf_abcd1234_" + "s" * 32
SKU, ITEM = str(uuid4()), str(uuid4())
NUMBER = "202601010000000001"
REF = "G260101K7M3Q9XW2T"
SITE = Site(
    uuid4(), uuid4(), "peer", "CNY", {"base_url": "https://peer.example.com"},
    {"api_key": KEY, "signing_secret": base64.urlsafe_b64encode(SECRET).decode()},
)  # fmt: skip
REQUEST = PlaceRequest(NUMBER, ITEM, 2, Decimal("19.809"), "CNY", SKU)
PURCHASE, CATALOGUE = CONNECTOR.purchase, CONNECTOR.catalogue


def test_the_example_of_the_rfc() -> None:
    """RFC 9421, B.2.5."""
    secret = base64.b64decode(
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    )
    components = [
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"), ("@authority", "example.com"), ("content-type", "application/json"),
    ]  # fmt: skip
    params = signing.params_of([name for name, _ in components], 1618884473, "test-shared-secret")
    assert signing.sign(components, params, secret) == "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="


def test_the_example_of_a_digest() -> None:
    """RFC 9530, appendix B."""
    assert signing.digest_of(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


def signed(
    method: str = "POST", url: str = "https://peer.example.com/api/v1/orders", body: bytes = b"{}"
) -> SignedRequest:
    headers = signing.headers_of(
        method, url, body, NUMBER, created=int(NOW.timestamp()), key_id="abcd1234", nonce="n" * 24, secret=SECRET
    )
    return SignedRequest(method=method, url=url, headers={**headers, "Idempotency-Key": NUMBER}, body=body)


def test_the_shop_takes_our_signature_and_no_other() -> None:
    def judge(request: SignedRequest, key: bytes = SECRET, now: datetime = NOW) -> str:
        return theirs.verify(request, algorithm="hmac-sha256", key=key, key_id="abcd1234", now=now).nonce

    assert judge(signed()) == "n" * 24
    assert judge(signed("GET", "https://peer.example.com/api/v1/stock?sku_ids=1", b""))
    good = signed()
    for other in (
        replace(good, body=b"{ }"), replace(good, method="PUT"), replace(good, url=good.url + "?x=1"),
        replace(good, headers={**good.headers, "Idempotency-Key": "other"}),
    ):  # fmt: skip
        with pytest.raises(InvalidSignature):
            judge(other)
    with pytest.raises(InvalidSignature):
        judge(good, key=bytes(32))
    with pytest.raises(SignatureExpired):
        judge(good, now=NOW + timedelta(seconds=301))


@pytest.mark.parametrize(
    ("config", "secrets", "field"),
    [
        ({"base_url": "http://peer.example.com"}, {}, "base_url"),
        ({"base_url": "https://peer.example.com/shop"}, {}, "base_url"),
        ({"base_url": "https://peer.example.com?x"}, {}, "base_url"),
        ({}, {"api_key": "gf_x"}, "api_key"),
        ({}, {"api_key": KEY + "\r\nx: y"}, "api_key"),
        ({}, {"signing_secret": "AAAA"}, "signing_secret"),
        ({}, {"signing_secret": "%" * 44}, "signing_secret"),
    ],
)
def test_settings_that_cannot_work(config: dict[str, str], secrets: dict[str, str], field: str) -> None:
    CATALOGUE.check(SITE)
    with pytest.raises(ConfigProblem) as caught:
        CATALOGUE.check(replace(SITE, config={**SITE.config, **config}, secrets={**SITE.secrets, **secrets}))
    assert caught.value.field_name == field
    with pytest.raises(ConfigProblem):
        CATALOGUE.check(replace(SITE, currency="XXX"))


def order(**over: Any) -> dict[str, Any]:
    return {
        "number": REF, "external_ref": NUMBER, "state": "delivered", "total": {"amount": "19.80", "currency": "CNY"},
        "placed_at": "2026-01-01T00:00:00Z", "paid_at": "2026-01-01T00:00:00Z", **over,
    }  # fmt: skip


def problem(status: int, code: str) -> Reply:
    told = {"type": f"urn:goodfor:problem:{code}", "status": status, "code": code, "title": "x"}
    return Reply(status, json.dumps(told).encode())


Answers = Callable[..., Wire]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What the other side says, one after the other."""

    def play(*replies: Reply | Exception | dict[str, Any]) -> Wire:
        left = list(replies)

        def send(method: str, url: str, *_args: Any, **_kwargs: Any) -> Reply:
            told = left.pop(0)
            if isinstance(told, Exception):
                raise told
            return Reply(201, json.dumps(told).encode()) if isinstance(told, dict) else told

        monkeypatch.setattr(http, "send", send)
        return Wire(NOW.timestamp(), lambda: 0.0, (KEY,))

    return play


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (problem(409, "out_of_stock"), Refused("stock", "out_of_stock", "x")),
        (problem(409, "insufficient_funds"), Refused("balance", "insufficient_funds", "x")),
        (problem(409, "total_above_limit"), Refused("price", "total_above_limit", "x")),
        (problem(404, "sku_unknown"), Refused("off_sale", "sku_unknown", "x")),
        (problem(401, "invalid_api_key"), Refused("config", "invalid_api_key", "x")),
        (problem(429, "rate_limited"), Refused("throttled", "rate_limited", "x")),
        (problem(422, "validation_failed"), Refused("request", "validation_failed", "x")),
        (problem(409, "external_ref_used"), Doubt("duplicate")),
        (problem(422, "idempotency_key_reused"), Doubt("duplicate")),
        (problem(409, "idempotency_in_progress"), Doubt("duplicate")),
        (problem(409, "a_word_of_tomorrow"), Doubt("unknown_code")),
        (problem(503, "busy"), Doubt("http_503")),
        (problem(500, "internal_error"), Doubt("http_500")),
        (Reply(403, b"<html>"), Doubt("not_json")),
        (Reply(403, b'{"code":"insufficient_funds"}'), Doubt("http_403")),
        (Reply(409, problem(401, "invalid_api_key").body), Doubt("http_409")),
        (Reply(302, b""), Doubt("http_302")),
        (Reply(201, b""), Doubt("not_json")),
        (Reply(201, b"[]"), Doubt("not_an_object")),
        (order(external_ref="202601010000000002"), Doubt("other_number")),
        (order(total={"amount": "19.80", "currency": "USD"}), Doubt("other_currency")),
        (order(total={"amount": "1e3", "currency": "CNY"}), Doubt("bad_amount")),
        (NotSent(), Refused("not_sent")),
        (NoAnswer("timeout"), Doubt("timeout")),
        (order(state="paid"), Accepted(REF, Decimal("19.80"))),
        (order(state="of_tomorrow"), Accepted(REF, Decimal("19.80"))),
    ],
)  # fmt: skip
def test_what_comes_of_an_order(answers: Answers, reply: Any, outcome: object) -> None:
    assert PURCHASE.place(SITE, answers(reply), REQUEST) == outcome


def test_codes_that_cannot_be_shown_are_no_failure(answers: Answers) -> None:
    for second in (NoAnswer("timeout"), NotSent(), problem(403, "insufficient_scope"), {"items": []}, Reply(502, b"")):
        assert PURCHASE.place(SITE, answers(order(), second), REQUEST) == Accepted(REF, Decimal("19.80"))


def test_what_is_sent(answers: Answers) -> None:
    wire = answers(order(state="paid"))
    PURCHASE.place(SITE, wire, REQUEST)
    assert json.loads(wire.exchanges[0].request) == {
        "lines": [{"sku_id": SKU, "quantity": 2}], "payment": "balance", "external_ref": NUMBER,
        "max_total": {"amount_minor": 1980, "currency": "CNY"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"sku_id": ""}, {"sku_id": "../x"}, {"sku_id": SKU.upper()}, {"quantity": 0}, {"quantity": 501},
              {"currency": "USD"}],
)  # fmt: skip
def test_what_is_never_sent(answers: Answers, wrong: dict[str, Any]) -> None:
    refused = PURCHASE.place(SITE, answers(), replace(REQUEST, **wrong))
    assert isinstance(refused, Refused)
    assert refused.why == "request"


def test_an_order_is_found_without_its_number(answers: Answers) -> None:
    asked = OrderRef(NUMBER, "", NOW)
    other = order(external_ref="x", placed_at="2026-01-01T00:00:09Z")
    seen = PURCHASE.query(SITE, answers({"items": [order()], "next_cursor": None}), asked)
    assert isinstance(seen, Order)
    # A Goodfor of before takes no such question and answers with its latest orders.
    latest = {"items": [other], "next_cursor": "c"}
    seen = PURCHASE.query(SITE, answers(latest, latest, {"items": [order()]}), asked)
    assert isinstance(seen, Order)
    assert (seen.state, seen.ref, seen.charged, seen.has_codes) == ("success", REF, Decimal("19.80"), True)
    # The second page is past the time: nothing older can be it, and nothing more is asked.
    old = order(placed_at="2025-12-31T22:00:00Z")
    assert PURCHASE.query(SITE, answers(latest, {"items": [other, old], "next_cursor": "c"}), asked) == NotFound()
    assert PURCHASE.query(SITE, answers({"items": [], "next_cursor": None}), asked) == NotFound()
    endless = answers(*[latest] * 42)
    assert PURCHASE.query(SITE, endless, asked) == Doubt("too_many_orders")


def test_an_order_is_asked_about(answers: Answers) -> None:
    asked = OrderRef(NUMBER, REF, NOW)
    assert PURCHASE.query(SITE, answers(problem(404, "order_not_found")), asked) == NotFound()
    assert PURCHASE.query(SITE, answers(Reply(404, b"<html>")), asked) == Doubt("not_json")
    assert PURCHASE.query(SITE, answers(order(external_ref=None)), asked) == Doubt("other_number")
    back = PURCHASE.query(SITE, answers(order(state="refunded")), asked)
    assert isinstance(back, Order)
    assert (back.state, back.refunded) == ("refunded", Decimal("19.80"))
    part = PURCHASE.query(SITE, answers(order(refunded={"amount": "5.00", "currency": "CNY"})), asked)
    assert isinstance(part, Order)
    assert (part.state, part.refunded) == ("success", Decimal("5.00"))
    new = PURCHASE.query(SITE, answers(order(state="of_tomorrow")), asked)
    assert isinstance(new, Order)
    assert (new.state, new.word, new.refunded) == ("processing", "of_tomorrow", Decimal(0))
    assert PURCHASE.codes(SITE, answers(order(state="refunding")), asked) == ()
    assert PURCHASE.cancel(SITE, answers(problem(409, "codes_revealed")), asked, "x") == Refused(
        "request", "codes_revealed", "x"
    )


def test_balance_is_exact(answers: Answers) -> None:
    told = {"available": {"amount": "0.10", "currency": "CNY"}}
    assert CATALOGUE.balance(SITE, answers(told)) == Balance(Decimal("0.10"), "CNY")


def test_the_list_names_what_is_ordered(answers: Answers) -> None:
    """The only SKU costs the least price; of several each has its own, and a product may be gone by then."""
    five, nine = ({"amount": amount, "currency": "CNY"} for amount in ("5.00", "9.00"))
    ids = [str(uuid4()) for _ in range(4)]
    many, gone = str(uuid4()), str(uuid4())
    listed = [
        {"id": ITEM, "name": "one", "from_price": five, "sku_ids": [SKU]},
        {"id": many, "name": "many", "from_price": five, "sku_ids": ids[:2]},
        {"id": gone, "name": "gone", "from_price": five, "sku_ids": ids[2:]},
    ]
    skus = [
        {"id": number, "name": name, "price": price, "on_sale": True, "delivery_kind": kind, "per_order_limit": 10}
        for number, name, price, kind in zip(ids, ("a", "b"), (five, nine), ("code", "top_up"), strict=False)
    ]
    page = CATALOGUE.page(
        SITE,
        answers(
            {"items": listed, "next_cursor": None},
            {"items": [{"sku_id": SKU, "available": 3}, {"sku_id": ids[1], "available": 0}]},
            {"id": many, "name": "many", "on_sale": True, "skus": skus},
            problem(404, "product_unknown"),
        ),
        None,
        None,
    )
    assert isinstance(page, ItemPage)
    assert [(item.id, sku.id, sku.cost, sku.stock, sku.on_sale) for item in page.items for sku in item.skus] == [
        (ITEM, SKU, Decimal(5), Stock("exact", 3), True),
        (many, ids[0], Decimal(5), Stock(), True),
        (many, ids[1], Decimal(9), Stock("out", 0), False),
    ]
