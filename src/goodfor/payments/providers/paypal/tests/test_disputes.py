"""Disputes: asked about, answered the way that is offered now, and not taken for another merchant's."""

import json
from email.parser import BytesParser
from typing import Any

import pytest

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import NOT_FOUND, UNSUPPORTED, fact_of
from goodfor.payments.providers.disputes import Evidence
from goodfor.payments.providers.paypal.adapter import PaypalProvider
from goodfor.payments.providers.paypal.disputes import NOT_NOW, notes_of
from goodfor.payments.providers.paypal.tests.books import NOW, Books, account
from goodfor.payments.providers.registry import disputing
from goodfor.payments.providers.stripe.tests.server import Loopback

pytestmark = pytest.mark.django_db
PROVIDER = PaypalProvider()
REF = "PP-D-1"
EVIDENCE = Evidence("G1", "A card", "buyer@example.test", "203.0.113.9", NOW, ("code 1 shown",), "All shown. 已交付")


def dispute(**changes: Any) -> dict[str, Any]:
    return {
        "dispute_id": REF, "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_amount": {"currency_code": "USD", "value": "9.90"},
        "disputed_transactions": [{"seller_transaction_id": "CAP0001", "seller": {"merchant_id": "MERCH1"}}],
        "links": [{"rel": "self"}, {"rel": "provide-evidence"}], **changes,
    }  # fmt: skip


@pytest.fixture
def open_one(books: Books) -> dict[str, Any]:
    books.disputes[REF] = dispute()
    return books.disputes[REF]


def asked(stand: Loopback) -> object:
    told = PROVIDER.query_dispute(account(stand.url), REF, NOW)
    return fact_of(told).kind if isinstance(told, Succeeded) else told


def test_it_is_asked_about(open_one: dict[str, Any], stand: Loopback) -> None:
    assert disputing("paypal") is not None
    told = PROVIDER.query_dispute(account(stand.url), REF, NOW)
    assert isinstance(told, Succeeded)
    fact = fact_of(told)
    assert (fact.kind, fact.our_ref, fact.channel_ref, fact.parent_ref) == ("disputed", "", REF, "CAP0001")
    assert (fact.amount, fact.source, fact.happened_at) == (Money(990, "USD"), "query", NOW)
    assert stand.asked[-1].path == f"/v1/customer/disputes/{REF}"


@pytest.mark.parametrize(
    ("status", "outcome", "kind"),
    [
        ("OPEN", None, "disputed"), ("WAITING_FOR_BUYER_RESPONSE", None, "disputed"),
        ("UNDER_REVIEW", None, "disputed"),
        ("OTHER", None, "disputed"), ("RESOLVED", "RESOLVED_SELLER_FAVOUR", "dispute_won"),
        ("RESOLVED", "RESOLVED_BUYER_FAVOUR", "dispute_lost"), ("RESOLVED", "CANCELED_BY_BUYER", "dispute_won"),
        ("RESOLVED", "RESOLVED_WITH_PAYOUT", "dispute_won"), ("RESOLVED", "DENIED", "dispute_won"),
        # Whose favour that is, is not said: a person looks.
        ("RESOLVED", "ACCEPTED", Unknown("bad_status")), ("RESOLVED", "NONE", Unknown("bad_status")),
        ("RESOLVED", None, Unknown("bad_status")), ("ODD", None, Unknown("bad_status")),
        (7, None, Unknown("bad_status")),
    ],
)  # fmt: skip
def test_states(open_one: dict[str, Any], stand: Loopback, status: object, outcome: object, kind: object) -> None:
    open_one |= {"status": status, "dispute_outcome": {"outcome_code": outcome}}
    assert asked(stand) == kind


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"dispute_id": "PP-D-2"}, "other_number"), ({"dispute_amount": {"value": "9.90"}}, "bad_amount"),
        ({"dispute_amount": {"currency_code": "USD", "value": 9.9}}, "bad_amount"),
        ({"disputed_transactions": []}, "bad_id"),
        ({"disputed_transactions": [{"seller_transaction_id": "../x"}]}, "bad_id"),
        (
            {"disputed_transactions": [{"seller_transaction_id": "CAP1", "seller": {"merchant_id": "MERCH2"}}]},
            "foreign_merchant",
        ),
    ],
)  # fmt: skip
def test_what_is_no_answer(open_one: dict[str, Any], stand: Loopback, change: dict[str, Any], reason: str) -> None:
    open_one |= change
    assert asked(stand) == Unknown(reason)


def test_not_there_not_allowed_and_silence(books: Books, stand: Loopback) -> None:
    assert asked(stand) == Rejected(NOT_FOUND)
    assert PROVIDER.query_dispute(account(stand.url), "../x", NOW) == Unknown("bad_id")
    good = stand.answer
    stand.answer = lambda one: good(one) if "oauth2" in one.path else (403, b'{"name":"NOT_AUTHORIZED"}')
    assert asked(stand) == Rejected(UNSUPPORTED)
    for status in (429, 500, 503):
        stand.answer = lambda one, status=status: good(one) if "oauth2" in one.path else (status, b"{}")
        assert asked(stand) == Unknown(f"http_{status}")
    stand.answer = good
    stand.faults = ["lost"]
    assert asked(stand) == Unknown("connection_lost")


def test_evidence_is_a_form_of_parts(open_one: dict[str, Any], stand: Loopback) -> None:
    assert PROVIDER.submit_evidence(account(stand.url), REF, EVIDENCE, NOW) == Succeeded(ref=REF)
    sent = stand.asked[-1]
    assert sent.path == f"/v1/customer/disputes/{REF}/provide-evidence"
    head = f"Content-Type: {sent.headers['content-type']}\r\n\r\n".encode()
    (part,) = BytesParser().parsebytes(head + sent.body).get_payload()
    assert part.get_param("name", header="content-disposition") == "input"
    assert part.get_content_type() == "application/json"
    (told,) = json.loads(part.get_payload(decode=True))["evidences"]
    assert told["evidence_type"] == "PROOF_FOR_SOFTWARE_OR_SERVICE_DELIVERED"
    assert told["notes"].splitlines() == [
        "All shown. 已交付", "Order G1: A card", "Delivered 2026-01-01 00:00 UTC", "code 1 shown",
    ]  # fmt: skip
    assert "buyer@example.test" not in told["notes"]


def test_evidence_where_it_is_offered(open_one: dict[str, Any], stand: Loopback) -> None:
    open_one["links"] = [{"rel": "provide-supporting-info"}]
    assert PROVIDER.submit_evidence(account(stand.url), REF, EVIDENCE, NOW) == Succeeded(ref=REF)
    assert stand.asked[-1].path.endswith("/provide-supporting-info")
    assert json.loads(stand.asked[-1].body) == {"notes": notes_of(EVIDENCE)}
    # An inquiry, before it is a claim: what would be sent then goes to the buyer.
    open_one["links"] = [{"rel": "send-message"}]
    assert PROVIDER.submit_evidence(account(stand.url), REF, EVIDENCE, NOW) == Rejected(NOT_NOW)
    # The same once more, after an answer that was lost: it is there.
    open_one |= {"links": [], "evidences": [{"source": "SUBMITTED_BY_SELLER", "notes": notes_of(EVIDENCE)}]}
    before = len(stand.asked)
    assert PROVIDER.submit_evidence(account(stand.url), REF, EVIDENCE, NOW) == Succeeded(ref=REF)
    assert [one.method for one in stand.asked[before:]] == ["GET"]
    assert PROVIDER.submit_evidence(account(stand.url), "PP-D-2", EVIDENCE, NOW) == Rejected(
        NOT_FOUND, "no: INVALID_RESOURCE_ID"
    )


def test_words_are_cut_at_their_end() -> None:
    long = Evidence("G1", "A card", "", reveals=tuple("x" * 100 for _ in range(50)), text="first")
    assert len(notes_of(long)) == 2000
    assert notes_of(long).startswith("first\nOrder G1")
