"""The vendor's signatures, as worked out in the protocol's description, and what must not verify."""

from urllib.parse import urlencode
from uuid import uuid4

import pytest

from goodfor.supply.providers.lsxd import signing
from goodfor.supply.providers.lsxd.connector import CONNECTOR
from goodfor.supply.providers.values import Call, CallProblem, ConfigProblem, OrderEvent, Site

KEY = "lsxd-demo"
CONFIG = {"base_url": "https://lsxd.example.com", "merchant_id": "10000", "products": "101 1 contactIp\n* 0"}
SITE = Site(uuid4(), uuid4(), "lsxd", "CNY", CONFIG, {"key": KEY})
REQUEST = {
    "merchantId": "10000", "outTradeNo": "HUB2601010006", "productId": "101", "rechargeAccount": "13800138000",
    "accountType": "1", "number": "1", "timeStamp": "1767225600", "notifyUrl": "https://hub.example.com/cb/lsxd",
    "version": "1.0", "extendParameter": '{"contactIp":"203.0.113.7"}',
}  # fmt: skip
SIGN = "B0395234E7DC1A412C5BE72DFC7BE2EC"
TOLD = {"merchantId": "10000", "outTradeNo": "HUB2601010006", "rechargeAccount": "13800138000", "status": "01"}
TOLD_SIGN = "EF5B27A005995D8939107D75C61662E4"


def test_a_request() -> None:
    assert signing.sign(REQUEST, KEY) == SIGN
    # Neither what is never signed nor what is empty counts, and the order does not.
    assert signing.sign(REQUEST | {"version": "2.0", "extendParameter": "{}", "more": ""}, KEY) == SIGN
    assert signing.sign(dict(reversed(REQUEST.items())), KEY) == SIGN


@pytest.mark.parametrize("name", sorted(set(REQUEST) - {"version", "extendParameter"}))
def test_every_other_field_counts(name: str) -> None:
    assert signing.sign(REQUEST | {name: REQUEST[name] + "0"}, KEY) != SIGN
    assert signing.sign({key: value for key, value in REQUEST.items() if key != name}, KEY) != SIGN


def call(fields: dict[str, str], sign: str = TOLD_SIGN) -> Call:
    return Call("POST", "/cb", b"", {}, urlencode(fields | {"sign": sign}).encode())


def hear(made: Call) -> tuple[OrderEvent, str, bytes]:
    assert CONNECTOR.webhook is not None
    heard = CONNECTOR.webhook.hear(SITE, made, 1767225601.0)
    (event,) = heard.events
    assert isinstance(event, OrderEvent)
    return event, heard.key, heard.ack


def test_a_call_is_heard() -> None:
    assert signing.sign(TOLD, KEY) == TOLD_SIGN
    event, key, ack = hear(call(TOLD))
    assert (event.number, event.told and event.told.state, ack) == ("HUB2601010006", "success", b"success")
    # What the signature does not cover changes nothing, not even the key of the call.
    assert hear(call(TOLD | {"more": "", "version": "9", "extendParameter": "x"})) == (event, key, ack)
    failed = TOLD | {"status": "03"}
    event, other, _ = hear(call(failed, signing.sign(failed, KEY)))
    assert event.told is not None
    assert event.told.state == "failed"
    assert other != key


@pytest.mark.parametrize(("word", "state"), [("02", "processing"), ("04", "processing"), ("1", "processing")])
def test_other_words_of_a_call_are_no_end(word: str, state: str) -> None:
    told = TOLD | {"status": word}
    event, _, _ = hear(call(told, signing.sign(told, KEY)))
    assert event.told is not None
    assert event.told.state == state


@pytest.mark.parametrize(
    "made",
    [
        call(TOLD | {"status": "03"}), call(TOLD | {"outTradeNo": "HUB2601010007"}), call(TOLD | {"status": ""}),
        call(TOLD | {"rechargeAccount": "13800138001"}), call(TOLD | {"more": "1"}), call(TOLD, ""),
        call({name: value for name, value in TOLD.items() if name != "rechargeAccount"}),
        call({name.lower(): value for name, value in TOLD.items()}),
        call(TOLD, TOLD_SIGN.lower()), call(TOLD, signing.sign(TOLD, "lsxd-demO")), call(TOLD, TOLD_SIGN[:-1]),
        Call("GET", "/cb", call(TOLD).body), Call("POST", "/cb", b"", {}, call(TOLD).body + b"&status=01"),
        Call("POST", "/cb", b"", {}, b"\xff"), Call("POST", "/cb", b"", {}, b'{"status":"01"}'), Call("POST", "/cb"),
    ],
)  # fmt: skip
def test_a_changed_call_proves_nothing(made: Call) -> None:
    with pytest.raises(CallProblem):
        hear(made)


@pytest.mark.parametrize(
    "change", [{"merchantId": "10001"}, {"outTradeNo": ""}, {"status": ""}, {"outTradeNo": "9" * 65}]
)
def test_nonsense_with_the_right_signature_is_no_crash(change: dict[str, str]) -> None:
    told = TOLD | change
    with pytest.raises(CallProblem):
        hear(call(told, signing.sign(told, KEY)))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"base_url": "http://lsxd.example.com"}, "base_url"), ({"merchant_id": "1 2"}, "merchant_id"),
        ({"products": "101"}, "products"), ({"products": "101 3"}, "products"), ({"products": "1 0\n1 1"}, "products"),
    ],
)  # fmt: skip
def test_settings_are_checked(change: dict[str, str], name: str) -> None:
    CONNECTOR.catalogue.check(SITE)
    with pytest.raises(ConfigProblem) as caught:
        CONNECTOR.catalogue.check(Site(SITE.id, SITE.shop_id, "x", "CNY", CONFIG | change, {"key": KEY}))
    assert caught.value.field_name == name
    assert KEY not in repr(SITE)
