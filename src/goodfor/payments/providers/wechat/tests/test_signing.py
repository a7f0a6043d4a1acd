"""Signatures and seals: vectors W1 to W4, and each change of what is signed."""

import base64
import hashlib
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given
from hypothesis import strategies as st

from goodfor.payments.providers import rsa
from goodfor.payments.providers.wechat import keys, signing
from goodfor.payments.providers.wechat.shapes import BadReply
from goodfor.payments.providers.wechat.tests.kit import (
    APIV3,
    KEY_ID,
    MCHID,
    MERCHANT,
    MERCHANT_PUBLIC,
    OTHER,
    PLATFORM,
    PLATFORM_PUBLIC,
    SERIAL,
    seal,
    settings,
)
from goodfor.sandbox.keys import derive_private_key

STAMP, NONCE = "1767225600", "0123456789ABCDEF0123456789ABCDEF"
W1 = (
    b'{"mchid":"1900000001","appid":"wx0000000000000001","out_trade_no":"P202601010001","description":"card",'
    b'"notify_url":"https://pay.example.test/hook/wechat","amount":{"total":990,"currency":"CNY"}}'
)
W1_SIGNATURE = (
    "Ir6dU1E5s1gJ51ljQ6LfZVbqx/IIq82Fo7hXQ4SoUWFjSYyNxJ+69md++WvdTDkhw1MkJ8AYgmtdBbbwv+LcXykG+j4pWAdy0rTwXbhBnygxi7Dq"
    "6BYPlTsOmTH6sPf02+nyYvEJNoI0UN8BCXbZcMgErVmYuN4jUlzwZTcZGInjSZRhy4lxKzyAEByBe3+ue27uqAseCL96jq6c4nA6+nu9ZroeGgg8"
    "r7nCd+C/mGrkr8Ek5SeIs7V2I79vMyrJ/pgtRU+MIIZGYXUjudVIMBvzwmK2r8yJkH2+SxrsHf53A8zG2eU1StfLiRkpAN9yH5eCU9dPfMyT4mkS"
    "eXjJpw=="
)
W4_PLAIN = (
    b'{"mchid":"1900000001","appid":"wx0000000000000001","out_trade_no":"P202601010001","transaction_id":'
    b'"4200000000202601010000000001","trade_type":"NATIVE","trade_state":"SUCCESS","trade_state_desc":"OK",'
    b'"bank_type":"OTHERS","attach":"","success_time":"2026-01-01T08:00:05+08:00","payer":{"openid":"oTEST"},'
    b'"amount":{"total":990,"payer_total":990,"currency":"CNY","payer_currency":"CNY"}}'
)
W4_NONCE, W4_AT = "FEDCBA9876543210FEDCBA9876543210", datetime(2026, 1, 1, 0, 0, 6, tzinfo=UTC)


def sha(raw: bytes | str) -> str:
    return hashlib.sha256(raw.encode() if isinstance(raw, str) else raw).hexdigest()


def w4() -> tuple[bytes, str]:
    """The body and its signature."""
    sealed = seal(W4_PLAIN, "transaction")["ciphertext"]
    assert (len(sealed), sealed[:24]) == (536, "+tSPbcTuImKCeoT1+pOmkTmU")
    assert sha(sealed) == "1e42c15092342887c5bd2ac644dbafd160834dc9f68cb4dc21e5937a9b1b0060"
    body = (
        '{"id":"EV-0001","create_time":"2026-01-01T08:00:06+08:00","resource_type":"encrypt-resource","event_type":'
        '"TRANSACTION.SUCCESS","summary":"ok","resource":{"original_type":"transaction","algorithm":"AEAD_AES_256_GCM",'
        f'"ciphertext":"{sealed}","associated_data":"transaction","nonce":"abcdef012345"}}}}'
    ).encode()
    return body, rsa.sign(signing.reply_message("1767225606", W4_NONCE, body), PLATFORM)


def test_w1_a_request() -> None:
    message = signing.request_message("POST", "/v3/pay/transactions/native", STAMP, NONCE, W1)
    assert sha(message) == "0c2cb7d41c3ab9fcf17c76e1920e733dd31bff07de15b56414f73ed6996c0845"
    assert rsa.sign(message, MERCHANT) == W1_SIGNATURE
    header = signing.authorization(
        mchid=MCHID, serial_no=SERIAL, private_key=MERCHANT, method="POST", target="/v3/pay/transactions/native",
        timestamp=STAMP, nonce=NONCE, body=W1,
    )  # fmt: skip
    assert header == (
        f'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="{NONCE}",signature="{W1_SIGNATURE}",'
        f'timestamp="1767225600",serial_no="{SERIAL}"'
    )


@pytest.mark.parametrize(
    "change",
    [
        ("GET", "/v3/pay/transactions/native", STAMP, NONCE, W1),
        ("POST", "/v3/pay/transactions/native?", STAMP, NONCE, W1),
        ("POST", "/v3/pay/transactions/native", "1767225601", NONCE, W1),
        ("POST", "/v3/pay/transactions/native", STAMP, NONCE[:-1], W1),
        ("POST", "/v3/pay/transactions/native", STAMP, NONCE, W1.replace(b"990", b"991")),
        ("POST", "/v3/pay/transactions/native", STAMP, NONCE, W1 + b"\n"),
        ("POST", "/v3/pay/transactions/native", STAMP, NONCE, b""),
    ],
)
def test_w1_signs_all_of_it(change: tuple[str, str, str, str, bytes]) -> None:
    assert not rsa.verify(signing.request_message(*change), W1_SIGNATURE, MERCHANT_PUBLIC)


def test_w2_a_question() -> None:
    target = f"/v3/pay/transactions/out-trade-no/P202601010001?mchid={MCHID}"
    message = signing.request_message("GET", target, STAMP, NONCE, b"")
    assert message.endswith(b"\n\n")
    assert sha(message) == "51736227db5a0747c8a8a0d0cd0313cdd75d192d0eb46bd43d9055b6c2bdf03f"
    signature = rsa.sign(message, MERCHANT)
    assert signature.startswith("n7YeWL4bqlMYkYy0w0T8KPPY")
    assert sha(signature) == "7d21468760812ab4b19568c7694d3f3ca146c81ede6c38c818852c9b8f9618aa"


def test_w3_what_the_buyers_side_hands_over() -> None:
    package = "prepay_id=wx2026010100000000000000000000000001"
    message = signing.pay_message("wx0000000000000001", STAMP, NONCE, package)
    assert sha(message) == "afc203afcdafc6197202bd416b5a8b010ac4c114d24e1a5f399a9eef56da3780"
    signature = rsa.sign(message, MERCHANT)
    assert signature.startswith("GTfiJaG53MijwARtxOujq+p6")
    assert sha(signature) == "548678d8b248dadb7a79c962a968d47ee36dd6bc71985b4b65c6b0310ec4a43b"


def test_w4_a_notice() -> None:
    body, signature = w4()
    assert sha(body) == "2fad08927cb6532b3e0f30ff93ad4f2d9408b063aca00b92e626e9aa9841260c"
    message = signing.reply_message("1767225606", W4_NONCE, body)
    assert sha(message) == "4db04a1555484c0073e56abd4f4f91a86be7a506b2c87ab2a82843542765f33a"
    assert signature.startswith("gUrPunQJfZ8ZA3Cwq7wPqiGm")
    assert sha(signature) == "22b169b616e67520b2960713eb0d9a122d0994d2479ee25897d7cb3d29f1258e"
    assert rsa.verify(message, signature, PLATFORM_PUBLIC)
    resource = json.loads(body)["resource"]
    plain = signing.unseal(APIV3, resource["nonce"], resource["associated_data"], resource["ciphertext"])
    assert plain == W4_PLAIN


def refused(headers: dict[str, str], body: bytes, at: datetime = W4_AT) -> str:
    with pytest.raises(BadReply) as caught:
        keys.verify(settings(), headers, body, at, lambda *_: ())
    return caught.value.reason


def headers_of(signature: str) -> dict[str, str]:
    return {
        "wechatpay-timestamp": "1767225606", "wechatpay-nonce": W4_NONCE, "wechatpay-signature": signature,
        "wechatpay-serial": KEY_ID,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("timestamp", "1767225607", "bad_signature"), ("timestamp", "1767225606 ", "bad_signature"),
        ("timestamp", "", "bad_signature"), ("nonce", W4_NONCE.lower(), "bad_signature"),
        ("nonce", "", "bad_signature"), ("nonce", W4_NONCE + "\n", "bad_signature"),
        ("signature", "AAAA", "bad_signature"), ("signature", "?", "bad_signature"), ("signature", "", "unsigned"),
        ("signature", "é", "bad_signature"),
        ("signature", "WECHATPAY/SIGNTEST/abc", "signtest"), ("serial", "", "unsigned"),
        ("serial", KEY_ID + "0", "unknown_serial"), ("serial", "PUB_KEY_ID_", "unknown_serial"),
        ("serial", SERIAL, "unknown_serial"), ("serial", KEY_ID.lower(), "unknown_serial"),
        ("signature-type", "WECHATPAY2-SM2-WITH-SM3", "bad_signature"), ("signature-type", "", "bad_signature"),
    ],
)  # fmt: skip
def test_w4_with_a_header_changed(name: str, value: str, code: str) -> None:
    body, signature = w4()
    good = headers_of(signature)
    keys.verify(settings(), good, body, W4_AT, lambda *_: ())
    keys.verify(settings(), {**good, "wechatpay-signature-type": signing.SCHEME}, body, W4_AT, lambda *_: ())
    assert refused({**good, f"wechatpay-{name}": value}, body) == code


def test_w4_with_its_body_or_key_changed() -> None:
    body, signature = w4()
    good = headers_of(signature)
    for other in (body[:-1], body + b"\n", body.replace(b"EV-0001", b"EV-0002"), b"", b"\xef\xbb\xbf" + body):
        assert refused(good, other) == "bad_signature"
    message = signing.reply_message("1767225606", W4_NONCE, body)
    assert refused(headers_of(rsa.sign(message, OTHER)), body) == "bad_signature"
    # A newline less at the end, and one more.
    assert refused(headers_of(rsa.sign(message[:-1], PLATFORM)), body) == "bad_signature"
    assert refused(headers_of(rsa.sign(message + b"\n", PLATFORM)), body) == "bad_signature"
    sha1 = derive_private_key("finance-platform").sign(message, padding.PKCS1v15(), hashes.SHA1())
    assert refused(headers_of(base64.b64encode(sha1).decode()), body) == "bad_signature"
    flipped = bytearray(base64.b64decode(signature))
    flipped[7] ^= 1
    assert refused(headers_of(base64.b64encode(flipped).decode()), body) == "bad_signature"


def test_w4_early_and_late() -> None:
    body, signature = w4()
    good = headers_of(signature)
    for seconds in (-299, 299):
        keys.verify(settings(), good, body, datetime.fromtimestamp(1767225606 + seconds, UTC), lambda *_: ())
    for seconds in (-300, 300, 86_400):
        assert refused(good, body, datetime.fromtimestamp(1767225606 + seconds, UTC)) == "stale"


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "１７６７２２５６０６", "1" * 13, " 1767225606", "1767225606.0"])
def test_times_that_are_none(stamp: str) -> None:
    with pytest.raises(BadReply, match="stale"):
        keys.require_fresh(stamp, W4_AT)


@pytest.mark.parametrize(
    ("field", "value"),
    [("nonce", "abcdef012346"), ("nonce", ""), ("nonce", "a"), ("nonce", "\ud800" * 12), ("associated_data", ""),
     ("associated_data", "transactioN"), ("ciphertext", ""), ("ciphertext", "AAAA"), ("ciphertext", "not base64"),
     ("ciphertext", "é")],
)  # fmt: skip
def test_seals_that_were_not_made_for_us(field: str, value: str) -> None:
    sealed = {**seal(W4_PLAIN, "transaction"), field: value}
    with pytest.raises(ValueError, match="not sealed for us"):
        signing.unseal(APIV3, sealed["nonce"], sealed["associated_data"], sealed["ciphertext"])
    good = seal(W4_PLAIN, "transaction")
    for key in (APIV3[:-1], APIV3[:-1] + "0", ""):
        with pytest.raises(ValueError, match="not sealed for us"):
            signing.unseal(key, good["nonce"], good["associated_data"], good["ciphertext"])


@given(st.binary(max_size=300), st.text(alphabet="abc", max_size=5))
def test_a_seal_and_back(plain: bytes, data: str) -> None:
    sealed = seal(plain, data)
    assert signing.unseal(APIV3, sealed["nonce"], data, sealed["ciphertext"]) == plain
    raw = bytearray(base64.b64decode(sealed["ciphertext"]))
    raw[-1] ^= 1
    with pytest.raises(ValueError, match="not sealed"):
        signing.unseal(APIV3, sealed["nonce"], data, base64.b64encode(raw).decode())


def test_names_for_their_eyes_only() -> None:
    one, two = (signing.encrypt_field("张三", PLATFORM_PUBLIC) for _ in range(2))
    assert one != two
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
    key = derive_private_key("finance-platform")
    assert {key.decrypt(base64.b64decode(text), oaep).decode() for text in (one, two)} == {"张三"}
    with pytest.raises(ValueError, match="cannot be encrypted") as caught:
        signing.encrypt_field("长" * 200, PLATFORM_PUBLIC)
    assert "长" not in repr(caught.value)
