"""The vendor's signatures, as worked out in the protocol's description, and what must not verify."""

import json
from uuid import uuid4

import pytest

from goodfor.supply.providers.kasushou import signing
from goodfor.supply.providers.kasushou.connector import CONNECTOR
from goodfor.supply.providers.values import Call, CallProblem, ItemEvent, OrderEvent, Site

KEY = "KSS-demo-key-0001"
SITE = Site(uuid4(), uuid4(), "kss", "CNY", {"base_url": "https://kss.example.com", "user_id": "U1"}, {"key": KEY})
TOLD = {
    "external_orderno": "HUB2601010001", "ordersn": "API0001", "status": "3", "has_back_money": "0.00",
    "total_price": "9.90", "recharge_hints": "完成，查看 https://a.example/x", "time": "1767225660000",
}  # fmt: skip


def test_a_request() -> None:
    body = signing.body_of({
        "id": 88001, "quantity": 1, "external_orderno": "HUB2601010001", "safe_price": "9.90",
        "url": "https://hub.example.com/cb/kss", "mark": "", "attach": {"recharge_account": "13800138000"},
    })  # fmt: skip
    assert body.decode() == (
        '{"attach":{"recharge_account":"13800138000"},"external_orderno":"HUB2601010001","id":88001,"mark":"",'
        '"quantity":1,"safe_price":"9.90","url":"https://hub.example.com/cb/kss"}'
    )
    assert signing.request_sign("1767225600000", body, KEY) == "8d680549ffa70704670cf8ce91329ef81d3ae291"
    assert signing.request_sign("1767225600000", b"{}", KEY) == "d4e5d45fa5f3f987457d547d74053df591686cb7"


def test_a_call_about_an_order() -> None:
    assert signing.told_sign(TOLD, KEY) == "97ba402d060102d5f16cf7f693ae387e301a03c3"
    # Codes are not signed.
    assert (
        signing.told_sign(TOLD | {"card_list": [{"card_no": "x"}]}, KEY) == "97ba402d060102d5f16cf7f693ae387e301a03c3"
    )


def test_a_call_about_an_item() -> None:
    assert signing.item_sign("88001", "1767225700000", KEY) == "6d957ddc8980690c0889a96641f3945ca94187b7"


def call(fields: dict[str, object]) -> Call:
    return Call("POST", "/cb", b"", {}, json.dumps(fields, ensure_ascii=False).encode())


def test_calls_are_heard() -> None:
    assert CONNECTOR.webhook is not None
    heard = CONNECTOR.webhook.hear(SITE, call(TOLD | {"sign": signing.told_sign(TOLD, KEY)}), 1767225661.0)
    (event,) = heard.events
    assert isinstance(event, OrderEvent)
    assert (event.number, event.ref, event.told and event.told.state) == ("HUB2601010001", "API0001", "success")
    assert heard.ack == b"ok"
    item = {"id": "88001", "time": "1767225700000", "goods_price": "0.01"}
    sign = signing.item_sign("88001", "1767225700000", KEY)
    assert CONNECTOR.webhook.hear(SITE, call(item | {"sign": sign}), 1767225701.0).events == (ItemEvent("88001"),)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "5"}, {"total_price": "9.9"}, {"external_orderno": "HUB2601010002"}, {"time": "1767225660001"},
        {"sign": ""}, {"sign": None}, {"sign": "97BA"}, {"more": "1"}, {"has_back_money": "9.90"},
    ],
)  # fmt: skip
def test_a_changed_call_proves_nothing(change: dict[str, object]) -> None:
    assert CONNECTOR.webhook is not None
    told = {**TOLD, "sign": signing.told_sign(TOLD, KEY)} | change
    with pytest.raises(CallProblem):
        CONNECTOR.webhook.hear(SITE, call(told), 1767225661.0)


def test_codes_of_a_call_are_not_believed() -> None:
    assert CONNECTOR.webhook is not None
    told = {**TOLD, "sign": signing.told_sign(TOLD, KEY), "card_list": [{"card_no": "1", "card_password": "forged"}]}
    (event,) = CONNECTOR.webhook.hear(SITE, call(told), 1767225661.0).events
    assert isinstance(event, OrderEvent)
    assert event.told is not None
    assert event.told.codes == ()
