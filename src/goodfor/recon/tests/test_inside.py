"""The house's own splits against the channel's bill of movements, and balances against the books."""

from datetime import datetime, timedelta

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.ledger.operations import post
from goodfor.ledger.types import Entry, Line
from goodfor.orders.operations import refund_order, refund_part
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.conftest import shop as shop
from goodfor.orders.tests.factories import PRICE, Till, begin, buy, open_till, pay, place, refund_all
from goodfor.payments.bill_models import BillFile, BillLine
from goodfor.payments.split_entries import frozen_entry, return_entry, share_entry
from goodfor.payments.split_models import Pot, Receiver, Split, SplitReturn, SplitShare
from goodfor.payments.types import PaymentView
from goodfor.recon import queries
from goodfor.recon.importers.days import BEIJING, day_of
from goodfor.recon.importers.split import SplitSources, splits_due
from goodfor.recon.importers.wallet import WalletSources, wallets_due
from goodfor.recon.operations.reconcile import reconcile
from goodfor.recon.tasks import compare_days, due_of_day
from goodfor.recon.types import RunView, Scope

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now() -> datetime:
    """Ids of payments tell the true time."""
    return utc_now()


def balances(shop: Shop, now: datetime) -> RunView:
    scope = Scope(shop.demo.shop_id, "wallet", "balance:CNY", day_of(now, BEIJING))
    return reconcile(scope=scope, sources=WalletSources(), actor="test", now=now, pool_days=0)


def test_what_was_paid_from_balances_is_what_the_books_took(shop: Shop, now: datetime) -> None:
    first, second = buy(shop, now), buy(shop, now, 2)
    refund_part(
        shop_id=shop.demo.shop_id, order_id=second.id, amount=Money(100, "CNY"), reason="r", actor="staff:1", now=now
    )
    refund_order(
        shop_id=shop.demo.shop_id, order_id=first.id, reason="r", actor="staff:1", by_staff=True, now=now
    )  # fmt: skip
    refund_all(now)
    assert [(due.area, due.account) for due in wallets_due(shop.demo.shop_id, day_of(now, BEIJING))] == [
        ("wallet", "balance:CNY")
    ]
    run = balances(shop, now)
    assert (run.ours, run.theirs, run.matched, run.breaks) == (4, 4, 4, {})
    # The books take what no payment explains.
    lines = (Line(shop.demo.wallet_account, 7), Line("2203:order", -7))
    post(shop_id=shop.demo.shop_id, currency="CNY", entries=[Entry("pay:odd", "payment", lines, now)], now=now)
    run = balances(shop, now)
    assert (run.version, run.matched, run.breaks) == (2, 4, {"C1": 1})
    [case] = queries.cases(shop.demo.shop_id)
    assert (case.risk_minor, case.theirs["key"]) == (7, "pay:odd")
    assert queries.day_sheet(shop.demo.shop_id, day_of(now, BEIJING), due_of_day).reasons == ()


def test_the_loop_compares_balances_of_yesterday(shop: Shop, now: datetime) -> None:
    buy(shop, now)
    tomorrow = now + timedelta(days=1)
    assert compare_days(tomorrow) == 1
    assert compare_days(tomorrow) == 0
    [run] = queries.runs(shop.demo.shop_id)
    assert (run.area, run.matched, run.breaks) == ("wallet", 1, {})


def split(
    till: Till, paid: PaymentView, minor: int, ref: str, now: datetime, *, state: str = "succeeded"
) -> SplitShare:
    """A receiver has a part of a payment; what is kept frozen is what it gets."""
    receiver = Receiver.objects.create(
        shop_id=till.shop_id, provider="sandbox", account_code="till", kind="merchant", ref=ref, label=ref,
        basis_points=500, state="bound", created_at=now,
    )  # fmt: skip
    pot = Pot.objects.create(
        payment_id=paid.id, shop_id=till.shop_id, account_id=till.account_id, provider="sandbox", account_code="till",
        frozen_minor=minor, cap_minor=minor, currency="CNY", state="frozen", release_by=now, created_at=now,
    )  # fmt: skip
    over = state == "succeeded"
    errand = Split.objects.create(
        shop_id=till.shop_id, payment_id=paid.id, number=f"S{ref}", state="succeeded" if over else "created",
        base_minor=PRICE, created_at=now, finished_at=now if over else None,
    )  # fmt: skip
    share = SplitShare.objects.create(
        shop_id=till.shop_id, split=errand, payment_id=paid.id, receiver_id=receiver.id, amount_minor=minor,
        currency="CNY", state=state, channel_ref=ref,
    )  # fmt: skip
    entries = [frozen_entry(pot=pot, amount_minor=minor, fact_id=paid.id, now=now)]
    if over:
        entries.append(share_entry(pot=pot, share=share, order_id=paid.source_id, now=now))
    post(shop_id=till.shop_id, currency="CNY", entries=entries, now=now)
    return share


def test_splits_agree_with_the_bill_of_movements_and_the_books(shop: Shop, now: datetime) -> None:
    till = open_till(shop.demo.shop_id, now)
    given = []
    for number in range(5):
        paid = begin(till, place(shop, now, ref=f"guest:{number}").order_id, now)
        pay(paid, now)
        given.append(paid)
    whole = split(till, given[0], 300, "D1", now)
    split(till, given[1], 200, "D2", now)
    split(till, given[2], 100, "D3", now, state="pending")
    split(till, given[3], 50, "D4", now)
    split(till, given[4], 60, "D5", now)
    back = SplitReturn.objects.create(
        shop_id=till.shop_id, payment_id=given[0].id, number="B1", state="succeeded", share=whole, amount_minor=40,
        currency="CNY", channel_ref="R1", created_at=now, finished_at=now,
    )  # fmt: skip
    pot = Pot.objects.get(payment_id=given[0].id)
    entry = return_entry(pot=pot, back=back, receiver_id=whole.receiver_id, order_id=None, now=now)
    post(shop_id=till.shop_id, currency="CNY", entries=[entry], now=now)
    bill = BillFile.objects.create(
        shop_id=till.shop_id, account_id=till.account_id, provider="sandbox", account_code="till",
        day=day_of(now, BEIJING), kind="fund", state="imported", currency="CNY", created_at=now, imported_at=now,
    )  # fmt: skip
    Split.objects.filter(number="SD5").update(channel_ref="O5")
    # One is named by the number of the whole split.
    told = [("D1", -300), ("D2", -201), ("D3", -100), ("R1", 40), ("D9", -5), ("O5", -60)]
    BillLine.objects.bulk_create(
        BillLine(
            shop_id=till.shop_id, bill_id=bill.id, line=n, kind="split", happened_at=now, amount_minor=amount,
            currency="CNY", fee=0, channel_ref=ref,
        )
        for n, (ref, amount) in enumerate(told, 1)
    )  # fmt: skip
    [due] = splits_due(till.shop_id, day_of(now, BEIJING))
    scope = Scope(till.shop_id, due.area, due.account, day_of(now, BEIJING), due.currency)
    run = reconcile(scope=scope, sources=SplitSources(), actor="test", now=now)
    # Another amount, one that we wait for, one that is nobody's; what only we know may come tomorrow.
    assert (run.theirs, run.matched, run.breaks, run.pooled) == (6, 3, {"C1": 1, "C3": 1, "C4": 1}, 1)
    again = reconcile(scope=scope, sources=SplitSources(), actor="test", now=now)
    assert (again.matched, again.breaks) == (run.matched, run.breaks)
    # Without its posting a share is a gap of the books.
    assert run.books == 5
