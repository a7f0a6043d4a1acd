"""Vectors W1 to W4 of the protocol, and what must not pass: every header flipped, old, ahead, another key, a probe."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from goodfor.payments.providers import rsa
from goodfor.payments.providers.base import Account, NotifyProblem
from goodfor.payments.providers.wechat import signing
from goodfor.payments.providers.wechat.adapter import WechatProvider
from goodfor.payments.types import RawRequest
from goodfor.sandbox.channels import demo
from goodfor.sandbox.keys import derive_private_key

MERCHANT = demo.merchant_private_pem()
STAMP, NONCE = "1767225600", "0123456789ABCDEF0123456789ABCDEF"
KEY = demo.WECHAT_API_V3_KEY
KEY_ID = demo.WECHAT_PUBLIC_KEY_ID
NOW = datetime.fromtimestamp(1767225606, tz=UTC)
ORDER = (
    b'{"mchid":"1900000001","appid":"wx0000000000000001","out_trade_no":"P202601010001","description":"card",'
    b'"notify_url":"https://pay.example.test/hook/wechat","amount":{"total":990,"currency":"CNY"}}'
)
TRADE = (
    '{"mchid":"1900000001","appid":"wx0000000000000001","out_trade_no":"P202601010001",'
    '"transaction_id":"4200000000202601010000000001","trade_type":"NATIVE","trade_state":"SUCCESS",'
    '"trade_state_desc":"OK","bank_type":"OTHERS","attach":"","success_time":"2026-01-01T08:00:05+08:00",'
    '"payer":{"openid":"oTEST"},"amount":{"total":990,"payer_total":990,"currency":"CNY","payer_currency":"CNY"}}'
)


def digest(text: bytes | str) -> str:
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()


def test_w1_a_request() -> None:
    message = signing.request_message("POST", "/v3/pay/transactions/native", STAMP, NONCE, ORDER)
    assert digest(message) == "0c2cb7d41c3ab9fcf17c76e1920e733dd31bff07de15b56414f73ed6996c0845"
    assert rsa.sign(message, MERCHANT) == (
        "Ir6dU1E5s1gJ51ljQ6LfZVbqx/IIq82Fo7hXQ4SoUWFjSYyNxJ+69md++WvdTDkhw1MkJ8AYgmtdBbbwv+LcXykG+j4pWAdy0rTwXbhBnygxi7"
        "Dq6BYPlTsOmTH6sPf02+nyYvEJNoI0UN8BCXbZcMgErVmYuN4jUlzwZTcZGInjSZRhy4lxKzyAEByBe3+ue27uqAseCL96jq6c4nA6+nu9ZroeG"
        "gg8r7nCd+C/mGrkr8Ek5SeIs7V2I79vMyrJ/pgtRU+MIIZGYXUjudVIMBvzwmK2r8yJkH2+SxrsHf53A8zG2eU1StfLiRkpAN9yH5eCU9dPfMyT"
        "4mkSeXjJpw=="
    )


def test_w2_a_question_ends_with_two_newlines() -> None:
    target = "/v3/pay/transactions/out-trade-no/P202601010001?mchid=1900000001"
    message = signing.request_message("GET", target, STAMP, NONCE, b"")
    assert message.endswith(b"\n\n")
    assert digest(message) == "51736227db5a0747c8a8a0d0cd0313cdd75d192d0eb46bd43d9055b6c2bdf03f"
    signature = rsa.sign(message, MERCHANT)
    assert signature.startswith("n7YeWL4bqlMYkYy0w0T8KPPY")
    assert digest(signature) == "7d21468760812ab4b19568c7694d3f3ca146c81ede6c38c818852c9b8f9618aa"


def test_w3_the_call_of_the_buyers_side() -> None:
    package = "prepay_id=wx2026010100000000000000000000000001"
    message = signing.pay_message("wx0000000000000001", STAMP, NONCE, package)
    assert digest(message) == "afc203afcdafc6197202bd416b5a8b010ac4c114d24e1a5f399a9eef56da3780"
    assert digest(rsa.sign(message, MERCHANT)) == "548678d8b248dadb7a79c962a968d47ee36dd6bc71985b4b65c6b0310ec4a43b"


def sealed(plain: str = TRADE, key: str = KEY, event: str = "TRANSACTION.SUCCESS", event_id: str = "EV-0001") -> bytes:
    box = AESGCM(key.encode()).encrypt(b"abcdef012345", plain.encode(), b"transaction")
    return (
        f'{{"id":"{event_id}","create_time":"2026-01-01T08:00:06+08:00","resource_type":"encrypt-resource",'
        f'"event_type":"{event}","summary":"ok","resource":{{"original_type":"transaction",'
        f'"algorithm":"AEAD_AES_256_GCM","ciphertext":"{base64.b64encode(box).decode()}",'
        f'"associated_data":"transaction","nonce":"abcdef012345"}}}}'
    ).encode()


def signed(body: bytes, *, stamp: str = "1767225606", nonce: str = NONCE[::-1], **more: str) -> RawRequest:
    message = signing.reply_message(stamp, nonce, body)
    key = derive_private_key(demo.PLATFORM_KEY_NAME)
    signature = base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()
    headers = {
        "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Signature": signature,
        "Wechatpay-Serial": KEY_ID, **more,
    }  # fmt: skip
    return RawRequest("POST", "/pay/notify", b"", headers, body)


def account(**config: Any) -> Account:
    full = {
        "appid": demo.WECHAT_APP_ID, "mchid": demo.WECHAT_MCHID, "serial_no": demo.WECHAT_MERCHANT_SERIAL,
        "key_mode": "public_key", "public_key_id": KEY_ID, "public_key": demo.platform_public_pem(),
        "base_url": "http://127.0.0.1:9", **config,
    }  # fmt: skip
    secrets = {"private_key": MERCHANT, "apiv3_key": KEY}
    return Account(UUID(int=1), UUID(int=2), "wx", "CNY", full, ("native",), secrets)


def parse(raw: RawRequest, now: datetime = NOW, **config: Any) -> Any:
    return WechatProvider().parse_notify(account(**config), raw, now)


def problem(raw: RawRequest, now: datetime = NOW, **config: Any) -> NotifyProblem:
    with pytest.raises(NotifyProblem) as caught:
        parse(raw, now, **config)
    return caught.value


def test_w4_a_notice() -> None:
    body = sealed()
    assert digest(body) == "2fad08927cb6532b3e0f30ff93ad4f2d9408b063aca00b92e626e9aa9841260c"
    message = signing.reply_message("1767225606", "FEDCBA9876543210FEDCBA9876543210", body)
    assert digest(message) == "4db04a1555484c0073e56abd4f4f91a86be7a506b2c87ab2a82843542765f33a"
    raw = signed(body, nonce="FEDCBA9876543210FEDCBA9876543210")
    signature = raw.headers["Wechatpay-Signature"]
    assert digest(signature) == "22b169b616e67520b2960713eb0d9a122d0994d2479ee25897d7cb3d29f1258e"
    parsed = parse(raw)
    (fact,) = parsed.facts
    assert (parsed.event_key, parsed.our_ref, fact.kind) == ("EV-0001", "P202601010001", "paid")
    assert (fact.amount.amount_minor, fact.channel_ref) == (990, "4200000000202601010000000001")


@pytest.mark.parametrize("name", ["Timestamp", "Nonce", "Signature", "Serial"])
def test_each_header_flipped_or_gone(name: str) -> None:
    raw = signed(sealed())
    value = raw.headers[f"Wechatpay-{name}"]
    # In the middle: a base64 text may end in bits that mean nothing.
    middle = len(value) // 2
    other = value[:middle] + ("1" if value[middle] != "1" else "2") + value[middle + 1 :]
    for bad in (other, ""):
        assert problem(RawRequest("POST", "/", b"", {**raw.headers, f"Wechatpay-{name}": bad}, raw.body)).code in (
            "bad_signature", "unsigned", "unknown_serial", "stale",
        )  # fmt: skip


def test_time_both_ways() -> None:
    raw = signed(sealed())
    assert parse(raw, NOW + timedelta(seconds=299)).facts
    assert parse(raw, NOW - timedelta(seconds=299)).facts
    for seconds in (300, -300, 86_400 * 326):
        assert problem(raw, NOW + timedelta(seconds=seconds)).code == "stale"


def test_a_probe_is_refused_quietly() -> None:
    found = problem(signed(sealed(), **{"Wechatpay-Signature": "WECHATPAY/SIGNTEST/abcdef"}))
    assert (found.code, found.authentic) == ("signtest", False)


def test_sha1_a_dropped_newline_and_another_body_are_refused() -> None:
    body, raw = sealed(), signed(sealed())
    key = derive_private_key(demo.PLATFORM_KEY_NAME)
    message = signing.reply_message("1767225606", NONCE[::-1], body)
    for wrong, algorithm in ((message, hashes.SHA1()), (message[:-1], hashes.SHA256())):
        signature = base64.b64encode(key.sign(wrong, padding.PKCS1v15(), algorithm)).decode()
        assert problem(signed(body, **{"Wechatpay-Signature": signature})).code == "bad_signature"
    assert problem(RawRequest("POST", "/", b"", raw.headers, body + b" ")).code == "bad_signature"


def test_signed_but_not_ours_is_a_case() -> None:
    foreign = TRADE.replace("1900000001", "1900000002", 1)
    assert (problem(signed(sealed(foreign))).code, problem(signed(sealed(foreign))).authentic) == (
        "foreign_merchant", True,
    )  # fmt: skip
    assert problem(signed(sealed(TRADE.replace("wx0000000000000001", "wx0000000000000009")))).code == "foreign_merchant"
    assert problem(signed(sealed(key="f" * 32))).code == "cannot_unseal"
    assert problem(signed(sealed(TRADE.replace('"total":990', '"total":0', 1)))).code == "bad_amount"
    assert problem(signed(sealed(TRADE.replace('"SUCCESS"', '"NOTPAY"', 1)))).code == "not_paid"
    assert problem(signed(b"[]")).code == "malformed"


@pytest.mark.parametrize(
    ("event", "kind"),
    [("REFUND.SUCCESS", "refunded"), ("REFUND.ABNORMAL", "refund_failed"), ("REFUND.CLOSED", "refund_failed")],
)
def test_refunds_are_hints(event: str, kind: str) -> None:
    said = {
        "mchid": "1900000001", "out_trade_no": "P202601010001", "transaction_id": "4200000000202601010000000001",
        "out_refund_no": "R202601010001", "refund_id": "50000000382019052709732678859", "refund_status": "SUCCESS",
        "success_time": "2026-01-01T08:00:05+08:00", "amount": {"total": 990, "refund": 100},
    }  # fmt: skip
    (fact,) = parse(signed(sealed(json.dumps(said), event=event))).facts
    assert (fact.kind, fact.our_ref, fact.amount.amount_minor) == (kind, "R202601010001", 100)


@given(
    st.sampled_from(sorted(json.loads(TRADE))),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=3),
)  # fmt: skip
def test_whatever_is_signed_is_read_or_refused(name: str, value: Any) -> None:
    try:
        parsed = parse(signed(sealed(json.dumps({**json.loads(TRADE), name: value}))))
    except NotifyProblem:
        return
    assert all(fact.amount.amount_minor == 990 for fact in parsed.facts)
