"""The protocol's signatures, as worked out in its description, and what must not verify."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from goodfor.supply.providers.dujiao import signing
from goodfor.supply.providers.dujiao.client import body_of
from goodfor.supply.providers.dujiao.connector import CONNECTOR
from goodfor.supply.providers.dujiao.purchase import fields_of
from goodfor.supply.providers.values import Call, CallProblem, Heard, OrderEvent, PlaceRequest, Site

SECRET, API_KEY, STAMP, NOW = "dj-secret", "dj-key-1", "1767225600", 1767225601.0
PATH = "/in/supply/abc"
CONFIG = {"base_url": "https://dj.example.com", "api_key": API_KEY}
SITE = Site(uuid4(), uuid4(), "dj", "CNY", CONFIG, {"secret": SECRET})
TOLD: dict[str, Any] = {
    "event": "order.delivered", "order_id": 7, "order_no": "DJ7", "downstream_order_no": "HUB2601010004",
    "status": "delivered", "amount": "9.90", "currency": "CNY", "timestamp": 1767225600,
    "fulfillment": {"type": "auto", "status": "delivered", "payload": "SECRET-1\r\n"},
}  # fmt: skip


def test_a_request() -> None:
    body = body_of(fields_of(PlaceRequest("HUB2601010004", "9", 1, Decimal(1), "CNY", sku_id="1")))
    assert body == b'{"sku_id":1,"quantity":1,"downstream_order_no":"HUB2601010004"}'
    assert signing.sign(SECRET, "POST", "/api/v1/upstream/orders", STAMP, body) == (
        "c5c6569afcf4db0bc628e9b506e432ba3a803286b5e1302923156d1d39d97f85"
    )
    assert signing.sign(SECRET, "POST", "/api/v1/upstream/ping", STAMP, b"") == (
        "1468c50c212908855ee699101da3c522d33c615c089066b6cd04971a26f3a415"
    )


@pytest.mark.parametrize(
    "other",
    [
        ("dj-secreT", "POST", "/api/v1/upstream/ping", STAMP, b""),
        (SECRET, "GET", "/api/v1/upstream/ping", STAMP, b""),
        (SECRET, "post", "/api/v1/upstream/ping", STAMP, b""), (SECRET, "POST", "/api/v1/upstream/ping/", STAMP, b""),
        (SECRET, "POST", "/ping", STAMP, b""), (SECRET, "POST", "/api/v1/upstream/ping", "1767225601", b""),
        (SECRET, "POST", "/api/v1/upstream/ping", STAMP, b"{}"),
    ],
)  # fmt: skip
def test_a_changed_request_has_another(other: tuple[str, str, str, str, bytes]) -> None:
    assert signing.sign(*other) != "1468c50c212908855ee699101da3c522d33c615c089066b6cd04971a26f3a415"


def call(told: Any, *, stamp: str = STAMP, path: str = PATH, secret: str = SECRET, **over: str) -> Call:
    body = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
    headers = {
        "dujiao-next-api-key": API_KEY, "dujiao-next-timestamp": stamp,
        "dujiao-next-signature": signing.sign(secret, "POST", path, stamp, body),
    }  # fmt: skip
    return Call("POST", path, b"", headers | {f"dujiao-next-{name}": value for name, value in over.items()}, body)


def hear(one: Call, now: float = NOW) -> Heard:
    assert CONNECTOR.webhook is not None
    return CONNECTOR.webhook.hear(SITE, one, now)


def test_a_call_is_heard() -> None:
    heard = hear(call(TOLD))
    (event,) = heard.events
    assert isinstance(event, OrderEvent)
    assert (event.number, event.ref) == ("HUB2601010004", "7")
    assert event.told is not None
    # How many codes there should be, a call does not say: they are fetched.
    assert (event.told.state, event.told.codes, event.told.has_codes) == ("success", (), True)
    assert event.told.charged == Decimal("9.90")
    assert (heard.ack, heard.ack_type) == (b'{"ok":true,"message":"received"}', "application/json")


def test_a_repeat_has_the_same_key_and_a_change_another() -> None:
    first = hear(call(TOLD)).key
    assert hear(call(TOLD | {"timestamp": 1767225630}, stamp="1767225630")).key == first
    assert hear(call(TOLD | {"status": "completed"})).key != first


@pytest.mark.parametrize(
    "over",
    [
        {"signature": ""}, {"signature": "0" * 64}, {"signature": "\xe9"}, {"api-key": "dj-key-2"},
        {"api-key": "DJ-KEY-1"},
        {"api-key": ""}, {"timestamp": "1767225601"}, {"timestamp": ""}, {"timestamp": "1767225600 "},
        {"timestamp": "１７６７２２５６００"},
    ],
)  # fmt: skip
def test_other_headers_prove_nothing(over: dict[str, str]) -> None:
    with pytest.raises(CallProblem):
        hear(call(TOLD, **over))


def test_another_body_path_method_secret_or_time_proves_nothing() -> None:
    good = call(TOLD)
    dropped = {name: value for name, value in TOLD.items() if name != "event"}
    bodies = [
        dropped,
        TOLD | {"status": "canceled"},
        TOLD | {"more": ""},
        TOLD | {"order_no": "dj7"},
        {**TOLD, "order_id": "7"},
    ]
    for body in (*(json.dumps(one).encode() for one in bodies), good.body + b" ", b""):
        with pytest.raises(CallProblem, match="bad_signature"):
            hear(Call("POST", PATH, b"", good.headers, body))
    with pytest.raises(CallProblem, match="bad_signature"):
        hear(Call("POST", PATH + "d", b"", good.headers, good.body))
    with pytest.raises(CallProblem, match="bad_shape"):
        hear(Call("GET", PATH, b"", good.headers, good.body))
    with pytest.raises(CallProblem, match="bad_signature"):
        hear(call(TOLD, secret="dj-secreT"))
    for now in (NOW + 61, NOW - 63):
        with pytest.raises(CallProblem, match="old"):
            hear(good, now)


@pytest.mark.parametrize(
    "told",
    [
        {}, [], "x", b"", b"\xff", b"[" * 100_000, {"downstream_order_no": ""}, {"downstream_order_no": "1"},
        {"downstream_order_no": "1", "order_id": "../x"}, {"downstream_order_no": ["1"], "order_id": 1},
    ],
)  # fmt: skip
def test_nonsense_with_the_right_signature_is_no_crash(told: Any) -> None:
    with pytest.raises(CallProblem):
        hear(call(told))
