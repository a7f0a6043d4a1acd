"""Errors that Stripe keeps under a key for a day: another key is taken, and nothing is paid back twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Succeeded, Unknown
from goodfor.payments.providers.base import Account, Attempt, RefundAttempt, instruction_of
from goodfor.payments.providers.stripe.adapter import StripeProvider
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels, running_channels

STRIPE = StripeProvider()
PRICE = Money(4850, "CNY")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningChannels]:
    with running_channels(tmp_path / "books") as running:
        yield running


def account(desk: RunningChannels) -> Account:
    return Account(
        id=uuid4(), shop_id=uuid4(), code="main", currency="CNY", methods=("checkout", "intent"),
        config={"base_url": desk.base("stripe"), "livemode": False},
        secrets={"secret_key": demo.STRIPE_SECRET_KEY, "webhook_secret": demo.STRIPE_WEBHOOK_SECRET},
    )  # fmt: skip


def attempt(number: str) -> Attempt:
    return Attempt(
        number=number, amount=PRICE, method="checkout", subject="card", return_url="https://shop.example/o",
        expires_at=utc_now() + timedelta(minutes=15),
    )  # fmt: skip


def sold(desk: RunningChannels, owner: Account, number: str) -> Attempt:
    made = STRIPE.create(owner, attempt(number), utc_now())
    assert isinstance(made, Succeeded)
    one = replace(attempt(number), channel_ref=made.ref)
    desk.control.buy("stripe", number)
    paid = STRIPE.query(owner, one, utc_now())
    assert isinstance(paid, Succeeded)
    return replace(one, channel_ref=paid.data["fact"].channel_ref)


def refunds(desk: RunningChannels, number: str) -> list[int]:
    return [row["amount"] for row in desk.control.ledger("stripe", number)["refunds"]]


@pytest.mark.parametrize("work", ["before", "after"])
def test_a_payment_can_be_begun_after_a_stored_error(desk: RunningChannels, work: str) -> None:
    owner, one = account(desk), attempt("P1")
    desk.control.fault("error_burst", channel="stripe", on="create", work=work, times=1)
    assert STRIPE.create(owner, one, utc_now()) == Unknown("http_500")
    made: Any = STRIPE.create(owner, one, utc_now())
    assert isinstance(made, Succeeded)
    assert instruction_of(made).url
    # The same again is the same: the row of keys is fixed.
    again = STRIPE.create(owner, one, utc_now())
    assert isinstance(again, Succeeded)
    assert again.ref == made.ref


@pytest.mark.parametrize("work", ["before", "after"])
def test_a_refund_is_done_once_after_a_stored_error(desk: RunningChannels, work: str) -> None:
    owner = account(desk)
    one = sold(desk, owner, "P1")
    refund = RefundAttempt("R1", "P1", one.channel_ref, Money(1000, "CNY"), PRICE, Money(0, "CNY"))
    desk.control.fault("error_burst", channel="stripe", on="refund", work=work, times=2)
    assert isinstance(STRIPE.refund(owner, refund, utc_now()), Unknown)
    for _ in range(3):
        last = STRIPE.refund(owner, refund, utc_now())
    assert isinstance(last, Succeeded)
    assert refunds(desk, "P1") == [1000]
    assert STRIPE.query_refund(owner, refund, utc_now()) == last
