"""Through the room's own operations: begun with a lost reply, paid, told twice, confirmed once, given back."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger
from goodfor.payments import queries
from goodfor.payments.errors import ChannelUnavailable
from goodfor.payments.operations.apply_fact import apply_fact
from goodfor.payments.operations.begin_payment import PayerRequest, begin_payment
from goodfor.payments.operations.close_payment import close_payment
from goodfor.payments.operations.confirm_fact import confirm_fact
from goodfor.payments.operations.execute_refund import execute_refund
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.record_callback import record_callback
from goodfor.payments.operations.request_refund import request_refund
from goodfor.payments.providers import registry
from goodfor.payments.providers.paypal import client
from goodfor.payments.providers.paypal.adapter import PaypalProvider
from goodfor.payments.providers.paypal.tests import books as paypal
from goodfor.payments.providers.stripe.adapter import StripeProvider
from goodfor.payments.providers.stripe.tests import books as stripe
from goodfor.payments.providers.stripe.tests.server import Loopback, loopback
from goodfor.payments.providers.stripe.tests.test_notify import event, raw
from goodfor.payments.types import AccountView, Begun, Fact

pytestmark = pytest.mark.django_db(transaction=True)
NOW = stripe.NOW
DUE = Money(990, "USD")


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.PROVIDERS, "stripe", StripeProvider())
    monkeypatch.setitem(registry.PROVIDERS, "paypal", PaypalProvider())
    client._tokens.clear()


@pytest.fixture
def shop() -> UUID:
    return uuid4()


def opened(shop: UUID, provider: str, stand: Loopback) -> AccountView:
    example = (stripe if provider == "stripe" else paypal).account(stand.url)
    return open_account(
        shop_id=shop, provider=provider, code=provider, name=provider, currency="USD", config=example.config,
        secrets=example.secrets, methods=example.methods, now=NOW, actor="test", enabled=True,
    )  # fmt: skip


def begin(shop: UUID, account: AccountView, method: str, source: UUID) -> Begun:
    return begin_payment(
        shop_id=shop, account_id=account.id, method=method, source_type="order", source_id=source, amount=DUE,
        request=PayerRequest("card", "https://shop.example.test/n", "https://shop.example.test/r"),
        expires_at=NOW + timedelta(minutes=15), now=NOW,
    )  # fmt: skip


def apply(shop: UUID, fact: Fact) -> str:
    with transaction.atomic():
        applied = apply_fact(shop_id=shop, fact=fact, now=NOW)
        if applied.outcome != "already_applied":
            ledger.post(shop_id=shop, currency="USD", entries=(applied.entry(),), now=NOW)
    return applied.outcome


def give_back(shop: UUID, begun: Begun, stand: Loopback, *faults: int | str) -> str:
    with transaction.atomic():
        refund = request_refund(
            shop_id=shop, payment_id=begun.payment.id, amount=Money(500, "USD"), reason="test",
            business_key=f"key:{uuid4()}", now=NOW,
        )  # fmt: skip
    stand.faults = list(faults)
    assert execute_refund(shop_id=shop, refund_id=refund.id, now=NOW).state == "unknown"
    return execute_refund(shop_id=shop, refund_id=refund.id, now=NOW + timedelta(minutes=5)).state


@pytest.fixture
def stripe_books() -> Iterator[tuple[stripe.Books, Loopback]]:
    books = stripe.Books()
    with loopback(books.answer) as stand:
        yield books, stand


@pytest.mark.parametrize("method", ["checkout", "intent"])
def test_stripe(shop: UUID, stripe_books: tuple[stripe.Books, Loopback], method: str) -> None:
    books, stand = stripe_books
    account, source = opened(shop, "stripe", stand), uuid4()
    stand.faults = ["lost"]
    with pytest.raises(ChannelUnavailable):
        begin(shop, account, method, source)
    begun = begin(shop, account, method, source)
    assert begin(shop, account, method, source).instruction == begun.instruction
    held = books.sessions if method == "checkout" else books.intents
    assert len(held) == 1
    intent = books.pay(next(iter(held)))
    outcomes = []
    for number in range(2):
        body = event("payment_intent.succeeded", json.loads(json.dumps(intent)), id=f"evt_{number}")
        receipt = record_callback(shop_id=shop, account_id=account.id, raw=raw(body), now=NOW)
        assert (receipt.verified, receipt.ack) == (True, b"ok")
        told = confirm_fact(shop_id=shop, fact=receipt.facts[0], now=NOW)
        outcomes.append(apply(shop, told.fact) if told.fact else told.state)
    assert outcomes == ["confirmed", "already_applied"]
    assert queries.payment(shop, begun.payment.id).channel_ref == "pi_0001"
    assert queries.open_cases(shop) == []
    assert give_back(shop, begun, stand, "lost") == "succeeded"
    assert len(books.refunds) == 1


def test_stripe_closes_what_was_not_paid(shop: UUID, stripe_books: tuple[stripe.Books, Loopback]) -> None:
    books, stand = stripe_books
    account = opened(shop, "stripe", stand)
    begun = begin(shop, account, "checkout", uuid4())
    assert close_payment(shop_id=shop, payment_id=begun.payment.id, now=NOW).state == "closed"
    assert [session["status"] for session in books.sessions.values()] == ["expired"]


def _claim(begun: Begun) -> Fact:
    return Fact("paid", "paypal", begun.payment.account_id, begun.payment.number, "CAP0001", DUE, NOW, "notify")


def test_paypal(shop: UUID) -> None:
    books = paypal.Books()
    with loopback(books.answer) as stand:
        account, source = opened(shop, "paypal", stand), uuid4()
        stand.faults = ["ok", "lost"]
        with pytest.raises(ChannelUnavailable):
            begin(shop, account, "paypal", source)
        begun = begin(shop, account, "paypal", source)
        books.approve()
        # The poll captures.
        assert poll_due(now=NOW + timedelta(minutes=1)) == 1
        # Its fact waits to be applied; this is the same.
        told = confirm_fact(shop_id=shop, fact=_claim(begun), now=NOW + timedelta(minutes=1))
        assert told.fact is not None
        assert apply(shop, told.fact) == "confirmed"
        assert queries.payment(shop, begun.payment.id).channel_ref == "CAP0001"
        assert (len(books.orders), len(books.captures)) == (1, 1)
        assert give_back(shop, begun, stand, "lost") == "succeeded"
