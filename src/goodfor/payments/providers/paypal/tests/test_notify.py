"""Events: what is believed, what is refused, and that nothing else ever comes out of a callback."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodfor.kernel.money import Money
from goodfor.payments.providers.base import Account, NotifyProblem, ParsedNotify
from goodfor.payments.providers.paypal import certificates, client, signing
from goodfor.payments.providers.paypal.adapter import PaypalProvider
from goodfor.payments.providers.paypal.settings import Settings
from goodfor.payments.providers.paypal.tests.books import NOW, Books, account
from goodfor.payments.providers.paypal.tests.keys import PLATFORM, certificate
from goodfor.payments.providers.paypal.tests.test_signing import BODY, BY_ROOT, HOOK, ID, LEAF, ROOT, TIME, signed
from goodfor.payments.providers.stripe.tests.server import Answer, Asked, Loopback, loopback
from goodfor.payments.types import RawRequest

pytestmark = pytest.mark.django_db
PROVIDER = PaypalProvider()
CAPTURE = {
    "id": "CAP0001", "status": "COMPLETED", "amount": {"currency_code": "USD", "value": "9.90"}, "custom_id": "P1",
    "invoice_id": "P1", "payee": {"merchant_id": "MERCH1"},
}  # fmt: skip
REFUND = {
    "id": "REF0001", "status": "COMPLETED", "amount": {"currency_code": "USD", "value": "5.00"}, "custom_id": "R1",
    "invoice_id": "R1",
}  # fmt: skip
DISPUTE = {
    "dispute_id": "PP-D-1", "dispute_amount": {"currency_code": "USD", "value": "9.90"},
    "disputed_transactions": [{"seller_transaction_id": "CAP0001"}],
    "dispute_outcome": {"outcome_code": "RESOLVED_BUYER_FAVOUR"},
}  # fmt: skip


@dataclass
class Hook:
    """The account of a test and its certificate, on this machine."""

    stand: Loopback
    books: Books
    pem: str = LEAF
    status: int = 200
    config: dict[str, Any] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/cert"):
            return self.status, self.pem.encode()
        return self.books.answer(asked)

    @property
    def account(self) -> Account:
        host = self.stand.url.removeprefix("http://")
        return account(self.stand.url, **{"cert_hosts": [host], "root_cert": ROOT, **self.config})

    def raw(self, body: bytes, **headers: str) -> RawRequest:
        held = {
            "paypal-transmission-id": ID,
            "paypal-transmission-time": TIME,
            "paypal-cert-url": f"{self.stand.url}/cert/one",
            "paypal-auth-algo": "SHA256withRSA",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        message = signing.message(held["paypal-transmission-id"], held["paypal-transmission-time"], HOOK, body)
        return RawRequest("POST", "/hook", headers={"paypal-transmission-sig": signed(message), **held}, body=body)

    def parse(self, body: bytes) -> ParsedNotify:
        return PROVIDER.parse_notify(self.account, self.raw(body), NOW)

    def refused(self, raw: RawRequest) -> NotifyProblem:
        with pytest.raises(NotifyProblem) as problem:
            PROVIDER.parse_notify(self.account, raw, NOW)
        return problem.value

    @property
    def fetched(self) -> int:
        return sum(asked.path.startswith("/cert") for asked in self.stand.asked)


@pytest.fixture
def hook() -> Iterator[Hook]:
    certificates.CACHE.pems.clear()
    certificates.CACHE.fetched.clear()
    client._tokens.clear()
    with loopback(lambda asked: (404, b"")) as stand:
        made = Hook(stand, Books())
        stand.answer = made.answer
        yield made


def event(kind: str, about: dict[str, Any], **more: Any) -> bytes:
    whole = {"id": "WH-1", "event_type": kind, "create_time": "2026-01-01T00:00:03.123Z", "resource": about}
    return json.dumps(whole | more).encode()


PAID = event("PAYMENT.CAPTURE.COMPLETED", CAPTURE)


def test_paid(hook: Hook) -> None:
    parsed = hook.parse(PAID)
    assert (parsed.event_key, parsed.our_ref) == ("WH-1", "P1")
    (fact,) = parsed.facts
    assert (fact.kind, fact.our_ref, fact.channel_ref, fact.amount) == ("paid", "P1", "CAP0001", Money(990, "USD"))
    hook.parse(PAID)
    # The certificate is fetched once.
    assert hook.fetched == 1
    PROVIDER.parse_notify(hook.account, hook.raw(PAID), NOW + timedelta(hours=25))
    assert hook.fetched == 2


def test_vector(hook: Hook) -> None:
    parsed = hook.parse(BODY)
    # It names no number of ours.
    assert (parsed.event_key, parsed.facts) == ("WH-TEST-0001", ())


def test_refunds(hook: Hook) -> None:
    (fact,) = hook.parse(event("PAYMENT.CAPTURE.REFUNDED", REFUND)).facts
    assert (fact.kind, fact.our_ref, fact.channel_ref, fact.amount) == ("refunded", "R1", "REF0001", Money(500, "USD"))
    (fact,) = hook.parse(event("PAYMENT.REFUND.FAILED", REFUND | {"status": "FAILED"})).facts
    assert fact.kind == "refund_failed"
    assert hook.parse(event("PAYMENT.CAPTURE.REFUNDED", REFUND | {"status": "PENDING"})).facts == ()


def test_disputes(hook: Hook) -> None:
    (fact,) = hook.parse(event("CUSTOMER.DISPUTE.CREATED", DISPUTE)).facts
    told = (fact.kind, fact.our_ref, fact.channel_ref, fact.parent_ref, fact.amount)
    assert told == ("disputed", "", "PP-D-1", "CAP0001", Money(990, "USD"))
    (fact,) = hook.parse(event("CUSTOMER.DISPUTE.RESOLVED", DISPUTE)).facts
    assert fact.kind == "dispute_lost"
    won = DISPUTE | {"dispute_outcome": {"outcome_code": "RESOLVED_SELLER_FAVOUR"}}
    (fact,) = hook.parse(event("CUSTOMER.DISPUTE.RESOLVED", won)).facts
    assert fact.kind == "dispute_won"
    assert hook.parse(event("CUSTOMER.DISPUTE.RESOLVED", DISPUTE | {"dispute_outcome": None})).facts == ()


def test_events_without_facts_are_acknowledged(hook: Hook) -> None:
    approved = {"id": "ORD1", "status": "APPROVED", "purchase_units": [{"custom_id": "P1"}]}
    parsed = hook.parse(event("CHECKOUT.ORDER.APPROVED", approved))
    assert (parsed.our_ref, parsed.facts) == ("P1", ())
    assert hook.parse(event("PAYMENT.CAPTURE.PENDING", CAPTURE)).facts == ()
    assert hook.parse(event("PAYMENT.CAPTURE.COMPLETED", {**CAPTURE, "custom_id": None})).facts == ()
    assert hook.parse(event("BILLING.PLAN.CREATED", {"id": "x"})).facts == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (event("PAYMENT.CAPTURE.COMPLETED", CAPTURE | {"payee": {"merchant_id": "X"}}), "foreign_merchant"),
        (event("PAYMENT.CAPTURE.COMPLETED", CAPTURE | {"custom_id": "P 1"}), "bad_number"),
        (event("PAYMENT.CAPTURE.COMPLETED", CAPTURE | {"custom_id": ["P1"]}), "bad_number"),
        (event("PAYMENT.CAPTURE.COMPLETED", CAPTURE | {"status": "PENDING"}), "bad_status"),
        (event("PAYMENT.CAPTURE.COMPLETED", CAPTURE | {"id": "a/b"}), "bad_id"),
        (event("PAYMENT.CAPTURE.COMPLETED", CAPTURE | {"amount": "9.90"}), "bad_amount"),
        *(
            (
                event("PAYMENT.CAPTURE.COMPLETED", CAPTURE | {"amount": {"currency_code": c, "value": v}}),
                "bad_amount",
            )
            for c, v in [
                ("USD", 9.9), ("USD", "9.901"), ("USD", "0.00"), ("USD", "-1"), ("USD", "1e3"), ("XXX", "1"),
                ("JPY", "9.90"), ("USD", "\u0661"), ("USD", ""), (None, "1"),
            ]
        ),
        (event("PAYMENT.CAPTURE.COMPLETED", CAPTURE, id=None), "bad_id"),
        (event("PAYMENT.CAPTURE.COMPLETED", CAPTURE, resource=[]), "malformed"),
        (event("PAYMENT.CAPTURE.COMPLETED", CAPTURE, event_type=7), "malformed"),
        (event("CUSTOMER.DISPUTE.CREATED", DISPUTE | {"disputed_transactions": []}), "bad_id"),
    ],
)  # fmt: skip
def test_signed_nonsense(hook: Hook, body: bytes, code: str) -> None:
    problem = hook.refused(hook.raw(body))
    assert (problem.code, problem.authentic) == (code, True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"paypal-transmission-sig": ""}, "unsigned"),
        ({"paypal-transmission-sig": "!"}, "malformed_signature"),
        ({"paypal-transmission-sig": "AAAA"}, "bad_signature"),
        ({"paypal-transmission-id": ID[:-1] + "6"}, "bad_signature"),
        ({"paypal-transmission-id": "a|b"}, "malformed_signature"),
        ({"paypal-transmission-time": "2026-01-01T00:00:05Z"}, "bad_signature"),
        ({"paypal-transmission-time": "2025-12-28T00:00:05Z"}, "stale_timestamp"),
        ({"paypal-transmission-time": "2026-01-01T00:05:07Z"}, "stale_timestamp"),
        ({"paypal-transmission-time": "yesterday"}, "malformed_signature"),
        ({"paypal-auth-algo": "SHA1withRSA"}, "bad_algorithm"),
        ({"paypal-auth-algo": "sha256withrsa"}, "bad_algorithm"),
        ({"paypal-cert-url": ""}, "foreign_certificate"),
        ({"paypal-cert-url": "https://paypal.com.evil.test/c"}, "foreign_certificate"),
        ({"paypal-cert-url": "https://evilpaypal.com/c"}, "foreign_certificate"),
        ({"paypal-cert-url": "https://api.paypal.com@evil.test/c"}, "foreign_certificate"),
        ({"paypal-cert-url": "https://api.paypal.com:8443/c"}, "foreign_certificate"),
        ({"paypal-cert-url": "http://api.paypal.com/c"}, "foreign_certificate"),
        ({"paypal-cert-url": "http://127.0.0.1:1/c"}, "foreign_certificate"),
        ({"paypal-cert-url": "file:///etc/passwd"}, "foreign_certificate"),
    ],
)
def test_every_header_counts(hook: Hook, change: dict[str, str], code: str) -> None:
    good = hook.raw(PAID)
    problem = hook.refused(replace(good, headers={**good.headers, **change}))
    assert (problem.code, problem.authentic) == (code, False)


def test_body_and_signer_count(hook: Hook) -> None:
    good = hook.raw(PAID)
    assert hook.refused(replace(good, body=PAID + b"\n")).code == "bad_signature"
    assert hook.refused(replace(good, body=PAID.replace(b"9.90", b"9.91"))).code == "bad_signature"
    assert hook.refused(replace(good, method="GET")).code == "malformed"
    assert hook.refused(replace(good, body=b"")).code == "malformed"
    assert hook.refused(replace(good, body=b" " * 300_000)).code == "malformed"
    hook.config = {"webhook_id": "WHID0002"}
    assert hook.refused(good).code == "bad_signature"


@pytest.mark.parametrize(
    "body", [b"\xff", b"[]", b'{"id":1,"id":2}', b"[" * 100_000, b'{"a":NaN}', b'{"a":"\\u0000"}', b"a=1&a=2"]
)
def test_bodies_that_are_none(hook: Hook, body: bytes) -> None:
    assert hook.refused(hook.raw(body)).code in ("not_json", "malformed")
    assert hook.fetched == 0


def test_certificates(hook: Hook) -> None:
    hook.status = 500
    assert hook.refused(hook.raw(PAID)).code == "certificate_unavailable"
    hook.status, hook.pem = 200, certificate("messageverificationcerts.paypal.com", PLATFORM)
    assert hook.refused(hook.raw(PAID)).code == "untrusted_certificate"
    hook.pem = certificate("shop.example.test", PLATFORM, BY_ROOT)
    assert hook.refused(hook.raw(PAID)).code == "untrusted_certificate"
    # What was not believed is not kept.
    hook.pem = LEAF
    assert hook.parse(PAID).facts
    # A certificate that is kept is still judged by this account's roots.
    hook.config = {"root_cert": ""}
    assert hook.refused(hook.raw(PAID)).code == "untrusted_certificate"


def test_strangers_do_not_make_us_call_out_for_ever(hook: Hook) -> None:
    hook.status = 404
    for number in range(40):
        raw = hook.raw(PAID, paypal_cert_url=f"{hook.stand.url}/cert/{number}")
        assert hook.refused(raw).code == "certificate_unavailable"
    assert hook.fetched == 20


def test_asking_paypal_instead(hook: Hook) -> None:
    hook.config = {"verify": "api"}
    body = PAID.replace(b'{"id"', b'{ "note":"a}b", "id"', 1)
    raw = hook.raw(body, paypal_cert_url="https://api.paypal.com/v1/notifications/certs/CERT-1")
    assert PROVIDER.parse_notify(hook.account, raw, NOW).facts
    asked = hook.stand.asked[-1]
    # The very bytes, not another spelling of them.
    assert body in asked.body
    told = json.loads(asked.body)
    assert (told["webhook_id"], told["transmission_id"], told["auth_algo"]) == (HOOK, ID, "SHA256withRSA")
    hook.books.verified = "FAILURE"
    assert hook.refused(raw).code == "bad_signature"
    hook.books.verified = ""
    assert hook.refused(raw).code == "bad_signature"
    hook.stand.faults = ["lost"]
    assert hook.refused(raw).code == "not_verified"
    hook.stand.faults = [500]
    assert hook.refused(raw).code == "not_verified"
    assert hook.fetched == 0


def test_hosts_of_certificates() -> None:
    ours = Settings.of(account())
    assert certificates.is_allowed("https://api.paypal.com/v1/notifications/certs/CERT-1", ours)
    assert certificates.is_allowed("https://api.sandbox.paypal.com/c", ours)
    assert not certificates.is_allowed("https://api.paypal.com/" + "c" * 600, ours)
    assert not certificates.is_allowed("https://127.0.0.1/c", ours)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200), st.text(max_size=60), st.text(max_size=60), st.text(max_size=40))
def test_arbitrary_bytes(hook: Hook, body: bytes, url: str, signature: str, time: str) -> None:
    headers = {
        "paypal-transmission-id": ID, "paypal-transmission-time": time or TIME, "paypal-transmission-sig": signature,
        "paypal-cert-url": url, "paypal-auth-algo": "SHA256withRSA",
    }  # fmt: skip
    for request in (hook.raw(body), RawRequest("POST", "/", headers=headers, body=body)):
        with pytest.raises(NotifyProblem):
            PROVIDER.parse_notify(hook.account, request, NOW)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.REFUNDED", "CUSTOMER.DISPUTE.RESOLVED"]),
    st.sampled_from([CAPTURE, REFUND, DISPUTE]),
    st.sampled_from(sorted({*CAPTURE, *REFUND, *DISPUTE})),
    ANY,
)
def test_arbitrary_values_in_signed_events(
    hook: Hook, kind: str, resource: dict[str, Any], name: str, value: object
) -> None:
    try:
        parsed = hook.parse(event(kind, {**resource, name: value}))
    except NotifyProblem:
        return
    assert len(parsed.facts) <= 1
