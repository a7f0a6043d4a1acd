"""The vendor's signatures and its encryption, as worked out in the protocol's description, and what must not verify."""

import json
from uuid import uuid4

import pytest

from goodfor.supply.providers.fulu import signing
from goodfor.supply.providers.fulu.connector import CONNECTOR
from goodfor.supply.providers.values import Call, CallProblem, OrderEvent, Site

KEY, SECRET = "AK1", "0123456789abcdef0123456789abcdef"
CONFIG = {"base_url": "https://fulu.example.com", "app_key": KEY}
SITE = Site(uuid4(), uuid4(), "fulu", "CNY", CONFIG, {"app_secret": SECRET})
ASKED = {
    "app_key": KEY, "method": "fulu.order.card.add", "timestamp": "2026-01-01 08:00:00", "version": "2.0",
    "format": "json", "charset": "utf-8", "sign_type": "md5", "app_auth_token": "",
    "biz_content": '{"product_id":10000489,"buy_num":1,"customer_order_no":"HUB2601010005"}',
}  # fmt: skip
TOLD = {
    "order_id": "1", "customer_order_no": "HUB2601010005", "order_status": "success",
    "recharge_description": "充值成功", "price": "50.0000", "buy_num": "1",
}  # fmt: skip
SIGN = "30039851af0828c5dd0fd8ac1b539018"
NOW = 1767225600.0


def test_a_request() -> None:
    biz = {"product_id": 10000489, "buy_num": 1, "customer_order_no": "HUB2601010005"}
    assert signing.content(biz) == ASKED["biz_content"]
    assert signing.sign_fields(ASKED, SECRET) == "ee723ccc8d87de9eeee430ab43eb2c1c"
    # The order of the names means nothing.
    assert signing.sign_fields(dict(reversed(ASKED.items())), SECRET) == "ee723ccc8d87de9eeee430ab43eb2c1c"


@pytest.mark.parametrize(
    "fields",
    [
        ASKED | {"app_key": "AK2"}, ASKED | {"more": ""}, ASKED | {"timestamp": "2026-01-01 08:00:02"},
        ASKED | {"method": "fulu.order.Card.add"}, {k: v for k, v in ASKED.items() if k != "app_auth_token"},
    ],
)  # fmt: skip
def test_another_request_has_another_signature(fields: dict[str, str]) -> None:
    assert signing.sign_fields(fields, SECRET) != "ee723ccc8d87de9eeee430ab43eb2c1c"
    assert signing.sign_fields(ASKED, SECRET[::-1]) != "ee723ccc8d87de9eeee430ab43eb2c1c"


def test_a_reply() -> None:
    text = '{"order_id":"1","order_state":"success"}'
    assert signing.sign(text, SECRET) == "ddb7d71f9ff6b8e912153f56dca86aaf"
    assert signing.sign(text + " ", SECRET) != "ddb7d71f9ff6b8e912153f56dca86aaf"


def test_codes() -> None:
    sealed = "nDTfYVPDnosQxwLRJrn+uA=="
    assert signing.decrypt(sealed, SECRET) == "CARD-0001"
    for broken, secret in ((sealed[:-4], SECRET), ("", SECRET), ("AAAA", SECRET), (sealed, "1" * 32), (sealed, "1")):
        with pytest.raises(ValueError):
            signing.decrypt(broken, secret)


def test_what_their_libraries_write_differently_is_not_in_a_request() -> None:
    text = signing.content({"charge_password": "a<b>&c", "charge_game_role": "龙/😀"})
    assert text == '{"charge_password":"a\\u003cb\\u003e\\u0026c","charge_game_role":"龙/\\ud83d\\ude00"}'
    assert json.loads(text) == {"charge_password": "a<b>&c", "charge_game_role": "龙/😀"}


def call(told: object) -> Call:
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    return Call("POST", "/cb", b"", {}, text.encode("utf-8", "surrogatepass"))


def test_a_call_is_a_reason_to_ask() -> None:
    hear = CONNECTOR.webhook
    assert hear is not None
    heard = hear.hear(SITE, call(TOLD | {"sign": SIGN}), NOW)
    assert heard.events == (OrderEvent("HUB2601010005", "", None),)
    assert (heard.ack, heard.ack_type) == (b"success", "text/plain")
    again = hear.hear(SITE, call({"sign": SIGN} | dict(reversed(TOLD.items()))), NOW + 60)
    assert again.key == heard.key
    spaced = hear.hear(SITE, call(json.dumps(TOLD | {"sign": SIGN}, indent=1)), NOW)
    assert spaced.events == heard.events


def test_numbers_are_signed_as_they_were_written() -> None:
    assert CONNECTOR.webhook is not None
    text = '{"order_id":"1","customer_order_no":"5","price":50.0000,"buy_num":1}'
    sign = signing.sign(text, SECRET)
    assert CONNECTOR.webhook.hear(SITE, call(f'{text[:-1]},"sign":"{sign}"}}'), NOW).events == (OrderEvent("5"),)
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(SITE, call(f'{text[:-1].replace("50.0000", "50.0")},"sign":"{sign}"}}'), NOW)


def test_a_reordered_call_fits_its_signature_and_still_says_nothing() -> None:
    """What the protocol cannot keep out: characters that changed places. Hence nothing of a call is believed."""
    assert CONNECTOR.webhook is not None
    moved = TOLD | {"customer_order_no": "HUB2601010050", "order_status": "uccsses", "sign": SIGN}
    (event,) = CONNECTOR.webhook.hear(SITE, call(moved), NOW).events
    assert isinstance(event, OrderEvent)
    assert (event.ref, event.told) == ("", None)
    assert CONNECTOR.about.calls == "part"


@pytest.mark.parametrize(
    "told",
    [
        TOLD, TOLD | {"sign": ""}, TOLD | {"sign": None}, TOLD | {"sign": SIGN[:-1]}, TOLD | {"sign": "é" * 32},
        TOLD | {"sign": SIGN, "order_status": "failed"}, TOLD | {"sign": SIGN, "order_status": "Success"},
        TOLD | {"sign": SIGN, "price": "50.000"}, TOLD | {"sign": SIGN, "more": ""},
        TOLD | {"sign": SIGN, "price": 50}, TOLD | {"sign": SIGN, "customer_order_no": "HUB2601010006"},
        {k: v for k, v in TOLD.items() if k != "buy_num"} | {"sign": SIGN},
        TOLD | {"sign": "ddb7d71f9ff6b8e912153f56dca86aaf"}, [], "x", "", {}, "[" * 100_000, '{"sign":"\\ud800"}',
        json.dumps(TOLD | {"sign": SIGN})[:-1] + ',"order_id":"1"}',
    ],
)  # fmt: skip
def test_a_changed_call_proves_nothing(told: object) -> None:
    assert CONNECTOR.webhook is not None
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(SITE, call(told), NOW)


def test_another_key_proves_nothing() -> None:
    assert CONNECTOR.webhook is not None
    other = Site(SITE.id, SITE.shop_id, "fulu", "CNY", CONFIG, {"app_secret": SECRET.upper()})
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(other, call(TOLD | {"sign": SIGN}), NOW)


@pytest.mark.parametrize(
    "change", [{"customer_order_no": ""}, {"customer_order_no": "a b"}, {"customer_order_no": "\ud800"}]
)
def test_nonsense_with_the_right_signature_is_no_crash(change: dict[str, str]) -> None:
    assert CONNECTOR.webhook is not None
    told = TOLD | change
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(SITE, call(told | {"sign": signing.sign_fields(told, SECRET)}), NOW)
