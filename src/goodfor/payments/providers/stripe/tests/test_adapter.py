"""The calls, against a small Stripe on this machine."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from goodfor.kernel.money import Money
from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import (
    NOT_FOUND,
    Attempt,
    ConfigProblem,
    fact_of,
    instruction_of,
)
from goodfor.payments.providers.stripe.adapter import StripeProvider
from goodfor.payments.providers.stripe.probe import probe_stripe
from goodfor.payments.providers.stripe.tests.books import DUE, NOW, REFUND, SECRET, Books, account
from goodfor.payments.providers.stripe.tests.server import Loopback, loopback

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("method", ["checkout", "intent"])
PROVIDER = StripeProvider()


def attempt(method: str = "checkout", amount: Money = DUE, **more: Any) -> Attempt:
    return Attempt(
        number="P1", amount=amount, method=method, subject="A card", return_url="https://shop.example.test/r",
        expires_at=NOW + timedelta(minutes=15), **more,
    )  # fmt: skip


def test_session_is_made_once_for_a_number(books: Books, stand: Loopback) -> None:
    stand.faults = ["lost"]
    first = PROVIDER.create(account(stand.url), attempt(), NOW)
    assert first == Unknown("connection_lost")
    second = PROVIDER.create(account(stand.url), attempt(), NOW + timedelta(seconds=40))
    assert isinstance(second, Succeeded)
    assert len(books.sessions) == 1
    assert second.ref.startswith("cs:")
    assert len(second.ref) <= 64
    instruction = instruction_of(second)
    assert (instruction.kind, instruction.url.partition("#")[0]) == (
        "redirect", f"https://checkout.stripe.com/c/pay/{next(iter(books.sessions))}",
    )  # fmt: skip
    form, headers = stand.asked[0].form, stand.asked[0].headers
    assert form["payment_intent_data[metadata][number]"] == form["client_reference_id"] == "P1"
    assert int(form["expires_at"]) == NOW.timestamp() + 50 * 60
    assert headers["stripe-version"] == "2026-10-28.endive"
    assert headers["idempotency-key"] == "P1:checkout"
    assert "x-stripe-client-user-agent" not in headers
    assert "Linux" not in str(headers)


def test_intent_gives_the_secret_to_the_script(books: Books, stand: Loopback) -> None:
    made = PROVIDER.create(account(stand.url), attempt("intent"), NOW)
    assert isinstance(made, Succeeded)
    assert made.ref == "pi_0001"
    assert instruction_of(made).fields == {
        "client_secret": "pi_0001_secret_x", "publishable_key": "pk_test_4fakekeyfortests",
        "script": "https://js.stripe.com/v3/",
    }  # fmt: skip
    assert "secret_x" not in repr(made)
    own = account(stand.url)
    platform = replace(own, config={**own.config, "account": "acct_0001"})
    made = PROVIDER.create(platform, replace(attempt("intent"), number="P2"), NOW)
    assert isinstance(made, Succeeded)
    assert instruction_of(made).fields["account"] == "acct_0001"


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 990), ("KRW", 12000), ("EUR", 990), ("CNY", 1)])
def test_minor_units_of_every_currency(books: Books, stand: Loopback, currency: str, minor: int) -> None:
    amount = Money(minor, currency)
    made = PROVIDER.create(account(stand.url, currency), attempt("intent", amount), NOW)
    assert isinstance(made, Succeeded)
    assert stand.asked[0].form["amount"] == str(minor)
    books.pay(made.ref)
    told = PROVIDER.query(account(stand.url, currency), attempt("intent", amount, channel_ref=made.ref), NOW)
    assert isinstance(told, Succeeded)
    assert fact_of(told).amount == amount


def test_long_attempt_has_no_end_and_is_still_one(books: Books, stand: Loopback) -> None:
    long = replace(attempt(), expires_at=NOW + timedelta(hours=24))
    assert isinstance(PROVIDER.create(account(stand.url), long, NOW), Succeeded)
    assert "expires_at" not in stand.asked[0].form
    # Later the same attempt ends within a day: other parameters, same key.
    assert isinstance(PROVIDER.create(account(stand.url), long, NOW + timedelta(hours=2)), Succeeded)
    assert len(books.sessions) == 1


@BOTH
def test_query_after_a_lost_reply_finds_it(books: Books, stand: Loopback, method: str) -> None:
    stand.faults = ["lost"]
    PROVIDER.create(account(stand.url), attempt(method), NOW)
    assert isinstance(PROVIDER.query(account(stand.url), attempt(method), NOW), Pending)
    books.pay(next(iter(books.sessions if method == "checkout" else books.intents)))
    told = PROVIDER.query(account(stand.url), attempt(method), NOW + timedelta(minutes=1))
    assert isinstance(told, Succeeded)
    fact = fact_of(told)
    assert (fact.our_ref, fact.channel_ref, fact.amount) == ("P1", "pi_0001", Money(990, "USD"))
    assert fact.happened_at == NOW + timedelta(seconds=5)
    assert len(books.sessions) + (method == "intent") == len(books.intents) == 1
    # The intent is what is kept then, and asked about by it.
    again = PROVIDER.query(account(stand.url), attempt(method, channel_ref="pi_0001"), NOW + timedelta(minutes=1))
    assert isinstance(again, Succeeded)
    late = NOW + timedelta(hours=25)
    assert PROVIDER.query(account(stand.url), attempt(method), late) == Unknown("no_reference")


@BOTH
def test_close(books: Books, stand: Loopback, method: str) -> None:
    made = PROVIDER.create(account(stand.url), attempt(method), NOW)
    assert isinstance(made, Succeeded)
    held = attempt(method, channel_ref=made.ref)
    assert PROVIDER.close(account(stand.url), held, NOW) == Succeeded()
    assert PROVIDER.close(account(stand.url), held, NOW) == Succeeded()
    assert PROVIDER.query(account(stand.url), held, NOW) == Rejected("closed")


@BOTH
def test_close_of_a_lost_one_and_of_a_paid_one(books: Books, stand: Loopback, method: str) -> None:
    stand.faults = ["lost"]
    PROVIDER.create(account(stand.url), attempt(method), NOW)
    name = next(iter(books.sessions if method == "checkout" else books.intents))
    books.pay(name)
    assert PROVIDER.close(account(stand.url), attempt(method), NOW) == Rejected("paid")
    books.intents.clear()
    books.sessions.clear()
    books.keys.clear()
    PROVIDER.create(account(stand.url), attempt(method), NOW)
    assert PROVIDER.close(account(stand.url), attempt(method), NOW) == Succeeded()


def test_attempt_that_never_arrived(books: Books, stand: Loopback) -> None:
    # Expired so long ago that a session for it cannot be made any more.
    over = replace(attempt(), expires_at=NOW - timedelta(minutes=20))
    assert PROVIDER.close(account(stand.url), over, NOW) == Succeeded()
    assert PROVIDER.query(account(stand.url), over, NOW) == Rejected(NOT_FOUND)
    assert books.sessions == {}
    # Just now: it is made, seen by nobody, and ended at once.
    over = replace(attempt(), expires_at=NOW - timedelta(seconds=20))
    assert PROVIDER.close(account(stand.url), over, NOW) == Succeeded()
    assert PROVIDER.query(account(stand.url), over, NOW) == Rejected("closed")
    assert [session["status"] for session in books.sessions.values()] == ["expired"]


def test_processing_cannot_be_closed(books: Books, stand: Loopback) -> None:
    made = PROVIDER.create(account(stand.url), attempt("intent"), NOW)
    assert isinstance(made, Succeeded)
    books.intents[made.ref]["status"] = "processing"
    held = attempt("intent", channel_ref=made.ref)
    assert PROVIDER.close(account(stand.url), held, NOW) == Unknown("not_closed")
    assert PROVIDER.query(account(stand.url), held, NOW) == Pending("pi_0001")


@BOTH
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("lost", "connection_lost"), ("half", "connection_lost"), (500, "http_500"), (502, "http_502"),
        (429, "http_429"), (409, "http_409"),
    ],
)  # fmt: skip
def test_no_answer_is_unknown(stand: Loopback, method: str, fault: int | str, reason: str) -> None:
    for call in (PROVIDER.create, PROVIDER.query, PROVIDER.close):
        stand.faults = [fault]
        held = attempt(method, channel_ref="" if call == PROVIDER.create else "pi_0001")
        held = replace(held, channel_ref=held.channel_ref and ("cs:a" if method == "checkout" else "pi_0001"))
        assert call(account(stand.url), held, NOW) == Unknown(reason)
    for again in (PROVIDER.refund, PROVIDER.query_refund):
        stand.faults = [fault]
        assert again(account(stand.url), REFUND, NOW) == Unknown(reason)
    # One call each: nothing was retried behind our back.
    assert len(stand.asked) == 5


@BOTH
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"client_reference_id": "P2", "metadata": {"number": "P2"}}, "other_number"),
        ({"client_reference_id": None, "metadata": {}}, "other_number"),
        ({"livemode": True}, "other_mode"),
        ({"livemode": None}, "other_mode"),
    ],
)
def test_replies_about_something_else(
    books: Books, stand: Loopback, method: str, change: dict[str, Any], reason: str
) -> None:
    made = PROVIDER.create(account(stand.url), attempt(method), NOW)
    assert isinstance(made, Succeeded)
    name = next(iter(books.sessions if method == "checkout" else books.intents))
    books.pay(name)
    (books.sessions if method == "checkout" else books.intents)[name] |= change
    held = attempt(method, channel_ref=made.ref)
    assert PROVIDER.query(account(stand.url), held, NOW) == Unknown(reason)
    stored = books.keys[f"P1:{method}"]
    thing = (books.sessions if method == "checkout" else books.intents)[name]
    books.keys[f"P1:{method}"] = (stored[0], (200, __import__("json").dumps(thing).encode()))
    assert PROVIDER.create(account(stand.url), attempt(method), NOW) == Unknown(reason)


def test_intent_of_another_number_in_our_session(books: Books, stand: Loopback) -> None:
    made = PROVIDER.create(account(stand.url), attempt(), NOW)
    assert isinstance(made, Succeeded)
    books.pay(next(iter(books.sessions)))["metadata"] = {"number": "P2"}
    held = attempt(channel_ref=made.ref)
    assert PROVIDER.query(account(stand.url), held, NOW) == Unknown("other_number")


def test_create_with_another_amount_is_not_believed(books: Books, stand: Loopback) -> None:
    stand.answer = lambda asked: (200, books.answer(asked)[1].replace(b"990", b"9"))
    assert PROVIDER.create(account(stand.url), attempt("intent"), NOW) == Unknown("other_amount")


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff", b"{" * 5000, b'"text"', b"[" * 100_000])
def test_nonsense_is_unknown(stand: Loopback, body: bytes) -> None:
    stand.answer = lambda asked: (200, body)
    assert isinstance(PROVIDER.create(account(stand.url), attempt(), NOW), Unknown)
    assert isinstance(PROVIDER.query(account(stand.url), attempt(channel_ref="cs:a"), NOW), Unknown)
    assert isinstance(PROVIDER.query_refund(account(stand.url), REFUND, NOW), Unknown)
    stand.answer = lambda asked: (400, body)
    assert isinstance(PROVIDER.create(account(stand.url), attempt(), NOW), Unknown | Rejected)


def test_refusals(books: Books, stand: Loopback) -> None:
    late = replace(attempt(), expires_at=NOW - timedelta(hours=2))
    assert PROVIDER.create(account(stand.url), late, NOW) == Rejected("refused", "no: parameter_invalid_integer")
    wrong = replace(account(stand.url), secrets={"secret_key": "sk_test_another_key", "webhook_secret": "whsec_x"})
    assert PROVIDER.create(wrong, attempt(), NOW) == Rejected("unauthorized", "Invalid API Key")
    assert PROVIDER.query(wrong, attempt(channel_ref="pi_0001"), NOW) == Unknown("unauthorized")
    assert PROVIDER.refund(wrong, REFUND, NOW) == Unknown("unauthorized")
    assert PROVIDER.query_refund(wrong, REFUND, NOW) == Unknown("unauthorized")
    assert PROVIDER.query(account(stand.url), attempt(channel_ref="pi_0001"), NOW) == Unknown("refused")


def test_a_refusal_that_repeats_our_key_is_cut(stand: Loopback) -> None:
    body = f'{{"error":{{"type":"x","message":"key {SECRET} is wrong"}}}}'.encode()
    stand.answer = lambda asked: (400, body)
    assert PROVIDER.create(account(stand.url), attempt(), NOW) == Rejected("refused", "")


def test_nobody_there_is_not_sent() -> None:
    with loopback(lambda asked: (200, b"{}")) as gone:
        url = gone.url
    assert PROVIDER.create(account(url), attempt(), NOW) == Unknown("not_sent")
    assert PROVIDER.refund(account(url), REFUND, NOW) == Unknown("not_sent")


def test_probe(books: Books, stand: Loopback) -> None:
    assert probe_stripe(account(stand.url), NOW) == ("works", "")
    books.livemode = True
    assert probe_stripe(account(stand.url), NOW) == ("wrong_mode", "")
    wrong = replace(account(stand.url), secrets={"secret_key": "sk_test_another_key", "webhook_secret": "whsec_x"})
    assert probe_stripe(wrong, NOW)[0] == "unauthorized"


@pytest.mark.parametrize(
    ("config", "secrets", "field"),
    [
        ({"base_url": "http://api.stripe.com"}, {}, "base_url"),
        ({"base_url": "https://10.0.0.1"}, {}, "base_url"),
        ({"livemode": True}, {}, "livemode"),
        ({"livemode": "yes"}, {}, "livemode"),
        ({"publishable_key": "sk_test_4fakekeyfortests"}, {}, "publishable_key"),
        ({"publishable_key": "pk_live_4fakekeyfortests"}, {}, "publishable_key"),
        ({"publishable_key": ""}, {}, "publishable_key"),
        ({"api_version": "latest"}, {}, "api_version"),
        ({"payment_method_types": "card,<x>"}, {}, "payment_method_types"),
        ({"account": "me"}, {}, "account"),
        ({}, {"secret_key": ""}, "secret_key"),
        ({}, {"secret_key": "pk_test_4fakekeyfortests"}, "secret_key"),
        ({}, {"webhook_secret": "x"}, "webhook_secret"),
    ],
)
def test_check_refuses(config: dict[str, Any], secrets: dict[str, str], field: str) -> None:
    good = account()
    PROVIDER.check(good)
    bad = replace(good, config={**good.config, **config}, secrets={**good.secrets, **secrets})
    with pytest.raises(ConfigProblem) as problem:
        PROVIDER.check(bad)
    assert problem.value.field_name == field
    assert "4fakekey" not in str(problem.value)


@pytest.mark.django_db(transaction=True)
def test_no_call_in_a_transaction(stand: Loopback) -> None:
    from django.db import transaction  # noqa: PLC0415

    with transaction.atomic(), pytest.raises(RuntimeError):
        PROVIDER.create(account(stand.url), attempt(), NOW)
    assert stand.asked == []


def test_nothing_is_logged(
    stand: Loopback, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    monkeypatch.setenv("STRIPE_LOG", "debug")
    caplog.set_level(0)
    PROVIDER.create(account(stand.url), attempt("intent"), NOW)
    out = capfd.readouterr()
    assert "stripe" not in (out.out + out.err + caplog.text).lower()
    assert http.TOTAL_SECONDS <= 12
