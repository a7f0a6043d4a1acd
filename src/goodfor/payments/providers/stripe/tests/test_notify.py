"""Events: what is believed, what is refused, and that nothing else ever comes out of a callback."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodfor.kernel.money import Money
from goodfor.payments.providers.base import NotifyProblem, ParsedNotify
from goodfor.payments.providers.stripe import signing
from goodfor.payments.providers.stripe.adapter import StripeProvider
from goodfor.payments.providers.stripe.tests.books import HOOK, NOW, account
from goodfor.payments.providers.stripe.tests.test_signing import BODY, HEADER
from goodfor.payments.types import RawRequest

PROVIDER = StripeProvider()
T = int(NOW.timestamp())
INTENT = {
    "id": "pi_0001", "object": "payment_intent", "amount": 990, "amount_received": 990, "currency": "usd",
    "status": "succeeded", "metadata": {"number": "P1"},
}  # fmt: skip
SESSION = {
    "id": "cs_test_a1", "object": "checkout.session", "client_reference_id": "P1", "payment_intent": "pi_0001",
    "payment_status": "paid", "amount_total": 990, "currency": "usd", "metadata": {"number": "P1"},
}  # fmt: skip
REFUND = {
    "id": "re_0001", "object": "refund", "amount": 500, "currency": "usd", "status": "succeeded",
    "payment_intent": "pi_0001", "metadata": {"number": "R1", "payment": "P1"},
}  # fmt: skip
DISPUTE = {
    "id": "dp_0001", "object": "dispute", "amount": 990, "currency": "usd", "status": "needs_response",
    "payment_intent": "pi_0001", "charge": "ch_1",
}  # fmt: skip


def event(kind: str, thing: dict[str, Any], **more: Any) -> bytes:
    whole = {"id": "evt_1", "object": "event", "type": kind, "livemode": False, "created": T - 3}
    return json.dumps({**whole, "data": {"object": thing}, **more}).encode()


def raw(body: bytes, at: int = T) -> RawRequest:
    header = f"t={at},v1={signing.sign(at, body, HOOK)}"
    return RawRequest("POST", "/hook", headers={"stripe-signature": header}, body=body)


def parse(body: bytes, **config: Any) -> ParsedNotify:
    return PROVIDER.parse_notify(account(**config), raw(body), NOW)


def refused(request: RawRequest, **config: Any) -> NotifyProblem:
    with pytest.raises(NotifyProblem) as problem:
        PROVIDER.parse_notify(account(**config), request, NOW)
    return problem.value


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("payment_intent.succeeded", INTENT),
        ("checkout.session.completed", SESSION),
        ("checkout.session.async_payment_succeeded", SESSION),
    ],
)
def test_paid(kind: str, thing: dict[str, Any]) -> None:
    parsed = parse(event(kind, thing))
    assert (parsed.event_key, parsed.our_ref) == ("evt_1", "P1")
    (fact,) = parsed.facts
    # The same fact, whichever event tells it.
    assert (fact.kind, fact.our_ref, fact.channel_ref, fact.amount) == ("paid", "P1", "pi_0001", Money(990, "USD"))
    assert fact.happened_at == NOW - timedelta(seconds=3)


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("checkout.session.completed", SESSION | {"payment_status": "unpaid"}),
        ("payment_intent.succeeded", INTENT | {"metadata": {}}),
        ("payment_intent.succeeded", INTENT | {"metadata": None}),
        ("payment_intent.created", INTENT),
        ("checkout.session.completed", SESSION | {"metadata": {}, "client_reference_id": "their own"}),
        ("refund.updated", REFUND | {"status": "pending"}),
        ("customer.created", {"id": "cus_1"}),
    ],
)
def test_events_without_facts_are_acknowledged(kind: str, thing: dict[str, Any]) -> None:
    assert parse(event(kind, thing)).facts == ()


def test_refunds() -> None:
    (fact,) = parse(event("refund.updated", REFUND)).facts
    assert (fact.kind, fact.our_ref, fact.channel_ref, fact.amount) == ("refunded", "R1", "re_0001", Money(500, "USD"))
    (fact,) = parse(event("refund.failed", REFUND | {"status": "failed"})).facts
    assert fact.kind == "refund_failed"


@pytest.mark.parametrize(
    ("kind", "status", "fact_kind"),
    [
        ("charge.dispute.created", "needs_response", "disputed"),
        ("charge.dispute.funds_withdrawn", "needs_response", "disputed"),
        ("charge.dispute.funds_reinstated", "under_review", "dispute_won"),
        ("charge.dispute.closed", "won", "dispute_won"),
        ("charge.dispute.closed", "lost", "dispute_lost"),
        ("charge.dispute.closed", "warning_closed", "dispute_won"),
    ],
)
def test_disputes(kind: str, status: str, fact_kind: str) -> None:
    (fact,) = parse(event(kind, DISPUTE | {"status": status})).facts
    assert (fact.kind, fact.our_ref, fact.channel_ref, fact.parent_ref) == (fact_kind, "", "dp_0001", "pi_0001")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (event("payment_intent.succeeded", INTENT, livemode=True), "wrong_mode"),
        (event("payment_intent.succeeded", INTENT, livemode="false"), "wrong_mode"),
        (event("payment_intent.succeeded", INTENT, account="acct_other"), "foreign_merchant"),
        (event("payment_intent.succeeded", INTENT | {"metadata": {"number": "P 1"}}), "bad_number"),
        (event("payment_intent.succeeded", INTENT | {"amount_received": 0}), "bad_amount"),
        (event("payment_intent.succeeded", INTENT | {"amount_received": 9.9}), "bad_amount"),
        (event("payment_intent.succeeded", INTENT | {"amount_received": True}), "bad_amount"),
        (event("payment_intent.succeeded", INTENT | {"amount_received": "990"}), "bad_amount"),
        (event("payment_intent.succeeded", INTENT | {"currency": "xxx"}), "bad_amount"),
        (event("payment_intent.succeeded", INTENT | {"status": "processing"}), "bad_status"),
        (event("payment_intent.succeeded", INTENT | {"id": "ch_1"}), "bad_id"),
        (event("payment_intent.succeeded", INTENT | {"id": "pi_" + "1" * 90}), "bad_id"),
        (event("charge.dispute.closed", DISPUTE), ""),
        (event("charge.dispute.closed", DISPUTE | {"status": "odd"}), "bad_status"),
        (event("payment_intent.succeeded", INTENT, id=7), "bad_id"),
        (event("payment_intent.succeeded", INTENT, data=[]), "malformed"),
        (event("payment_intent.succeeded", INTENT, object="list"), "malformed"),
        (event("payment_intent.succeeded", INTENT | {"description": "a\0b"}), "malformed"),
        (b'{"id":"evt_1","id":"evt_2"}', "not_json"),
        (b'{"object":"event","amount":NaN}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[]", "malformed"),
        (BODY, "wrong_mode"),
    ],
)
def test_signed_nonsense(body: bytes, code: str) -> None:
    if not code:
        assert parse(body).facts[0].kind == "disputed"
        return
    problem = refused(raw(body))
    assert (problem.code, problem.authentic) == (code, True)


def test_a_brace_and_a_quote_in_a_text_change_nothing() -> None:
    assert parse(event("payment_intent.succeeded", INTENT | {"description": 'a}b"{]'})).facts


def test_signature_comes_before_everything() -> None:
    body = event("payment_intent.succeeded", INTENT)
    good = raw(body)
    assert refused(replace(good, headers={})).code == "unsigned"
    assert refused(replace(good, headers={"stripe-signature": "t=1"})).code == "malformed_signature"
    assert refused(replace(good, body=body + b" ")).code == "bad_signature"
    assert refused(replace(good, headers={"stripe-signature": HEADER})).code == "bad_signature"
    assert refused(raw(body, T - 301)).code == "stale_timestamp"
    assert refused(raw(body, T + 301)).code == "stale_timestamp"
    assert refused(replace(good, method="GET")).code == "malformed"
    assert refused(replace(good, body=b"")).code == "malformed"
    assert refused(replace(good, body=b"x" * (256 * 1024 + 1))).code == "malformed"
    for problem in (refused(replace(good, body=body + b" ")), refused(raw(body, T + 301))):
        assert not problem.authentic


def test_events_of_a_connected_account() -> None:
    body = event("payment_intent.succeeded", INTENT, account="acct_1")
    assert parse(body, account="acct_1").facts
    assert refused(raw(body), account="acct_2").code == "foreign_merchant"
    own = event("payment_intent.succeeded", INTENT)
    assert refused(raw(own), account="acct_1").code == "foreign_merchant"


def test_vector_verifies_by_the_adapter() -> None:
    request = RawRequest("POST", "/", headers={"stripe-signature": HEADER}, body=BODY)
    # Its body has no mode: authentic, not ours.
    assert refused(request).authentic


@given(st.binary(max_size=300), st.text(max_size=80))
def test_arbitrary_bytes(body: bytes, header: str) -> None:
    for request in (raw(body), RawRequest("POST", "/", headers={"stripe-signature": header}, body=body)):
        with pytest.raises(NotifyProblem):
            PROVIDER.parse_notify(account(), request, NOW)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(
        ["payment_intent.succeeded", "checkout.session.completed", "refund.updated", "charge.dispute.closed"]
    ),
    st.sampled_from([INTENT, SESSION, REFUND, DISPUTE]),
    st.sampled_from(sorted({*INTENT, *SESSION, *REFUND, *DISPUTE})),
    ANY,
)
def test_arbitrary_values_in_signed_events(kind: str, thing: dict[str, Any], name: str, value: object) -> None:
    try:
        parsed = parse(event(kind, {**thing, name: value}))
    except NotifyProblem:
        return
    assert len(parsed.facts) <= 1
