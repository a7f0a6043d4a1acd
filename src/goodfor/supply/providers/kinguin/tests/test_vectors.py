"""Calls of Kinguin: a shared word proves them, and what they say must not be believed."""

import json
from typing import Any
from uuid import uuid4

import pytest

from goodfor.supply.providers.kinguin.connector import CONNECTOR
from goodfor.supply.providers.values import Call, CallProblem, ConfigProblem, ItemEvent, OrderEvent, Site

API_KEY, SECRET = "made-up-api-key-0001", "made-up word 0001"
CONFIG = {"base_url": "https://esa.example.com/esa/api"}
SECRETS = {"api_key": API_KEY, "event_secret": SECRET}
SITE = Site(uuid4(), uuid4(), "kgn", "EUR", CONFIG, SECRETS)
NUMBER = "202601010000000006"
ORDER = {
    "orderId": "PHS84FJAG5U", "orderExternalId": NUMBER, "status": "completed",
    "updatedAt": "2026-01-01T11:24:08.025+00:00",
}  # fmt: skip
PRODUCT = {
    "kinguinId": 1949, "productId": "5c9b5f6b2539a4e8f172916a", "qty": 845, "textQty": 845,
    "cheapestOfferId": ["611222acff9ca40001f0b020"], "updatedAt": "2026-01-01T11:24:08.025+00:00",
}  # fmt: skip
NOW = 1767266649.0


def call(told: object, name: str = "order.status", secret: str | None = SECRET, method: str = "POST") -> Call:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    headers = {"x-event-name": name} | ({} if secret is None else {"x-event-secret": secret})
    return Call(method, "/cb", b"", headers, body)


def test_calls_are_reasons_to_ask() -> None:
    hear = CONNECTOR.webhook
    assert hear is not None
    heard = hear.hear(SITE, call(ORDER), NOW)
    assert heard.events == (OrderEvent(NUMBER, "PHS84FJAG5U", None),)
    assert heard.ack == b""
    assert hear.hear(SITE, call(PRODUCT, "product.update"), NOW).events == (ItemEvent("1949"),)
    assert hear.hear(SITE, call(ORDER | {"orderExternalId": None}), NOW).events == (OrderEvent("", "PHS84FJAG5U"),)
    assert CONNECTOR.about.calls == "secret"


def test_the_same_call_has_the_same_key() -> None:
    hear = CONNECTOR.webhook
    assert hear is not None
    key = hear.hear(SITE, call(ORDER), NOW).key
    assert hear.hear(SITE, call(dict(reversed(ORDER.items()))), NOW + 3600).key == key
    for change in ({"status": "refunded"}, {"updatedAt": "2026-01-01T11:24:09.025+00:00"}, {"orderId": "P2"}):
        assert hear.hear(SITE, call(ORDER | change), NOW).key != key


@pytest.mark.parametrize(
    "secret", [None, "", SECRET[:-1], SECRET + "0", SECRET.upper(), f" {SECRET}", "é" * 9, "\ud800", API_KEY]
)
def test_another_word_proves_nothing(secret: str | None) -> None:
    assert CONNECTOR.webhook is not None
    with pytest.raises(CallProblem) as problem:
        CONNECTOR.webhook.hear(SITE, call(ORDER, secret=secret), NOW)
    assert problem.value.code == "bad_secret"


def test_without_a_word_nothing_is_heard() -> None:
    assert CONNECTOR.webhook is not None
    site = Site(SITE.id, SITE.shop_id, "kgn", "EUR", CONFIG, {"api_key": API_KEY})
    for secret in ("", None, SECRET):
        with pytest.raises(CallProblem) as problem:
            CONNECTOR.webhook.hear(site, call(ORDER, secret=secret), NOW)
        assert problem.value.code == "not_set_up"


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({}, "order.status"), ([], "order.status"), (b"", "order.status"), (b"<x>", "order.status"),
        (ORDER | {"orderId": "", "orderExternalId": ""}, "order.status"), (ORDER | {"orderId": "../1"}, "order.status"),
        (ORDER | {"orderExternalId": "1" * 65}, "order.status"), (ORDER, "order.gone"), (ORDER, ""),
        (ORDER, "product.update"), (PRODUCT | {"kinguinId": "x"}, "product.update"), (PRODUCT, "order.status"),
        (b"[" * 100_000, "order.status"), (b"\xff", "order.status"),
    ],
)  # fmt: skip
def test_nonsense_with_the_right_word_is_no_crash(told: object, name: str) -> None:
    assert CONNECTOR.webhook is not None
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(SITE, call(told, name), NOW)


def test_only_a_post_of_a_sane_size_is_read() -> None:
    assert CONNECTOR.webhook is not None
    for bad in (call(ORDER, method="GET"), call(ORDER | {"more": "x" * 300_000})):
        with pytest.raises(CallProblem) as problem:
            CONNECTOR.webhook.hear(SITE, bad, NOW)
        assert problem.value.code == "bad_shape"


@pytest.mark.parametrize(
    ("config", "secrets", "currency", "name"),
    [
        ({"base_url": "http://esa.example.com"}, {}, "EUR", "base_url"), ({}, {"api_key": ""}, "EUR", "api_key"),
        ({}, {"api_key": "a b c d e f g"}, "EUR", "api_key"), ({}, {"event_secret": "short"}, "EUR", "event_secret"),
        ({"key_type": "image"}, {}, "EUR", "key_type"), ({}, {}, "CNY", "currency"),
    ],
)  # fmt: skip
def test_settings_are_checked(config: dict[str, Any], secrets: dict[str, str], currency: str, name: str) -> None:
    site = Site(SITE.id, SITE.shop_id, "kgn", currency, CONFIG | config, SECRETS | secrets)
    with pytest.raises(ConfigProblem) as problem:
        CONNECTOR.catalogue.check(site)
    assert problem.value.field_name == name
    CONNECTOR.catalogue.check(SITE)


def test_secrets_are_not_shown() -> None:
    assert API_KEY not in repr(SITE)
    assert SECRET not in repr(call(ORDER))
