"""Money that goes back, and money that is taken back."""

from dataclasses import replace

import pytest

from goodfor.kernel.outcomes import Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import NO_FUNDS, NOT_FOUND, WINDOW_OVER
from goodfor.payments.providers.paypal.adapter import PaypalProvider
from goodfor.payments.providers.paypal.tests.books import DUE, NOW, REFUND, Books, account
from goodfor.payments.providers.paypal.tests.test_adapter import paid
from goodfor.payments.providers.stripe.tests.server import Loopback

pytestmark = pytest.mark.django_db
PROVIDER = PaypalProvider()


def test_refund_once_for_a_number(books: Books, stand: Loopback) -> None:
    paid(books, stand)
    assert PROVIDER.query_refund(account(stand.url), REFUND, NOW) == Rejected(NOT_FOUND)
    stand.faults = ["lost"]
    assert PROVIDER.refund(account(stand.url), REFUND, NOW) == Unknown("connection_lost")
    assert PROVIDER.query_refund(account(stand.url), REFUND, NOW) == Succeeded(ref="REF0001")
    assert PROVIDER.refund(account(stand.url), REFUND, NOW) == Succeeded(ref="REF0001")
    unit = books.orders["ORD00000000000001"]["purchase_units"][0]
    assert len(unit["payments"]["refunds"]) == 1
    assert PROVIDER.query_refund(account(stand.url), replace(REFUND, number="R2"), NOW) == Rejected(NOT_FOUND)
    assert PROVIDER.query_refund(account(stand.url), replace(REFUND, amount=DUE), NOW) == Unknown("other_amount")
    # Told outright, without the link.
    capture = books.captures["CAP0001"]
    capture |= {"links": [], "supplementary_data": {"related_ids": {"order_id": "ORD00000000000001"}}}
    assert PROVIDER.query_refund(account(stand.url), REFUND, NOW) == Succeeded(ref="REF0001")
    del capture["supplementary_data"]
    assert PROVIDER.query_refund(account(stand.url), REFUND, NOW) == Unknown("no_order")


def test_refund_list_that_hides_something(books: Books, stand: Loopback) -> None:
    paid(books, stand)
    PROVIDER.refund(account(stand.url), REFUND, NOW)
    del books.orders["ORD00000000000001"]["purchase_units"][0]["payments"]["refunds"]
    assert PROVIDER.query_refund(account(stand.url), REFUND, NOW) == Unknown("ambiguous")


def test_all_is_back_and_the_list_hides_it(books: Books, stand: Loopback) -> None:
    """Nothing is left to pay twice: the same id is asked again. Who refunded it elsewhere is not known by it."""
    paid(books, stand)
    whole = replace(REFUND, amount=DUE)
    stand.faults = ["lost"]
    assert PROVIDER.refund(account(stand.url), whole, NOW) == Unknown("connection_lost")
    books.captures["CAP0001"]["status"] = "REFUNDED"
    refunds = books.orders["ORD00000000000001"]["purchase_units"][0]["payments"].pop("refunds")
    assert len(refunds) == 1
    assert PROVIDER.query_refund(account(stand.url), whole, NOW) == Succeeded(ref="REF0001")
    books.refuse_refund = "CAPTURE_FULLY_REFUNDED"
    assert PROVIDER.query_refund(account(stand.url), replace(whole, number="R2"), NOW) == Unknown("ambiguous")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("PENDING", Pending("REF0001")), ("FAILED", Rejected("refund_failed")),
        ("CANCELLED", Rejected("refund_failed")), ("ODD", Unknown("bad_status")),
    ],
)  # fmt: skip
def test_states_of_a_refund(books: Books, stand: Loopback, status: str, outcome: object) -> None:
    paid(books, stand)
    books.refund_status = status
    assert PROVIDER.refund(account(stand.url), REFUND, NOW) == outcome
    assert PROVIDER.query_refund(account(stand.url), REFUND, NOW) == outcome


@pytest.mark.parametrize(
    ("issue", "code"),
    [
        ("INSUFFICIENT_FUNDS", NO_FUNDS), ("REFUND_TIME_LIMIT_EXCEEDED", WINDOW_OVER),
        ("CAPTURE_FULLY_REFUNDED", "already_refunded"), ("ODD", "refused"),
    ],
)  # fmt: skip
def test_refused_refunds(books: Books, stand: Loopback, issue: str, code: str) -> None:
    paid(books, stand)
    books.refuse_refund = issue
    assert PROVIDER.refund(account(stand.url), REFUND, NOW) == Rejected(code, f"no: {issue}")


def test_refund_replies_about_another_number(books: Books, stand: Loopback) -> None:
    paid(books, stand)
    stand.answer = lambda asked: (200, books.answer(asked)[1].replace(b'"R1"', b'"R9"'))
    assert PROVIDER.refund(account(stand.url), REFUND, NOW) == Unknown("other_number")
    order_only = replace(REFUND, channel_ref="order:ORD1")
    assert PROVIDER.refund(account(stand.url), order_only, NOW) == Unknown("no_capture")
