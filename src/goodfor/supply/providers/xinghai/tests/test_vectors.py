"""The vendor's signatures and its encryption, as worked out in the protocol's description, and what must not verify."""

import base64
import json
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from goodfor.supply.providers.values import Call, CallProblem, ConfigProblem, OrderEvent, Site
from goodfor.supply.providers.xinghai import signing
from goodfor.supply.providers.xinghai.connector import CONNECTOR

SECRET = "0123456789abcdef"
CONFIG = {"base_url": "https://xinghai.example.com", "app_id": "APP1", "phone_items": "100009"}
SITE = Site(uuid4(), uuid4(), "xh", "CNY", CONFIG, {"secret": SECRET})
REQUEST = {
    "appId": "APP1", "outOrderId": "HUB2601010007", "uuid": "13800138000", "itemId": "100001", "amount": "1",
    "callbackUrl": "https://hub.example.com/cb/xh", "timestamp": "20260101080000000",
}  # fmt: skip
SIGN = "25bf73601a8918b627cd4f03d23dd617"
CARD = "9jGcUGGoLZ8S0W4McP4jbA=="


def sealed(part: str | bytes) -> str:
    """As the vendor encrypts."""
    raw = part.encode() if isinstance(part, str) else part
    pad = padding.PKCS7(128).padder()
    closer = Cipher(algorithms.AES(SECRET.encode()), modes.ECB()).encryptor()
    return base64.b64encode(closer.update(pad.update(raw) + pad.finalize()) + closer.finalize()).decode()


TOLD = {
    "appId": "APP1", "outOrderId": "HUB2601010007", "orderId": "X1", "orderStatus": "2", "orderDesc": "完成",
    "completeTime": "2026-01-01 08:00:05", "ext1": "", "cardData": json.dumps(
        [{"cardName": "卡", "cardType": "NUMBER_PASSWORD", "cardNo": CARD, "cardPwd": sealed("P-1")}]
    ),
}  # fmt: skip


def test_a_request() -> None:
    assert signing.sign(REQUEST, SECRET) == SIGN
    assert signing.sign(REQUEST | {"ext1": "", "sign": "x"}, SECRET) == SIGN
    assert signing.stamp_of(1767225600.0) == "20260101080000000"
    assert signing.stamp_of(1767225599.9996) == "20260101080000000"
    assert signing.stamp_of(1767225600.25) == "20260101080000250"


@pytest.mark.parametrize("name", sorted(REQUEST))
def test_every_field_counts(name: str) -> None:
    assert signing.sign(REQUEST | {name: REQUEST[name] + "0"}, SECRET) != SIGN
    assert signing.sign({key: value for key, value in REQUEST.items() if key != name}, SECRET) != SIGN
    assert signing.sign(REQUEST, SECRET[::-1]) != SIGN


def test_a_card() -> None:
    assert signing.decrypt(CARD, SECRET) == b"CARD-0001"
    assert sealed("CARD-0001") == CARD
    for broken in (CARD[:-4], "", "AAAA", CARD.lower()):
        with pytest.raises(ValueError):
            signing.decrypt(broken, SECRET)
    with pytest.raises(ValueError):
        signing.decrypt(CARD, SECRET * 2)


def call(fields: dict[str, str], sign: str | None = None) -> Call:
    signature = signing.sign(TOLD, SECRET) if sign is None else sign
    return Call("POST", "/cb", b"", {}, urlencode(fields | {"sign": signature}).encode())


def hear(made: Call) -> tuple[OrderEvent, str, bytes]:
    assert CONNECTOR.webhook is not None
    heard = CONNECTOR.webhook.hear(SITE, made, 1767225601.0)
    (event,) = heard.events
    assert isinstance(event, OrderEvent)
    return event, heard.key, heard.ack


def test_a_call_is_heard() -> None:
    event, key, ack = hear(call(TOLD))
    assert event.told is not None
    assert (event.number, event.ref, event.told.state, ack) == ("HUB2601010007", "X1", "success", b"ok")
    assert [(code.number, code.secret) for code in event.told.codes] == [("CARD-0001", "P-1")]
    # An empty field is not covered, and changes nothing, not even the key of the call.
    assert hear(call(TOLD | {"more": "", "appSecret": "x"})) == (event, key, ack)
    failed = TOLD | {"orderStatus": "3"}
    other = hear(call(failed, signing.sign(failed, SECRET)))
    assert other[0].told is not None
    assert (other[0].told.state, other[0].told.codes, other[1] == key) == ("failed", (), False)


@pytest.mark.parametrize(
    "made",
    [
        call(TOLD | {"orderStatus": "3"}), call(TOLD | {"outOrderId": "HUB2601010008"}),
        call(TOLD | {"cardData": "[]"}),
        call(TOLD | {"cardData": ""}), call(TOLD | {"ext1": "1"}), call(TOLD | {"more": "1"}), call(TOLD, ""),
        call({name: value for name, value in TOLD.items() if name != "orderDesc"}),
        call({name.lower(): value for name, value in TOLD.items()}), call(TOLD, signing.sign(TOLD, SECRET).upper()),
        call(TOLD, signing.sign(TOLD, SECRET[::-1])), Call("GET", "/cb", call(TOLD).body),
        Call("POST", "/cb", b"", {}, call(TOLD).body + b"&orderStatus=2"), Call("POST", "/cb", b"", {}, b"\xff=1"),
        Call("POST", "/cb"), Call("POST", "/cb", b"", {}, b"{}"),
    ],
)  # fmt: skip
def test_a_changed_call_proves_nothing(made: Call) -> None:
    with pytest.raises(CallProblem):
        hear(made)


@pytest.mark.parametrize(
    "change",
    [
        {"appId": "APP2"}, {"outOrderId": ""}, {"orderStatus": ""}, {"cardData": "{"}, {"cardData": "{}"},
        {"cardData": '[{"cardNo":"plain"}]'}, {"cardData": "[{}]"}, {"cardData": "[1]"},
    ],
)  # fmt: skip
def test_nonsense_with_the_right_signature_is_no_crash(change: dict[str, str]) -> None:
    told = TOLD | change
    with pytest.raises(CallProblem):
        hear(call(told, signing.sign(told, SECRET)))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"base_url": "http://x.example.com"}, "base_url"), ({"app_id": ""}, "app_id"),
        ({"card_way": "x"}, "card_way"), ({"supply_mode": "2"}, "supply_mode"), ({"phone_items": "a,b"}, "phone_items"),
        ({"phone_timeout": "0"}, "phone_timeout"),
    ],
)  # fmt: skip
def test_settings_are_checked(change: dict[str, str], name: str) -> None:
    CONNECTOR.catalogue.check(SITE)
    with pytest.raises(ConfigProblem) as caught:
        CONNECTOR.catalogue.check(Site(SITE.id, SITE.shop_id, "x", "CNY", CONFIG | change, {"secret": SECRET}))
    assert caught.value.field_name == name
    with pytest.raises(ConfigProblem):
        CONNECTOR.catalogue.check(Site(SITE.id, SITE.shop_id, "x", "CNY", CONFIG, {"secret": SECRET[:-1]}))
