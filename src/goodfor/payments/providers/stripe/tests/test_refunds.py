"""Money that goes back, and money that is taken back."""

from dataclasses import replace

import pytest

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import NO_FUNDS, NOT_FOUND, fact_of
from goodfor.payments.providers.disputes import Evidence
from goodfor.payments.providers.stripe.adapter import StripeProvider
from goodfor.payments.providers.stripe.tests.books import NOW, REFUND, Books, account
from goodfor.payments.providers.stripe.tests.server import Loopback

pytestmark = pytest.mark.django_db
PROVIDER = StripeProvider()


def test_refund_once_for_a_number(books: Books, stand: Loopback) -> None:
    stand.faults = ["lost"]
    assert PROVIDER.refund(account(stand.url), REFUND, NOW) == Unknown("connection_lost")
    assert PROVIDER.query_refund(account(stand.url), REFUND, NOW) == Succeeded(ref="re_0001")
    assert PROVIDER.refund(account(stand.url), REFUND, NOW) == Succeeded(ref="re_0001")
    assert len(books.refunds) == 1
    assert PROVIDER.query_refund(account(stand.url), replace(REFUND, number="R2"), NOW) == Rejected(NOT_FOUND)
    assert PROVIDER.query_refund(account(stand.url), replace(REFUND, amount=Money(1, "USD")), NOW) == Unknown(
        "other_amount"
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("pending", Pending("re_0001")), ("requires_action", Pending("re_0001")), ("failed", Rejected("refund_failed")),
        ("canceled", Rejected("refund_failed")), ("new_word", Unknown("bad_status")),
    ],
)  # fmt: skip
def test_states_of_a_refund(books: Books, stand: Loopback, status: str, outcome: object) -> None:
    books.refund_status = status
    assert PROVIDER.refund(account(stand.url), REFUND, NOW) == outcome
    assert PROVIDER.query_refund(account(stand.url), REFUND, NOW) == outcome


@pytest.mark.parametrize(
    ("code", "ours"),
    [("insufficient_funds", NO_FUNDS), ("charge_already_refunded", "already_refunded"), ("other", "refused")],
)
def test_refused_refunds(books: Books, stand: Loopback, code: str, ours: str) -> None:
    books.refuse_refund = code
    told = PROVIDER.refund(account(stand.url), REFUND, NOW)
    assert isinstance(told, Rejected)
    assert told.code == ours


def test_refund_is_found_on_a_later_page(books: Books, stand: Loopback) -> None:
    for number in range(120):
        PROVIDER.refund(account(stand.url), replace(REFUND, number=f"X{number}"), NOW)
    PROVIDER.refund(account(stand.url), REFUND, NOW)
    assert PROVIDER.query_refund(account(stand.url), REFUND, NOW) == Succeeded(ref="re_0121")


def test_refund_of_another_payment_is_not_ours(books: Books, stand: Loopback) -> None:
    stand.answer = lambda asked: (200, books.answer(asked)[1].replace(b"pi_0001", b"pi_0002"))
    assert PROVIDER.refund(account(stand.url), REFUND, NOW) == Unknown("other_payment")
    assert isinstance(PROVIDER.refund(account(stand.url), replace(REFUND, channel_ref="cs:abc"), NOW), Unknown)


def test_disputes(books: Books, stand: Loopback) -> None:
    books.disputes["dp_1"] = {
        "id": "dp_1", "amount": 990, "currency": "usd", "status": "under_review", "livemode": False,
        "payment_intent": "pi_0001", "charge": "ch_1",
    }  # fmt: skip
    told = PROVIDER.query_dispute(account(stand.url), "dp_1", NOW)
    assert isinstance(told, Succeeded)
    fact = fact_of(told)
    assert (fact.kind, fact.our_ref, fact.channel_ref, fact.parent_ref) == ("disputed", "", "dp_1", "pi_0001")
    for status, kind in (("won", "dispute_won"), ("warning_closed", "dispute_won"), ("lost", "dispute_lost")):
        books.disputes["dp_1"]["status"] = status
        told = PROVIDER.query_dispute(account(stand.url), "dp_1", NOW)
        assert isinstance(told, Succeeded)
        assert fact_of(told).kind == kind
    assert PROVIDER.query_dispute(account(stand.url), "dp_2", NOW) == Rejected(NOT_FOUND)
    evidence = Evidence("G1", "A card", "buyer@example.test", "203.0.113.9", NOW, ("code 1 shown",), "All shown.")
    assert PROVIDER.submit_evidence(account(stand.url), "dp_1", evidence, NOW) == Succeeded(ref="dp_1")
    form = stand.asked[-1].form
    assert form["evidence[access_activity_log]"] == "code 1 shown"
    assert form["submit"] == "true"
    assert isinstance(PROVIDER.submit_evidence(account(stand.url), "dp_2", evidence, NOW), Rejected)
    assert isinstance(PROVIDER.query_dispute(account(stand.url), "../x", NOW), Unknown)
