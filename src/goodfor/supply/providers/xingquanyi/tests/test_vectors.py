"""The vendor's signature, as worked out in the protocol's description, and what must not verify."""

import json
from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from goodfor.supply.providers.values import Call, CallProblem, ConfigProblem, Event, ItemEvent, Order, OrderEvent, Site
from goodfor.supply.providers.xingquanyi import signing
from goodfor.supply.providers.xingquanyi.connector import CONNECTOR

KEY = "xqy-key"
CONFIG = {"base_url": "https://xqy.example.com", "customer_id": "10939"}
SITE = Site(uuid4(), uuid4(), "xqy", "CNY", CONFIG, {"key": KEY})
REQUEST = {
    "customer_id": "10939", "timestamp": "1767225600", "product_id": "1886", "quantity": "1",
    "recharge_account": "13800138000", "outer_order_id": "HUB2601010008", "safe_cost": "0.60",
    "notify_url": "https://hub.example.com/cb/xqy", "recharge_template_input_items[区服]": "一区",
}  # fmt: skip
SIGN = "2c5187a9f00f54e4be805d6c521edc04"
TOLD = {
    "order_id": "X1", "outer_order_id": "HUB2601010008", "product_id": "1886", "quantity": "1", "state": "200",
    "state_info": "", "created_at": "2026-01-01 08:00:00", "timestamp": "1767225600", "customer_id": "10939",
}  # fmt: skip
CHANGED = {
    "event_type": "stock_changed", "event_data": json.dumps({"product_id": 1886, "stock_state": 1}),
    "timestamp": "1767225600", "customer_id": "10939",
}  # fmt: skip
NOW = 1767225601.0


def test_a_request() -> None:
    assert signing.sign(REQUEST, KEY) == SIGN
    assert signing.sign(dict(reversed(REQUEST.items())) | {"sign": "x"}, KEY) == SIGN


@pytest.mark.parametrize("name", sorted(REQUEST))
def test_every_field_counts(name: str) -> None:
    assert signing.sign(REQUEST | {name: REQUEST[name] + "0"}, KEY) != SIGN
    assert signing.sign({key: value for key, value in REQUEST.items() if key != name}, KEY) != SIGN
    assert signing.sign(REQUEST, KEY[::-1]) != SIGN


def call(fields: dict[str, str], sign: str | None = None, more: Sequence[tuple[str, str]] = ()) -> Call:
    """As the vendor calls; `more` is what it does not sign."""
    signature = signing.sign(fields, KEY) if sign is None else sign
    return Call("POST", "/cb", b"", {}, urlencode([*fields.items(), *more, ("sign", signature)]).encode())


def hear(made: Call, now: float = NOW) -> tuple[Event, str, bytes]:
    assert CONNECTOR.webhook is not None
    heard = CONNECTOR.webhook.hear(SITE, made, now)
    (event,) = heard.events
    return event, heard.key, heard.ack


def test_a_call_is_heard_and_its_codes_are_not() -> None:
    event, key, ack = hear(call(TOLD))
    assert event == OrderEvent("HUB2601010008", "X1", Order("success", "HUB2601010008", "X1", word="200"))
    assert ack == b"ok"
    cards = [("cards[0][card_no]", "N"), ("cards[0][card_password]", "P"), ("tickets", "[]"), ("tickets", "[]")]
    assert hear(call(TOLD, more=cards)) == (event, key, ack)
    # They sign empty fields, or they do not.
    bare = {name: value for name, value in TOLD.items() if value}
    assert hear(call(TOLD, signing.sign(bare, KEY)))[0] == event
    # The same again, another second: a repeat. Another state is not.
    assert hear(call(TOLD | {"timestamp": "1767225610"}))[1] == key
    failed = hear(call(TOLD | {"state": "500", "state_info": "号码有误"}))
    assert isinstance(failed[0], OrderEvent)
    assert failed[0].told is not None
    assert (failed[0].told.state, failed[0].told.message, failed[1] == key) == ("failed", "号码有误", False)


@pytest.mark.parametrize(("word", "state"), [("100", "accepted"), ("101", "processing"), ("501", "doubt"),
                                             ("900", "processing"), ("失败", "processing")])  # fmt: skip
def test_other_words_of_a_call_are_no_end(word: str, state: str) -> None:
    event, _, _ = hear(call(TOLD | {"state": word}))
    assert isinstance(event, OrderEvent)
    assert event.told is not None
    assert event.told.state == state


def test_a_product_that_changed_is_a_hint() -> None:
    event, key, ack = hear(call(CHANGED))
    assert (event, ack) == (ItemEvent("1886"), b"ok")
    assert hear(call(CHANGED | {"timestamp": "1767225610"}))[1] != key
    by_id = CHANGED | {"event_type": "product_deleted", "event_data": '{"id":"77"}'}
    assert hear(call(by_id))[0] == ItemEvent("77")


GOOD = signing.sign(TOLD, KEY)


@pytest.mark.parametrize(
    "made",
    [
        call(TOLD | {"state": "500"}, GOOD), call(TOLD | {"outer_order_id": "HUB2601010009"}, GOOD),
        call(TOLD | {"more": "1"}, GOOD), call(TOLD, ""), call(TOLD, GOOD.upper()), call(TOLD, GOOD[:-1]),
        call({name: value for name, value in TOLD.items() if name != "quantity"}, GOOD),
        call(TOLD, signing.sign(TOLD, KEY[::-1])), call(CHANGED | {"event_data": "{}"}, signing.sign(CHANGED, KEY)),
        Call("GET", "/cb", call(TOLD).body), Call("POST", "/cb", b"", {}, call(TOLD).body + b"&state=200"),
        Call("POST", "/cb", b"", {}, b"\xff=1"), Call("POST", "/cb"), Call("POST", "/cb", b"", {}, b"{}"),
    ],
)  # fmt: skip
def test_a_changed_call_proves_nothing(made: Call) -> None:
    with pytest.raises(CallProblem):
        hear(made)


@pytest.mark.parametrize(
    "told",
    [
        TOLD | {"outer_order_id": ""}, TOLD | {"outer_order_id": "9" * 65}, TOLD | {"customer_id": "1"},
        TOLD | {"timestamp": "x"}, TOLD | {"timestamp": "1767200000"},
        {name: value for name, value in TOLD.items() if name != "state"},
        CHANGED | {"event_data": "["}, CHANGED | {"event_data": "[]"}, CHANGED | {"event_data": "{}"},
        CHANGED | {"event_data": '{"product_id":"\\ud800"}'},
    ],
)  # fmt: skip
def test_nonsense_with_the_right_signature_is_no_crash(told: dict[str, str]) -> None:
    with pytest.raises(CallProblem):
        hear(call(told))


@pytest.mark.parametrize(
    ("change", "name"), [({"base_url": "http://x.example.com"}, "base_url"), ({"customer_id": "1 2"}, "customer_id")]
)
def test_settings_are_checked(change: dict[str, str], name: str) -> None:
    CONNECTOR.catalogue.check(SITE)
    with pytest.raises(ConfigProblem) as caught:
        CONNECTOR.catalogue.check(Site(SITE.id, SITE.shop_id, "x", "CNY", CONFIG | change, {"key": KEY}))
    assert caught.value.field_name == name
    with pytest.raises(ConfigProblem):
        CONNECTOR.catalogue.check(Site(SITE.id, SITE.shop_id, "x", "CNY", CONFIG, {"key": ""}))
