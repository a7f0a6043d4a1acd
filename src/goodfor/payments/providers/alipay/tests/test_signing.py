"""Vectors A1 and A3, replies that still verify whatever stands in their strings, and those that must not."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.payments.providers import rsa
from goodfor.payments.providers.alipay import client, signing
from goodfor.payments.providers.alipay.adapter import AlipayProvider
from goodfor.payments.providers.alipay.client import BadReply, Refused
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.shapes import beijing_time
from goodfor.payments.providers.alipay.tests.kit import (
    MERCHANT,
    MERCHANT_PUBLIC,
    NOW,
    PLATFORM,
    PLATFORM_PUBLIC,
    account,
    attempt,
    no,
    ok,
    reply,
)
from goodfor.payments.providers.base import instruction_of
from goodfor.sandbox.keys import derive_private_key

QUERY = "alipay.trade.query"
A3 = (
    '{"code":"10000","msg":"Success","out_trade_no":"P202601010001","trade_no":"2026010122001400000000000001",'
    '"trade_status":"TRADE_SUCCESS","total_amount":"9.90"}'
)
MINE = Settings.of(account())


def read(body: bytes) -> dict[str, Any]:
    return client.read_reply(MINE, QUERY, body, NOW)


def test_vector_a1_is_what_a_page_payment_sends() -> None:
    outcome = AlipayProvider().create(account(), attempt("page"), NOW)
    instruction = instruction_of(outcome)  # type: ignore[arg-type]
    fields = dict(instruction.fields)
    content = signing.request_content(fields)
    assert hashlib.sha256(content.encode()).hexdigest() == (
        "64d64bf576de23213775e053f994c3ffea437025bde8646af077b49c250e85d1"
    )
    assert fields["sign"].startswith("mxlHpRWYljaCriTzXj1MnpQu")
    assert hashlib.sha256(fields["sign"].encode()).hexdigest() == (
        "574ef2c6df77f941063906ac70de17a65f6ffbcb4388a677191ac2a8bdaf6aaf"
    )
    assert instruction.kind == "form"
    assert instruction.url == "http://127.0.0.1:9/gateway.do"


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Tokyo"])
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


def test_the_time_is_beijings_in_any_zone(zone: str) -> None:
    assert client.parameters(MINE, QUERY, {}, NOW)["timestamp"] == "2026-01-01 08:00:00"
    sent = instruction_of(AlipayProvider().create(account(), attempt("wap"), NOW)).fields  # type: ignore[arg-type]
    assert '"time_expire":"2026-01-01 08:15:00"' in sent["biz_content"]
    assert beijing_time("2026-01-01 08:00:00") == NOW


def test_every_parameter_is_signed() -> None:
    fields = client.parameters(MINE, QUERY, {"out_trade_no": "P1"}, NOW)
    signature = fields.pop("sign")
    assert fields["sign_type"] == "RSA2"
    assert rsa.verify(signing.request_content(fields).encode(), signature, MERCHANT_PUBLIC)
    for name in fields:
        for bad in ({**fields, name: fields[name] + "1"}, {k: v for k, v in fields.items() if k != name}):
            assert not rsa.verify(signing.request_content(bad).encode(), signature, MERCHANT_PUBLIC)
    assert "app_auth_token" not in fields


def test_app_payments_are_one_line_that_reads_back() -> None:
    instruction = instruction_of(AlipayProvider().create(account(), attempt("app", subject="卡 & 券"), NOW))  # type: ignore[arg-type]
    line = instruction.fields["order_string"]
    assert line.isascii()
    assert " " not in line
    fields = {k: v[0] for k, v in parse_qs(line, strict_parsing=True).items()}
    signature = fields.pop("sign")
    assert rsa.verify(signing.request_content(fields).encode(), signature, MERCHANT_PUBLIC)
    content = json.loads(fields["biz_content"])
    assert (content["subject"], content["product_code"]) == ("卡   券", "QUICK_MSECURITY_PAY")
    assert "return_url" not in fields


def test_vector_a3() -> None:
    signature = rsa.sign(A3.encode(), PLATFORM)
    assert signature.startswith("hx0JJihYm6xAVLwfLZ8/Vl3B")
    assert hashlib.sha256(signature.encode()).hexdigest() == (
        "167f7b3076f8fdff0e0a610c67631bb6db9bfd7e00fcba884ec542eeff90844a"
    )
    body = f'{{"alipay_trade_query_response":{A3},"sign":"{signature}"}}'.encode()
    assert read(body)["total_amount"] == "9.90"
    other_order = f' {{\n"sign" : "{signature}" , "alipay_trade_query_response" : {A3}\t}} '.encode()
    assert read(other_order)["out_trade_no"] == "P202601010001"
    for bad in (body.replace(b"9.90", b"9.91"), body.replace(b'"10000",', b'"10000", '), body.replace(b"P2", b"P3")):
        with pytest.raises(BadReply, match="bad_signature"):
            read(bad)


def test_a_reply_signed_with_sha1_or_by_another_is_refused() -> None:
    key = derive_private_key("finance-platform")
    weak = base64.b64encode(key.sign(A3.encode(), padding.PKCS1v15(), hashes.SHA1())).decode()
    for signature in (weak, rsa.sign(A3.encode(), MERCHANT), "AAAA", "%", "签"):
        with pytest.raises(BadReply, match="bad_signature"):
            read(f'{{"alipay_trade_query_response":{A3},"sign":"{signature}"}}'.encode())


@pytest.mark.parametrize(
    "subject", ["a}b", "a{b", 'a"}b', "\\", 'sign":"x', "https:\\/\\/x", "}}}}", "卡密", "\\u5361", ',"sign":"x"}']
)
def test_braces_and_quotes_inside_strings(subject: str) -> None:
    text = json.dumps({"code": "10000", "subject": subject, "nested": {"list": [{"a": "}"}]}}, ensure_ascii=False)
    for form in (text, text.replace("/", "\\/")):
        assert read(reply(QUERY, form))["subject"] == subject


values = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(-9, 10**20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(max_size=6), values, max_size=4), st.booleans(), st.booleans())
def test_any_signed_json_verifies_and_no_changed_one_does(
    more: dict[str, Any], ascii_only: bool, slashes: bool
) -> None:
    content = {**more, "code": "10000", "note": '"}{\\ /'}
    text = json.dumps(content, ensure_ascii=ascii_only, indent=None if slashes else 1)
    text = text.replace("/", "\\/") if slashes else text
    body = reply(QUERY, text)
    assert read(body)["note"] == content["note"]
    at = body.index(text.encode()) + len(text.encode()) // 2
    flipped = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
    with pytest.raises((BadReply, Refused)):
        read(flipped)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ 01ansig', max_size=60).map(str.encode))
def test_rubbish_is_a_bad_reply(body: bytes) -> None:
    with pytest.raises(BadReply):
        read(body)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"null", b"{" * 90_000, b'{"a":' * 90_000, b"[" * 90_000, b"\xff\xfe",
        b'{"alipay_trade_query_response":{"code":NaN},"sign":"x"}', reply(QUERY, A3) + b"x",
        b"\xef\xbb\xbf" + reply(QUERY, A3),
        reply(QUERY, A3)[:-1] + b',"sign":"x"}', reply(QUERY, A3)[:-1] + b',"error_response":{"code":"10000"}}',
        reply(QUERY, A3)[:-1] + b',"alipay_trade_query_response":{"code":"10000"}}',
        reply(QUERY, '{"code":"10000","code":"10000"}'), reply(QUERY, '"text"'), reply("alipay.trade.close", A3),
    ],
)  # fmt: skip
def test_shapes_that_are_no_answer(body: bytes) -> None:
    with pytest.raises(BadReply) as caught:
        read(body)
    assert caught.value.reason in ("not_json", "no_answer")


def test_unsigned_success_is_nothing_and_unsigned_refusals_prove_nothing() -> None:
    for bare in (f'{{"alipay_trade_query_response":{A3}}}', f'{{"alipay_trade_query_response":{A3},"sign":""}}'):
        with pytest.raises(BadReply, match="bad_signature"):
            read(bare.encode())
    with pytest.raises(BadReply, match="bad_signature"):
        read(b'{"error_response":{"code":"10000"}}')
    for name in ("error_response", "alipay_trade_query_response"):
        with pytest.raises(Refused) as caught:
            read(json.dumps({name: no("ACQ.TRADE_NOT_EXIST")}).encode())
        assert not caught.value.signed
        assert not caught.value.says(client.TRADE_NOT_EXIST)
    with pytest.raises(Refused) as caught:
        read(reply(QUERY, no("ACQ.TRADE_NOT_EXIST")))
    assert caught.value.says(client.TRADE_NOT_EXIST)
    spoilt = reply(QUERY, no("ACQ.TRADE_NOT_EXIST")).replace(b"NOT_EXIST", b"NOT_EXISt")
    with pytest.raises(BadReply, match="bad_signature"):
        read(spoilt)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (no("ACQ.SYSTEM_ERROR"), "system_error"), (no("aop.ACQ.SYSTEM_ERROR", "20000"), "system_error"),
        (no("isp.unknow-error", "20000"), "system_error"), (no("isv.app-call-limited", "40005"), "rate_limited"),
        (no("", "10003"), "bad_code"), ({"msg": "?"}, "bad_code"), (ok(code=10000), None),
    ],
)  # fmt: skip
def test_what_is_not_known_is_not_a_refusal(content: dict[str, Any], reason: str | None) -> None:
    if reason is None:
        assert read(reply(QUERY, content))["code"] == "10000"
        return
    with pytest.raises(BadReply, match=reason):
        read(reply(QUERY, content))


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text(st.characters(exclude_categories=["Cs"]))
    )
)
def test_round_trip(fields: dict[str, str]) -> None:
    fields = {k: v for k, v in fields.items() if k not in ("sign", "sign_type")}
    sent = {**fields, "sign": rsa.sign(signing.notify_content(fields).encode(), PLATFORM), "sign_type": "RSA2"}
    assert signing.verify_notify({**sent, "extra-and-empty": ""}, (PLATFORM_PUBLIC,))
    assert not signing.verify_notify({**sent, "extra": "1"}, (PLATFORM_PUBLIC,))
    assert not signing.verify_notify(sent, ())
