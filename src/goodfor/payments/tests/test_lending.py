"""An account of the platform that another shop uses: paid and refunded there, changed by its lender alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from goodfor.payments import queries
from goodfor.payments.errors import AccountInvalid, AccountNotFound
from goodfor.payments.operations.change_account import change_account
from goodfor.payments.operations.lend_account import borrower_of, lend_account, recall_account
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.want_bills import want_bills
from goodfor.payments.tests.world import World, rows
from goodfor.payments.types import AccountView, Lender
from goodfor.sandbox.channels import demo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(world: World) -> World:
    """A second shop at the same gateway."""
    return replace(world, shop=uuid4())


def lent(world: World, other: World) -> tuple[AccountView, AccountView]:
    owned = world.epay("v2", code="platform")
    lender = Lender(world.shop, "platform")
    return owned, lend_account(lender=lender, to_shop_id=other.shop, actor="cli", now=world.now)


def test_the_other_shop_is_paid_and_refunds_by_its_own_rows(world: World, other: World) -> None:
    _owned, loan = lent(world, other)
    assert (loan.lent, loan.shop_id, loan.enabled) == (True, other.shop, True)
    begun = other.paid(loan)
    assert queries.payment(other.shop, begun.payment.id).captured_minor == 990
    refund = other.refund(begun, 100)
    assert other.execute(refund).done
    assert rows("SELECT count(*) FROM payments_payment WHERE shop_id = %s", [world.shop]) == [(0,)]


def test_its_staff_cannot_change_it_and_the_lenders_change_reaches_it(world: World, other: World) -> None:
    owned, loan = lent(world, other)
    begun = other.begin(loan)
    with pytest.raises(AccountInvalid):
        change_account(
            shop_id=other.shop, account_id=loan.id, name="mine", config=dict(loan.config), secrets={},
            methods=["alipay"], actor="staff:1", now=world.now + timedelta(seconds=1),
        )  # fmt: skip
    with pytest.raises(AccountInvalid):
        open_account(
            shop_id=other.shop, provider="epay", code="platform", name="mine", currency="CNY",
            config=dict(loan.config), secrets={"private_key": "x"}, methods=["alipay"], actor="staff:1",
            now=world.now + timedelta(seconds=1),
        )  # fmt: skip
    change_account(
        shop_id=world.shop, account_id=owned.id, name="平台", config=dict(owned.config), secrets={}, methods=["wxpay"],
        actor="staff:2", now=world.now + timedelta(seconds=2),
    )  # fmt: skip
    (current,) = queries.accounts(other.shop, world.now + timedelta(seconds=3))
    assert (current.lent, current.methods, current.id != loan.id) == (True, ("wxpay",), True)
    # What was begun stays with the version it was begun with, and is still paid.
    other.pay(begun)
    assert other.settle(loan) == ["confirmed"]


def test_recalled_it_takes_nothing_new(world: World, other: World) -> None:
    _owned, loan = lent(world, other)
    begun = other.paid(loan)
    lender = Lender(world.shop, "platform")
    recall_account(lender=lender, from_shop_id=other.shop, actor="cli", now=world.now + timedelta(seconds=1))
    with pytest.raises(AccountNotFound):
        other.begin(loan, now=world.now + timedelta(seconds=2))
    assert other.execute(other.refund(begun)).done
    with pytest.raises(AccountNotFound):
        recall_account(lender=lender, from_shop_id=other.shop, actor="cli", now=world.now + timedelta(seconds=3))


def test_calls_to_the_lenders_address_find_the_borrower(world: World, other: World) -> None:
    owned, loan = lent(world, other)
    own, theirs = world.begin(owned), other.begin(loan)
    place = {"shop_id": world.shop, "account_id": owned.id}
    assert borrower_of(**place, number=theirs.payment.number) == (other.shop, loan.id)
    assert borrower_of(**place, number=own.payment.number) is None
    assert borrower_of(**place, number="nobodys") is None
    # A borrower never reaches the lender's payments, nor a third shop's.
    assert borrower_of(shop_id=other.shop, account_id=loan.id, number=own.payment.number) is None


def test_what_may_not_be_lent(world: World, other: World) -> None:
    lent(world, other)
    with pytest.raises(AccountInvalid):
        lend_account(lender=Lender(other.shop, "platform"), to_shop_id=uuid4(), actor="cli", now=world.now)
    with pytest.raises(AccountInvalid):
        lend_account(lender=Lender(world.shop, "platform"), to_shop_id=world.shop, actor="cli", now=world.now)
    with pytest.raises(AccountNotFound):
        lend_account(lender=Lender(world.shop, "none"), to_shop_id=uuid4(), actor="cli", now=world.now)


def test_bills_are_the_lenders(world: World, other: World) -> None:
    config = {
        "base_url": "https://stripe.example.com",
        "publishable_key": demo.STRIPE_PUBLISHABLE_KEY,
        "livemode": False,
    }
    secrets = {"secret_key": demo.STRIPE_SECRET_KEY, "webhook_secret": demo.STRIPE_WEBHOOK_SECRET}
    open_account(
        shop_id=world.shop, provider="stripe", code="platform", name="Stripe", currency="USD", config=config,
        secrets=secrets, methods=["checkout"], enabled=True, actor="test", now=world.now,
    )  # fmt: skip
    lend_account(lender=Lender(world.shop, "platform"), to_shop_id=other.shop, actor="cli", now=world.now)
    assert want_bills(now=world.now + timedelta(days=3)) > 0
    assert rows("SELECT DISTINCT shop_id FROM payments_bill") == [(world.shop,)]
