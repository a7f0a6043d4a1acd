"""The calls, against a small PayPal on this machine."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import (
    NOT_FOUND,
    UNSUPPORTED,
    Attempt,
    ConfigProblem,
    fact_of,
    instruction_of,
)
from goodfor.payments.providers.paypal import client
from goodfor.payments.providers.paypal.adapter import PaypalProvider
from goodfor.payments.providers.paypal.probe import probe_paypal
from goodfor.payments.providers.paypal.tests.books import DUE, NOW, REFUND, Books, account
from goodfor.payments.providers.stripe.tests.server import Loopback

pytestmark = pytest.mark.django_db
PROVIDER = PaypalProvider()


def attempt(amount: Money = DUE, **more: Any) -> Attempt:
    return Attempt(
        number="P1", amount=amount, method="paypal", subject="A card", return_url="https://shop.example.test/r",
        expires_at=NOW + timedelta(minutes=15), **more,
    )  # fmt: skip


def made(stand: Loopback) -> Attempt:
    outcome = PROVIDER.create(account(stand.url), attempt(), NOW)
    assert isinstance(outcome, Succeeded)
    return attempt(channel_ref=outcome.ref)


def paid(books: Books, stand: Loopback) -> Attempt:
    held = made(stand)
    books.approve()
    assert isinstance(PROVIDER.query(account(stand.url), held, NOW), Succeeded)
    return held


def test_order_is_made_once_for_a_number(books: Books, stand: Loopback) -> None:
    stand.faults = ["ok", "lost"]
    assert PROVIDER.create(account(stand.url), attempt(), NOW) == Unknown("connection_lost")
    again = PROVIDER.create(account(stand.url), attempt(), NOW + timedelta(seconds=30))
    assert isinstance(again, Succeeded)
    assert len(books.orders) == 1
    assert again.ref == "order:ORD00000000000001"
    assert instruction_of(again).url == "https://www.paypal.com/checkoutnow?token=ORD00000000000001"
    # One token for all of it.
    assert books.tokens == 1
    asked = stand.asked[-1]
    assert asked.headers["paypal-request-id"] == "P1"
    unit = json.loads(asked.body)["purchase_units"][0]
    assert unit["amount"] == {"currency_code": "USD", "value": "9.90"}
    assert unit["custom_id"] == unit["invoice_id"] == unit["reference_id"] == "P1"


def test_yen_have_no_decimals(books: Books, stand: Loopback) -> None:
    outcome = PROVIDER.create(account(stand.url, "JPY"), attempt(Money(990, "JPY")), NOW)
    assert isinstance(outcome, Succeeded)
    books.approve()
    told = PROVIDER.query(account(stand.url, "JPY"), attempt(Money(990, "JPY"), channel_ref=outcome.ref), NOW)
    assert isinstance(told, Succeeded)
    assert fact_of(told).amount == Money(990, "JPY")


def test_approved_is_captured_once_and_then_paid(books: Books, stand: Loopback) -> None:
    held = made(stand)
    assert PROVIDER.query(account(stand.url), held, NOW) == Pending(held.channel_ref)
    assert books.captures == {}
    books.approve()
    stand.faults = ["ok", "lost"]
    assert PROVIDER.query(account(stand.url), held, NOW) == Unknown("connection_lost")
    told = PROVIDER.query(account(stand.url), held, NOW)
    assert isinstance(told, Succeeded)
    fact = fact_of(told)
    assert (fact.our_ref, fact.channel_ref, fact.amount) == ("P1", "CAP0001", DUE)
    assert fact.happened_at == NOW - timedelta(seconds=1)
    assert len(books.captures) == 1
    # By the capture's number as well, and also after a refund.
    PROVIDER.refund(account(stand.url), REFUND, NOW)
    again = PROVIDER.query(account(stand.url), attempt(channel_ref="CAP0001"), NOW)
    assert isinstance(again, Succeeded)
    assert fact_of(again) == fact
    assert isinstance(PROVIDER.query(account(stand.url), held, NOW), Succeeded)


def test_capture_that_waits_or_is_declined(books: Books, stand: Loopback) -> None:
    held = made(stand)
    books.approve()
    books.refuse_capture = "INSTRUMENT_DECLINED"
    assert PROVIDER.query(account(stand.url), held, NOW) == Pending(held.channel_ref)
    books.refuse_capture, books.capture_status = "", "PENDING"
    assert PROVIDER.query(account(stand.url), held, NOW) == Pending(held.channel_ref)
    books.captures["CAP0001"]["status"] = "DECLINED"
    assert PROVIDER.query(account(stand.url), held, NOW) == Pending(held.channel_ref)
    books.captures["CAP0001"]["status"] = "COMPLETED"
    assert isinstance(PROVIDER.query(account(stand.url), held, NOW), Succeeded)


def test_nothing_is_captured_after_the_end(books: Books, stand: Loopback) -> None:
    held = made(stand)
    books.approve()
    assert PROVIDER.query(account(stand.url), held, NOW + timedelta(minutes=21)) == Rejected("closed")
    assert books.captures == {}
    # A moment after the end is when the last question comes.
    assert isinstance(PROVIDER.query(account(stand.url), held, NOW + timedelta(minutes=16)), Succeeded)
    assert isinstance(PROVIDER.query(account(stand.url), held, NOW + timedelta(hours=9)), Succeeded)


def test_another_amount_is_never_captured(books: Books, stand: Loopback) -> None:
    held = made(stand)
    books.approve()["purchase_units"][0]["amount"] = {"currency_code": "USD", "value": "0.01"}
    assert PROVIDER.query(account(stand.url), held, NOW) == Unknown("other_amount")
    assert books.captures == {}


def test_query_after_a_lost_reply(books: Books, stand: Loopback) -> None:
    stand.faults = ["ok", "lost"]
    PROVIDER.create(account(stand.url), attempt(), NOW)
    assert isinstance(PROVIDER.query(account(stand.url), attempt(), NOW), Pending)
    books.approve()
    assert isinstance(PROVIDER.query(account(stand.url), attempt(), NOW), Succeeded)
    assert (len(books.orders), len(books.captures)) == (1, 1)
    assert PROVIDER.query(account(stand.url), attempt(), NOW + timedelta(hours=6)) == Unknown("no_reference")


def test_orders_that_ended(books: Books, stand: Loopback) -> None:
    held = made(stand)
    next(iter(books.orders.values()))["status"] = "VOIDED"
    assert PROVIDER.query(account(stand.url), held, NOW) == Rejected("closed")
    books.orders.clear()
    assert PROVIDER.query(account(stand.url), held, NOW) == Rejected(NOT_FOUND)
    assert PROVIDER.close(account(stand.url), held, NOW) == Rejected(UNSUPPORTED)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"custom_id": "P2"}, "other_number"),
        ({"custom_id": None}, "other_number"),
        ({"payee": {"merchant_id": "OTHER"}}, "foreign_merchant"),
    ],
)
def test_orders_about_something_else(books: Books, stand: Loopback, change: dict[str, Any], reason: str) -> None:
    held = made(stand)
    order = books.approve()
    order["purchase_units"][0] |= change
    assert PROVIDER.query(account(stand.url), held, NOW) == Unknown(reason)
    assert books.captures == {}
    order["purchase_units"] = []
    assert PROVIDER.query(account(stand.url), held, NOW) == Unknown("other_number")


def test_capture_of_another_number(books: Books, stand: Loopback) -> None:
    held = paid(books, stand)
    books.captures["CAP0001"]["custom_id"] = "P2"
    assert PROVIDER.query(account(stand.url), held, NOW) == Unknown("other_number")
    assert PROVIDER.query(account(stand.url), attempt(channel_ref="CAP0001"), NOW) == Unknown("other_number")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("lost", "connection_lost"), ("half", "connection_lost"), (500, "http_500"), (429, "http_429"), (409, "http_409")],
)
def test_no_answer_is_unknown(books: Books, stand: Loopback, fault: int | str, reason: str) -> None:
    held = paid(books, stand)
    for call in (PROVIDER.create, PROVIDER.query):
        stand.faults = [fault]
        assert call(account(stand.url), held, NOW) == Unknown(reason)
    for again in (PROVIDER.refund, PROVIDER.query_refund):
        stand.faults = [fault]
        assert again(account(stand.url), REFUND, NOW) == Unknown(reason)


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff", b'{"id":1,"id":2}', b"[" * 100_000, b"NaN"])
def test_nonsense_is_unknown(books: Books, stand: Loopback, body: bytes) -> None:
    held = made(stand)
    stand.answer = lambda asked: (200, body)
    assert isinstance(PROVIDER.create(account(stand.url), attempt(), NOW), Unknown)
    assert isinstance(PROVIDER.query(account(stand.url), held, NOW), Unknown)
    assert isinstance(PROVIDER.refund(account(stand.url), REFUND, NOW), Unknown)
    assert isinstance(PROVIDER.query_refund(account(stand.url), REFUND, NOW), Unknown)
    client._tokens.clear()
    assert PROVIDER.refund(account(stand.url), REFUND, NOW) == Unknown("not_sent")


@pytest.mark.parametrize("href", ["javascript:alert(1)", "http://www.paypal.com/x", "", None, "https://u:p@x.test/"])
def test_a_link_that_is_none(books: Books, stand: Loopback, href: Any) -> None:
    made(stand)
    order = json.loads(books.requests["/v2/checkout/orders", "P1"][1])
    order["links"] = [{"rel": "approve", "href": href}]
    books.requests["/v2/checkout/orders", "P1"] = (201, json.dumps(order).encode())
    assert PROVIDER.create(account(stand.url), attempt(), NOW) == Unknown("no_link")


def test_tokens(books: Books, stand: Loopback) -> None:
    books.expires_in = 100
    made(stand)
    PROVIDER.create(account(stand.url), attempt(), NOW + timedelta(seconds=30))
    assert books.tokens == 1
    PROVIDER.create(account(stand.url), attempt(), NOW + timedelta(seconds=41))
    assert books.tokens == 2
    # Called back before its time: one more try with a new one.
    books.good_token = "another"
    assert isinstance(PROVIDER.create(account(stand.url), attempt(), NOW + timedelta(seconds=42)), Succeeded)
    assert books.tokens == 3
    wrong = replace(account(stand.url), secrets={"client_secret": "secret-2"})
    # Not with the token of the good secret.
    assert PROVIDER.create(wrong, attempt(), NOW) == Unknown("not_sent")
    assert PROVIDER.refund(wrong, REFUND, NOW) == Unknown("not_sent")
    assert "secret-1" not in repr(client._tokens)


def test_probe(stand: Loopback) -> None:
    assert probe_paypal(account(stand.url), NOW) == ("works", "")
    wrong = replace(account(stand.url), secrets={"client_secret": "secret-2"})
    assert probe_paypal(wrong, NOW) == ("unauthorized", "")


@pytest.mark.parametrize(
    ("config", "secrets", "field"),
    [
        ({"base_url": "http://api-m.paypal.com"}, {}, "base_url"),
        ({"base_url": "https://192.168.0.1"}, {}, "base_url"),
        ({"client_id": ""}, {}, "client_id"),
        ({"client_id": "a:b"}, {}, "client_id"),
        ({"webhook_id": ""}, {}, "webhook_id"),
        ({"verify": "no"}, {}, "verify"),
        ({"cert_hosts": ["https://x"]}, {}, "cert_hosts"),
        ({"root_cert": "-----BEGIN nothing"}, {}, "root_cert"),
        ({"notify_age_seconds": "1"}, {}, "notify_age_seconds"),
        ({}, {"client_secret": ""}, "client_secret"),
    ],
)
def test_check_refuses(config: dict[str, Any], secrets: dict[str, str], field: str) -> None:
    good = account()
    PROVIDER.check(good)
    with pytest.raises(ConfigProblem) as problem:
        PROVIDER.check(replace(good, config={**good.config, **config}, secrets={**good.secrets, **secrets}))
    assert problem.value.field_name == field


@pytest.mark.parametrize("currency", ["CNY", "KRW"])
def test_currencies_that_paypal_does_not_take(currency: str) -> None:
    with pytest.raises(ConfigProblem, match="currency"):
        PROVIDER.check(account(currency=currency))
