"""Vector A2, each of its changes, and what each status means."""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.kernel.money import Money
from goodfor.payments.providers import rsa
from goodfor.payments.providers.alipay import signing
from goodfor.payments.providers.alipay.adapter import AlipayProvider
from goodfor.payments.providers.alipay.tests.kit import (
    AMOUNT,
    APP,
    MERCHANT,
    NOTIFY,
    NOW,
    NUMBER,
    PLATFORM,
    TRADE,
    account,
    notified,
    post,
)
from goodfor.payments.providers.base import NotifyProblem, ParsedNotify
from goodfor.payments.types import Fact, RawRequest
from goodfor.sandbox.keys import derive_private_key

LATER = NOW + timedelta(seconds=10)


def parse(raw: RawRequest | bytes, **config: object) -> ParsedNotify:
    raw = post(raw) if isinstance(raw, bytes) else raw
    return AlipayProvider().parse_notify(account(**config), raw, LATER)


def problem(raw: RawRequest | bytes, **config: object) -> NotifyProblem:
    with pytest.raises(NotifyProblem) as caught:
        parse(raw, **config)
    return caught.value


def fact_of(raw: bytes) -> Fact:
    (fact,) = parse(raw).facts
    return fact


def test_vector_a2() -> None:
    content = signing.notify_content({**NOTIFY, "sign": "x", "sign_type": "RSA2"})
    assert hashlib.sha256(content.encode()).hexdigest() == (
        "b34db3233e727843cab338b3f78edd61220a075c98c80d85dc31e87039a6cb53"
    )
    signature = rsa.sign(content.encode(), PLATFORM)
    assert signature.startswith("c2U/G0RF3yoFUr2Zv9V9Cilq")
    assert hashlib.sha256(signature.encode()).hexdigest() == (
        "8c3ab5e0942dcb0010cbf066a95d614326ae2a98618f1922a044cb96d68b2bcf"
    )
    parsed = parse(notified())
    assert parsed.our_ref == NUMBER
    assert parsed.event_key == f"{NOTIFY['notify_id']}:TRADE_SUCCESS"
    (fact,) = parsed.facts
    assert (fact.kind, fact.our_ref, fact.channel_ref, fact.amount) == ("paid", NUMBER, TRADE, AMOUNT)
    assert fact.happened_at == NOW + timedelta(seconds=5)


def test_an_empty_field_more_changes_nothing() -> None:
    assert parse(notified(after={"passback_params": ""})) == parse(notified())


@pytest.mark.parametrize("name", sorted(NOTIFY))
def test_every_change_spoils_the_signature(name: str) -> None:
    assert problem(notified(after={name: NOTIFY[name] + "1"})).code == "bad_signature"
    assert problem(notified(after={name: ""})).code == "bad_signature"
    assert not problem(notified(after={name: "SIGNTEST"})).authentic


def test_wrong_signatures() -> None:
    key = derive_private_key("finance-platform")
    weak = key.sign(signing.notify_content(NOTIFY).encode(), padding.PKCS1v15(), hashes.SHA1())
    assert problem(notified(after={"sign": base64.b64encode(weak).decode()})).code == "bad_signature"
    assert problem(notified(key=MERCHANT)).code == "bad_signature"
    assert problem(notified(after={"sign": "SIGNTEST"})).code == "bad_signature"
    assert problem(notified(after={"sign": ""})).code == "unsigned"
    assert problem(urlencode(NOTIFY).encode()).code == "unsigned"
    for sign_type in ("RSA", "", "rsa2"):
        assert problem(notified(after={"sign_type": sign_type})).code == "bad_sign_type"


def test_shapes() -> None:
    good = notified()
    assert problem(good + b"&total_amount=9.90").code == "duplicate_parameter"
    assert problem(good + b"&sign_type=RSA2").code == "duplicate_parameter"
    assert problem(good + b"&x=%00").code == "malformed"
    assert problem(good + b"&x=%ff").code == "malformed"
    assert problem(good + b"&x=\xe5\x8d\xa1").code == "malformed"
    assert problem(good + b"&x").code == "malformed"
    assert problem(good + b"&a" * 10 + b"=").code == "malformed"
    assert problem(good + b"".join(b"&f%d=1" % i for i in range(200))).code == "malformed"
    assert problem(good + b"&x=" + b"a" * 70_000).code == "too_large"
    assert problem(b"").code == "malformed"
    assert problem(replace(post(good), method="GET")).code == "malformed"
    # What is in the address is not what Alipay signed.
    assert parse(replace(post(good), query=b"total_amount=1.00&x")) == parse(good)


@pytest.mark.parametrize(
    "time", ["2025-12-28 08:00:00", "2026-01-01 08:16:00", "2027-01-01 08:00:00", "", "now", "2026-13-01 00:00:00",
             "0001-01-01 00:00:00"],
)  # fmt: skip
def test_old_and_future_times(time: str) -> None:
    found = problem(notified({"notify_time": time}))
    assert (found.code, found.authentic) == ("stale_timestamp", False)


@pytest.mark.parametrize(
    "changes",
    [
        {"app_id": "2021000000000009"}, {"app_id": ""}, {"seller_id": "2088000000000009"}, {"seller_id": ""},
        {"auth_app_id": "2021000000000009"},
    ],
)  # fmt: skip
def test_what_is_for_another_merchant(changes: dict[str, str]) -> None:
    found = problem(notified(changes))
    assert (found.code, found.authentic, found.our_ref) == ("foreign_merchant", True, NUMBER)


def test_acting_for_a_merchant() -> None:
    other = {"auth_app_id": "2021000000000009"}
    acting = {"secrets": {"app_auth_token": "token-of-a-merchant"}}
    assert parse(notified(other), **acting).facts
    assert parse(notified(other), **acting, auth_app_id="2021000000000009").facts
    assert problem(notified(other), **acting, auth_app_id=APP).code == "foreign_merchant"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"out_trade_no": ""}, "bad_number"), ({"out_trade_no": "P 1"}, "bad_number"),
        ({"out_trade_no": "P" * 65}, "bad_number"), ({"trade_no": ""}, "bad_trade_number"),
        ({"trade_no": "x/y"}, "bad_trade_number"), ({"total_amount": "0.00"}, "bad_amount"),
        ({"total_amount": ""}, "bad_amount"), ({"total_amount": "9.901"}, "bad_amount"),
        ({"total_amount": "-9.90"}, "bad_amount"), ({"total_amount": "1e3"}, "bad_amount"),
        ({"total_amount": "９.90"}, "bad_amount"), ({"notify_id": ""}, "bad_event_number"),
        ({"refund_fee": "x"}, "bad_amount"), ({"gmt_refund": "2026-01-01 08:00:06"}, "bad_amount"),
    ],
)  # fmt: skip
def test_signed_nonsense_is_for_the_staff(changes: dict[str, str], code: str) -> None:
    found = problem(notified(changes))
    assert (found.code, found.authentic) == (code, True)


def test_what_each_status_means() -> None:
    refunded = {"refund_fee": "1.00", "gmt_refund": "2026-01-01 08:00:06.123", "out_biz_no": "R1"}
    assert fact_of(notified({"trade_status": "TRADE_FINISHED"})).kind == "paid"
    assert fact_of(notified({"refund_fee": "0.00"})).kind == "paid"
    assert parse(notified({"trade_status": "WAIT_BUYER_PAY"})).facts == ()
    assert parse(notified({"trade_status": "TRADE_PENDING"})).facts == ()
    part = fact_of(notified(refunded))
    assert (part.kind, part.our_ref, part.parent_ref, part.amount) == ("refunded", "R1", TRADE, Money(100, "CNY"))
    assert part.happened_at == NOW + timedelta(seconds=6)
    assert fact_of(notified({**refunded, "refund_fee": "9.90", "trade_status": "TRADE_CLOSED"})).kind == "refunded"
    assert parse(notified({**refunded, "out_biz_no": ""})).facts == ()
    assert parse(notified({**refunded, "out_biz_no": "", "trade_status": "TRADE_CLOSED"})).facts == ()
    assert parse(notified({"refund_fee": "1.00", "out_biz_no": "R1"})).facts[0].kind == "refunded"
    closed = fact_of(notified({"trade_status": "TRADE_CLOSED", "gmt_close": "2026-01-01 08:00:06"}))
    assert (closed.kind, closed.our_ref) == ("closed", NUMBER)
    assert parse(notified({"notify_type": "open_app_auth_notify"})).facts == ()


def test_money_never_arrives_in_the_future() -> None:
    assert fact_of(notified({"gmt_payment": "2030-01-01 00:00:00"})).happened_at == LATER
    assert fact_of(notified({"gmt_payment": ""})).happened_at == LATER


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet="ab=&%+01sign_typeRSA2", max_size=80).map(str.encode))
def test_rubbish_never_crashes(body: bytes) -> None:
    assert not problem(body).authentic


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*NOTIFY, "refund_fee", "gmt_refund", "out_biz_no"]), st.text(max_size=12)))
def test_signed_rubbish_never_crashes(changes: dict[str, str]) -> None:
    try:
        body = notified(changes)
    except UnicodeEncodeError:
        return
    try:
        parsed = parse(body)
    except NotifyProblem:
        return
    assert len(parsed.event_key) <= 160
