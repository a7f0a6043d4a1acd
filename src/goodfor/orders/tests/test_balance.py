"""Money back to the buyer's own balance, and buying with it; refunds by hand; disputes keep money from going twice."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from goodfor.kernel.errors import DomainError
from goodfor.kernel.outcomes import Rejected
from goodfor.ledger import queries as ledger
from goodfor.orders import accounts, queries
from goodfor.orders.operations.open_claim import open_claim
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.orders.operations.pay_from_wallet import pay_from_wallet
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.retry_refund import retry_refund
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, broken, open_till, pay, place, relay_all, sql
from goodfor.payments import queries as payments
from goodfor.payments.models import Account
from goodfor.payments.operations.execute_refund import execute_refund
from goodfor.payments.operations.note_dispute import apply_dispute
from goodfor.payments.operations.settle_refund import settle_refund
from goodfor.payments.providers.base import NOT_FOUND
from goodfor.payments.providers.sandbox.adapter import SandboxProvider
from goodfor.payments.types import Fact

pytestmark = pytest.mark.django_db(transaction=True)
BUYER = UUID(int=7)


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


def held(shop_id: UUID, buyer_id: UUID = BUYER) -> int:
    return queries.buyer_balance(shop_id, buyer_id, "CNY").amount_minor


def wallet(shop: Shop, now: datetime) -> str:
    return open_wallet(shop_id=shop.demo.shop_id, buyer_id=BUYER, currency="CNY", now=now)


def refused_by_the_channel(shop: Shop, refund_id: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SandboxProvider, "refund", lambda *_given: Rejected("window_over"))
    monkeypatch.setattr(SandboxProvider, "query_refund", lambda *_given: Rejected(NOT_FOUND))
    view = execute_refund(shop_id=shop.demo.shop_id, refund_id=refund_id, now=now)
    assert (view.state, view.failure) == ("failed", "window_over")
    relay_all(now)


def bought(shop: Shop, till: Till, now: datetime) -> UUID:
    order = place(shop, now)
    pay(begin(till, order.order_id, now), now)
    return order.order_id


def test_refund_to_the_balance_and_buying_with_it(shop: Shop, till: Till, now: datetime) -> None:
    """At once, without the channel; what it buys is delivered; more than it holds is refused and changes nothing."""
    order_id = bought(shop, till, now)
    order = queries.order_view(shop.demo.shop_id, order_id)
    claim = open_claim(
        shop_id=shop.demo.shop_id, order_id=order_id, line_id=order.lines[0].line_id, reason="changed_mind",
        paid_from=wallet(shop, now), actor="buyer", now=now,
    )  # fmt: skip
    assert claim.refund_back
    assert queries.order_view(shop.demo.shop_id, order_id).state == "refunded"
    assert held(shop.demo.shop_id) == order.total.amount_minor
    assert payments.refunds_of(shop.demo.shop_id, order.payment_id or uuid4())[0].paid_from == accounts.buyer_wallet(
        BUYER
    )
    again = place(shop, now)
    assert pay_from_wallet(shop_id=shop.demo.shop_id, order_id=again.order_id, buyer_id=BUYER, now=now) == "delivered"
    assert held(shop.demo.shop_id) == 0
    third = place(shop, now)
    for buyer in (BUYER, uuid4()):
        with pytest.raises(DomainError) as refused:
            pay_from_wallet(shop_id=shop.demo.shop_id, order_id=third.order_id, buyer_id=buyer, now=now)
        assert refused.value.code == "insufficient_funds"
    assert queries.order_view(shop.demo.shop_id, third.order_id).state == "placed"
    with pytest.raises(DomainError) as done:
        pay_from_wallet(shop_id=shop.demo.shop_id, order_id=again.order_id, buyer_id=BUYER, now=now)
    assert done.value.code == "wrong_order_state"
    relay_all(now)
    assert broken(now) == {}


@pytest.mark.parametrize("way", ["by_hand", "wallet"])
def test_another_way_where_the_channel_refused(
    shop: Shop, till: Till, now: datetime, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = bought(shop, till, now)
    refund = refund_order(
        shop_id=shop.demo.shop_id, order_id=order_id, reason="test", actor="staff:1", by_staff=True, now=now
    )
    refused_by_the_channel(shop, refund.refund_id, now, monkeypatch)
    paid_from = accounts.BANK if way == "by_hand" else wallet(shop, now)
    assert queries.order_view(shop.demo.shop_id, order_id).state == "refunding"
    for _again in range(2):
        done = retry_refund(shop_id=shop.demo.shop_id, order_id=order_id, actor="staff:1", paid_from=paid_from, now=now)
        assert done.state == "succeeded"
    assert queries.order_view(shop.demo.shop_id, order_id).state == "refunded"
    if way == "wallet":
        assert held(shop.demo.shop_id) == refund.amount.amount_minor
    assert ledger.balance(shop.demo.shop_id, accounts.REFUND_PAYABLE) == 0
    assert not [case for case in payments.open_cases(shop.demo.shop_id) if case.kind == "refund_failed"]
    relay_all(now)
    assert broken(now) == {}


def test_too_little_money_at_the_channel_is_no_end(shop: Shop, till: Till, now: datetime) -> None:
    order_id = bought(shop, till, now)
    refund = refund_order(
        shop_id=shop.demo.shop_id, order_id=order_id, reason="test", actor="staff:1", by_staff=True, now=now
    )
    view = settle_refund(shop_id=shop.demo.shop_id, refund_id=refund.refund_id, outcome=Rejected("no_funds"), now=now)
    assert (view.state, view.failure) == ("created", "no_funds")
    assert [case.kind for case in payments.open_cases(shop.demo.shop_id)] == ["no_funds"]
    later = now.replace(year=now.year + 1)
    assert execute_refund(shop_id=shop.demo.shop_id, refund_id=refund.refund_id, now=later).state == "succeeded"
    assert payments.open_cases(shop.demo.shop_id) == []


def word(till: Till, payment_id: UUID, kind: str, now: datetime) -> Fact:
    paid = payments.payment(till.shop_id, payment_id)
    return Fact(
        kind=kind, provider=paid.provider, account_id=paid.account_id, our_ref="", channel_ref="dp_1",  # type: ignore[arg-type]
        amount=paid.amount, happened_at=now, source="query", parent_ref=paid.channel_ref,
    )  # fmt: skip


@pytest.mark.parametrize(("words", "end"), [(("disputed", "dispute_won"), "won"), (("dispute_lost",), "lost"),
                                            (("disputed", "dispute_lost", "dispute_won"), "won")])  # fmt: skip
def test_disputes_hold_the_money_and_end(
    shop: Shop, till: Till, now: datetime, words: tuple[str, ...], end: str
) -> None:
    """Each word counts once, in any number; while the bank has the money no refund begins; the ledger follows."""
    order_id = bought(shop, till, now)
    payment_id = queries.order_view(shop.demo.shop_id, order_id).payment_id
    assert payment_id is not None
    paid = payments.payment(shop.demo.shop_id, payment_id)
    account = Account.objects.get(shop_id=shop.demo.shop_id, id=paid.account_id)
    before = ledger.balance(shop.demo.shop_id, paid.ledger_account)
    for kind in words:
        for _again in range(3):
            apply_dispute(shop_id=shop.demo.shop_id, account=account, fact=word(till, payment_id, kind, now), now=now)
        state = payments.disputes_of(shop.demo.shop_id, payment_id)[0].state
        if state != "won":
            with pytest.raises(DomainError) as refused:
                refund_order(
                    shop_id=shop.demo.shop_id, order_id=order_id, reason="x", actor="staff:1", by_staff=True, now=now
                )
            assert refused.value.code == "payment_disputed"
    (dispute,) = payments.disputes_of(shop.demo.shop_id, payment_id)
    assert dispute.state == end
    assert ledger.balance(shop.demo.shop_id, f"1221:channel:{paid.provider}:dispute") == 0
    lost = ledger.balance(shop.demo.shop_id, "6711:compensation")
    assert (lost, before - ledger.balance(shop.demo.shop_id, paid.ledger_account)) == (
        (0, 0) if end == "won" else (paid.amount.amount_minor, paid.amount.amount_minor)
    )
    assert [case.kind for case in payments.open_cases(shop.demo.shop_id)] == ["dispute"]
    losses = sql(
        "SELECT DISTINCT p.order_id FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
        " WHERE a.shop_id = %s AND a.code = '6711:compensation'", [shop.demo.shop_id],
    )  # fmt: skip
    assert losses == ([(order_id,)] if "dispute_lost" in words else [])
    assert broken(now) == {}


@pytest.mark.parametrize("kind", ["disputed", "dispute_lost"])
def test_nothing_goes_another_way_while_a_bank_has_it(shop: Shop, till: Till, now: datetime, kind: str) -> None:
    """A refund that failed for the dispute is tried again by the staff: neither to the balance nor by hand."""
    order_id = bought(shop, till, now)
    payment_id = queries.order_view(shop.demo.shop_id, order_id).payment_id
    assert payment_id is not None
    refund = refund_order(
        shop_id=shop.demo.shop_id, order_id=order_id, reason="x", actor="staff:1", by_staff=True, now=now
    )
    account = Account.objects.get(
        shop_id=shop.demo.shop_id, id=payments.payment(shop.demo.shop_id, payment_id).account_id
    )
    apply_dispute(shop_id=shop.demo.shop_id, account=account, fact=word(till, payment_id, kind, now), now=now)
    assert execute_refund(shop_id=shop.demo.shop_id, refund_id=refund.refund_id, now=now).failure == "disputed"
    relay_all(now)
    for paid_from in (wallet(shop, now), accounts.BANK):
        with pytest.raises(DomainError) as refused:
            retry_refund(
                shop_id=shop.demo.shop_id, order_id=order_id, actor="staff:1", paid_from=paid_from, now=now
            )  # fmt: skip
        assert refused.value.code == "payment_disputed"
    assert held(shop.demo.shop_id) == 0
    assert broken(now) == {}


def test_a_refund_on_its_way_waits_for_the_bank(shop: Shop, till: Till, now: datetime) -> None:
    order_id = bought(shop, till, now)
    payment_id = queries.order_view(shop.demo.shop_id, order_id).payment_id
    assert payment_id is not None
    refund = refund_order(
        shop_id=shop.demo.shop_id, order_id=order_id, reason="x", actor="staff:1", by_staff=True, now=now
    )
    account = Account.objects.get(
        shop_id=shop.demo.shop_id, id=payments.payment(shop.demo.shop_id, payment_id).account_id
    )
    apply_dispute(shop_id=shop.demo.shop_id, account=account, fact=word(till, payment_id, "disputed", now), now=now)
    view = execute_refund(shop_id=shop.demo.shop_id, refund_id=refund.refund_id, now=now)
    assert (view.state, view.failure) == ("failed", "disputed")
    relay_all(now)
    assert broken(now) == {}
