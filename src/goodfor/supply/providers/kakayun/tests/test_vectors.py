"""The vendor's signatures, as worked out in the protocol's description, and what must not verify."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from goodfor.supply.providers.kakayun import signing
from goodfor.supply.providers.kakayun.connector import CONNECTOR
from goodfor.supply.providers.kakayun.purchase import fields_of
from goodfor.supply.providers.numbers import BadReply, read_json
from goodfor.supply.providers.values import Call, CallProblem, Heard, ItemEvent, OrderEvent, PlaceRequest, Site

KEY, NOW = "kky-demo-key", 1767225661.0
CONFIG = {"base_url": "https://kky.example.com", "public_url": "https://public.example.com", "user_id": "10001"}
SITE = Site(uuid4(), uuid4(), "kky", "CNY", CONFIG, {"key": KEY})
#: In the order in which nobody would sort them; what is empty stands there as well.
TOLD: dict[str, Any] = {
    "push_type": 1, "orderno": "SD1", "usorderno": "HUB2601010003", "status": 5, "refundstatus": 0,
    "refundmoney": "0.00", "receipt": "", "cards": [{"card_no": "N1", "card_pwd": "P/1"}], "timestamp": 1767225660,
}  # fmt: skip
TOLD_SIGN = "87bd50a05668febef74a9f8a086df174"
ITEM: dict[str, Any] = {
    "goodsname": "示例 月卡", "goodsid": 720938, "goodsprice": "9.90",
    "goodsstock": 3, "goodsstatus": 404, "goodstype": 0,
    "update_time": 1767225650, "timestamp": 1767225660,
}  # fmt: skip


def test_a_request() -> None:
    form = {"1": "13800138000", "9": "张三"}
    request = PlaceRequest(
        "HUB2601010003", "720938", 1, Decimal("11.50"), "CNY", form=form, notify_url="https://hub.example.com/cb/kky"
    )
    fields = {
        **fields_of(request),
        "userid": "10001",
        "timestamp": "1767225600",
        "cardsyn": "",
        "sign": "x",
        "no": None,
    }
    assert signing.signed_text(fields) == (
        'attach=[{"attachtype":"1","value":"13800138000"},{"attachtype":"9","value":"张三"}]&buynum=1'
        "&callbackurl=https://hub.example.com/cb/kky&goodsid=720938&maxmoney=11.50&timestamp=1767225600&userid=10001"
        "&usorderno=HUB2601010003"
    )
    assert signing.sign(fields, KEY) == "2a119c282e64695edd3de6ee0dfb7687"
    assert signing.sign(fields, "kky-demo-kez") != "2a119c282e64695edd3de6ee0dfb7687"


def test_nothing_and_false_are_signed_and_digits_stay() -> None:
    fields = read_json(b'{"b":false,"a":0,"c":true,"d":1.50,"e":null,"f":"","g":[{"x":0.10,"y":"a/b"}],"h":[]}')
    assert signing.signed_text(fields) == 'a=0&b=false&c=true&d=1.50&g=[{"x":0.10,"y":"a/b"}]&h=[]'


def test_what_is_too_deep_is_not_followed() -> None:
    with pytest.raises(BadReply):
        signing.sign(read_json(b'{"a":' + b"[" * 60 + b"]" * 60 + b"}"), KEY)


def call(told: object, method: str = "POST") -> Call:
    return Call(method, "/cb", b"", {}, json.dumps(told, ensure_ascii=False).encode())


def hear(told: object, now: float = NOW) -> Heard:
    assert CONNECTOR.webhook is not None
    return CONNECTOR.webhook.hear(SITE, call(told), now)


def signed(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "sign": signing.sign(told, KEY)}


def test_a_call_about_an_order() -> None:
    assert signing.sign(TOLD, KEY) == TOLD_SIGN
    heard = hear(TOLD | {"sign": TOLD_SIGN})
    (event,) = heard.events
    assert isinstance(event, OrderEvent)
    assert (event.number, event.ref) == ("HUB2601010003", "SD1")
    assert event.told is not None
    assert (event.told.state, [(code.number, code.secret) for code in event.told.codes]) == ("success", [("N1", "P/1")])
    assert (heard.ack, heard.ack_type) == (b"ok", "text/plain")
    # The vendor writes hexadecimal in lower case; the other case says the same.
    assert hear(TOLD | {"sign": TOLD_SIGN.upper()}) == heard


def test_a_call_about_an_item() -> None:
    assert hear(signed(ITEM)).events == (ItemEvent("720938"),)


def test_a_repeat_has_the_same_key_and_a_change_another() -> None:
    first = hear(signed(TOLD)).key
    assert hear(signed(TOLD | {"timestamp": 1767225670})).key == first
    assert hear(signed(TOLD | {"refundmoney": "1.00"})).key != first
    assert hear(signed(ITEM)).key != hear(signed(ITEM | {"goodsprice": "9.91"})).key


@pytest.mark.parametrize(
    "change",
    [
        {"status": 4}, {"usorderno": "HUB2601010004"}, {"refundmoney": "0.0"}, {"refundmoney": 0}, {"money": "1.00"},
        {"receipt": " "}, {"cards": [{"card_no": "N1", "card_pwd": "P/2"}]}, {"cards": [{"card_pwd": "P/1"}]},
        {"cards": [{"card_no": "N1", "card_pwd": "P/1", "card_type": ""}]}, {"cards": []}, {"more": "1"},
        {"orderno": "sd1"}, {"timestamp": 1767225661}, {"sign": ""}, {"sign": None}, {"sign": 1},
        {"sign": TOLD_SIGN[:31]},
        {"sign": "\ud800"}, {"receipt": "\ud800"}, {"push_type": True},
    ],
)  # fmt: skip
def test_a_changed_call_proves_nothing(change: dict[str, object]) -> None:
    assert CONNECTOR.webhook is not None
    told = call({})
    body = json.dumps({**TOLD, "sign": TOLD_SIGN} | change).encode()
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(SITE, Call("POST", told.path, b"", {}, body), NOW)


@pytest.mark.parametrize("name", [name for name, value in TOLD.items() if value != ""] + ["sign"])
def test_a_call_with_less_proves_nothing(name: str) -> None:
    told = {**TOLD, "sign": TOLD_SIGN}
    del told[name]
    with pytest.raises(CallProblem):
        hear(told)


def test_what_is_empty_adds_and_takes_nothing() -> None:
    """Their signature does not see it: so it must not mean anything."""
    told = {name: value for name, value in TOLD.items() if name != "receipt"} | {
        "sign": TOLD_SIGN,
        "money": "",
        "x": None,
    }
    assert hear(told).events == hear(TOLD | {"sign": TOLD_SIGN}).events


def test_two_fields_in_one_prove_nothing() -> None:
    told = {name: value for name, value in TOLD.items() if name not in ("refundstatus", "refundmoney")}
    told |= {"push_type": "1&receipt=x", "sign": "?"}
    with pytest.raises(CallProblem, match="ambiguous"):
        hear(signed(told))
    merged = {name: value for name, value in TOLD.items() if name not in ("refundmoney", "refundstatus", "status")}
    merged |= {"refundmoney": "0.00&refundstatus=0&status=5"}
    assert signing.sign(merged, KEY) == TOLD_SIGN
    with pytest.raises(CallProblem, match="ambiguous"):
        hear(merged | {"sign": TOLD_SIGN})


def test_another_key_and_another_time_prove_nothing() -> None:
    other = Site(SITE.id, SITE.shop_id, "kky", "CNY", CONFIG, {"key": "kky-demo-kex"})
    assert CONNECTOR.webhook is not None
    with pytest.raises(CallProblem, match="bad_signature"):
        CONNECTOR.webhook.hear(other, call(TOLD | {"sign": TOLD_SIGN}), NOW)
    for now in (NOW + 4 * 3600, NOW - 4 * 3600):
        with pytest.raises(CallProblem, match="old"):
            hear(TOLD | {"sign": TOLD_SIGN}, now)
    for stamp in ("", "176722566", "17672256600", "１７６７２２５６６０", 1.5):
        with pytest.raises(CallProblem, match="no_time"):
            hear(signed(TOLD | {"timestamp": stamp}))


@pytest.mark.parametrize(
    "told",
    [
        {}, {"usorderno": ""}, {"usorderno": "1", "cards": "x"}, {"usorderno": "1", "cards": [{}]}, {"goodsid": "x"},
        {"usorderno": "1", "cardlist": "x"}, {"usorderno": "1", "cardlist": [1]},
    ],
)  # fmt: skip
def test_nonsense_with_the_right_signature_is_no_crash(told: dict[str, Any]) -> None:
    with pytest.raises(CallProblem):
        hear(signed({"timestamp": 1767225660} | told))


@pytest.mark.parametrize("body", [b"", b"[]", b"x", b'"x"', b"\xff", b"[" * 100_000, b"null"])
def test_what_is_no_call_is_no_crash(body: bytes) -> None:
    assert CONNECTOR.webhook is not None
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(SITE, Call("POST", "/cb", b"", {}, body), NOW)
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(SITE, call(signed(TOLD), "GET"), NOW)
