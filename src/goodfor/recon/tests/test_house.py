"""The house's own rows: real payments and refunds against bills, real purchases against a supplier's statement."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.orders.operations import refund_order
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.conftest import shop as shop
from goodfor.orders.tests.factories import Till, begin, open_till, pay, place, refund_all, sql, state_of
from goodfor.payments import queries as payments
from goodfor.payments.bill_models import BillFile, BillLine
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.payments.types import PaymentView, RefundView
from goodfor.recon import queries
from goodfor.recon.house_actions import HouseActions
from goodfor.recon.importers.channel import ChannelSources, channels_due
from goodfor.recon.importers.days import BEIJING, day_of
from goodfor.recon.importers.supplier import SupplierSources, suppliers_due
from goodfor.recon.operations.act import act_due
from goodfor.recon.operations.close_day import close_day
from goodfor.recon.operations.reconcile import reconcile
from goodfor.recon.tasks import compare_again, compare_days
from goodfor.recon.types import RunView, Scope
from goodfor.supply.account_models import Statement, StatementLine
from goodfor.supply.tests.conftest import fair as fair
from goodfor.supply.tests.market import Market

FEE = Decimal("-0.30001")


@pytest.fixture
def now() -> datetime:
    """Ids of facts tell the true time."""
    return utc_now()


def line(paid: PaymentView, now: datetime, **words: Any) -> dict[str, Any]:
    """A payment as the channel's bill has it."""
    return {
        "kind": "payment", "happened_at": now, "amount_minor": paid.amount.amount_minor, "our_ref": paid.number,
        "channel_ref": f"S{paid.number}", "fee": FEE, **words,
    }  # fmt: skip


def back(refund: RefundView, paid: PaymentView, now: datetime) -> dict[str, Any]:
    """A refund as the channel's bill has it."""
    return {
        "kind": "refund", "happened_at": now, "amount_minor": -refund.amount.amount_minor, "our_ref": paid.number,
        "channel_ref": f"S{paid.number}", "refund_ref": refund.number, "fee": Decimal(0),
    }  # fmt: skip


def wanted(till: Till, now: datetime) -> UUID:
    """A bill of the till that was not fetched yet."""
    row = BillFile.objects.create(
        shop_id=till.shop_id, account_id=till.account_id, provider="sandbox", account_code="till",
        day=day_of(now, BEIJING), kind="trade", currency="CNY", created_at=now, next_try_at=now,
    )  # fmt: skip
    return row.id


def billed(till: Till, now: datetime, *lines: dict[str, Any], bill_id: UUID | None = None) -> None:
    """A bill of the till as if it had been taken in."""
    bill_id = bill_id or wanted(till, now)
    BillLine.objects.bulk_create(
        BillLine(shop_id=till.shop_id, bill_id=bill_id, line=place, currency="CNY", **one)
        for place, one in enumerate(lines, 1)
    )
    amounts = [one["amount_minor"] for one in lines]
    BillFile.objects.filter(id=bill_id).update(
        state="imported", rows=len(lines), came_minor=sum(max(0, one) for one in amounts), imported_at=now,
        went_minor=-sum(min(0, one) for one in amounts), fee=sum((one["fee"] for one in lines), Decimal(0)),
        next_try_at=None,
    )  # fmt: skip


def compared(till: Till, now: datetime, sources: ChannelSources | None = None) -> RunView:
    scope = Scope(till.shop_id, "channel", "sandbox:till", day_of(now, BEIJING))
    return reconcile(scope=scope, sources=sources or ChannelSources(), actor="test", now=now)


def test_payments_and_refunds_agree_with_bill_and_books(shop: Shop, now: datetime) -> None:
    till = open_till(shop.demo.shop_id, now)
    paid = begin(till, place(shop, now).order_id, now)
    pay(paid, now)
    order = place(shop, now, ref="guest:b")
    given = begin(till, order.order_id, now)
    pay(given, now)
    refund_order(shop_id=till.shop_id, order_id=order.order_id, reason="r", actor="staff:1", by_staff=True, now=now)
    refund_all(utc_now())
    [refund] = payments.refunds_of(till.shop_id, given.id)
    billed(till, now, line(paid, now), line(given, now), back(refund, given, now))
    run = compared(till, now)
    assert (run.ours, run.theirs, run.books, run.matched, run.breaks) == (3, 3, 3, 3, {})
    sheet = queries.day_sheet(till.shop_id, run.day, channels_due)
    assert sheet.closable
    [account] = sheet.accounts
    assert (account.theirs_minor, account.books_minor) == (paid.amount.amount_minor, paid.amount.amount_minor)
    over = now + timedelta(days=2)
    assert close_day(shop_id=till.shop_id, day=run.day, expected=channels_due, actor="staff:1", now=over).closed_at


def test_a_fee_that_is_not_the_rate_is_told(shop: Shop, now: datetime) -> None:
    till = open_till(shop.demo.shop_id, now)
    paid = begin(till, place(shop, now).order_id, now)
    pay(paid, now)
    expected = -(Decimal(paid.amount.amount_minor) / 100 * Decimal("0.006")).quantize(Decimal("0.01"))
    billed(till, now, line(paid, now, fee=expected - Decimal("0.02")))
    rates = ChannelSources(lambda *_: Decimal("0.006"))
    run = compared(till, now, rates)
    assert (run.matched, run.breaks) == (1, {"C5": 1})
    [case] = queries.cases(till.shop_id)
    assert (case.detail["expected"], case.risk_minor) == (f"{expected:.6f}", 2)


def test_money_that_only_the_channel_knows_is_asked_about_and_delivered(shop: Shop, now: datetime) -> None:
    till = open_till(shop.demo.shop_id, now)
    order = place(shop, now)
    lost = begin(till, order.order_id, now)
    assert pay_trade(shop_id=till.shop_id, number=lost.number, now=now)
    billed(till, now, line(lost, now, channel_ref=lost.number))
    [due] = channels_due(till.shop_id, day_of(now, BEIJING))
    assert (due.account, due.missing) == ("sandbox:till", "")
    assert compared(till, now).breaks == {"C1": 1}
    assert state_of(shop, order.order_id) == "placed"
    later = utc_now()
    assert act_due(actions=HouseActions(), now=later) == 1
    assert state_of(shop, order.order_id) == "delivered"
    [case] = queries.cases(till.shop_id)
    assert (case.action_state, case.action_note) == ("done", "confirmed")
    assert compare_again(later) == 1
    [run] = queries.runs(till.shop_id)
    assert (run.version, run.matched, run.breaks) == (2, 1, {})
    ended = queries.case(till.shop_id, case.id)
    assert (ended.state, ended.automatic) == ("closed", True)
    # Again: nothing is left to do, nothing is delivered twice.
    assert act_due(actions=HouseActions(), now=later) == 0
    assert sql("SELECT count(*) FROM payments_fact WHERE payment_id = %s", [lost.id]) == [(1,)]


def test_a_number_that_is_nobodys_and_that_the_channel_does_not_know_is_a_persons(shop: Shop, now: datetime) -> None:
    till = open_till(shop.demo.shop_id, now)
    stranger = {
        "kind": "payment", "happened_at": now, "amount_minor": 77, "our_ref": "P0000", "channel_ref": "S0000",
        "fee": FEE,
    }  # fmt: skip
    billed(till, now, stranger)
    assert compared(till, now).breaks == {"C1": 1}
    before = sql("SELECT count(*) FROM payments_fact"), sql("SELECT count(*) FROM ledger_tx")
    assert act_due(actions=HouseActions(), now=utc_now()) == 1
    [case] = queries.cases(till.shop_id)
    assert (case.state, case.action_state, case.action_note) == ("open", "person", "channel_says_no")
    assert (sql("SELECT count(*) FROM payments_fact"), sql("SELECT count(*) FROM ledger_tx")) == before


def test_a_refund_that_the_bill_has_and_we_do_not_is_asked_about(shop: Shop, now: datetime) -> None:
    till = open_till(shop.demo.shop_id, now)
    order = place(shop, now)
    paid = begin(till, order.order_id, now)
    pay(paid, now)
    refund_order(shop_id=till.shop_id, order_id=order.order_id, reason="r", actor="staff:1", by_staff=True, now=now)
    [refund] = payments.refunds_of(till.shop_id, paid.id)
    billed(till, now, line(paid, now), back(refund, paid, now))
    run = compared(till, now)
    assert (run.matched, run.breaks) == (1, {"C4": 1})
    act_due(actions=HouseActions(), now=utc_now())
    [case] = queries.cases(till.shop_id)
    assert (case.action_state, case.action_note) == ("due", "asked")
    refund_all(utc_now())
    act_due(actions=HouseActions(), now=utc_now() + timedelta(minutes=6))
    assert compare_again(utc_now()) == 1
    assert queries.case(till.shop_id, case.id).state == "closed"
    assert queries.runs(till.shop_id)[0].matched == 2


def test_the_loop_compares_yesterday_once_and_waits_for_what_is_missing(shop: Shop, now: datetime) -> None:
    till = open_till(shop.demo.shop_id, now)
    paid = begin(till, place(shop, now).order_id, now)
    pay(paid, now)
    bill_id, tomorrow = wanted(till, now), now + timedelta(days=1)
    assert compare_days(tomorrow) == 0
    sheet = queries.day_sheet(till.shop_id, day_of(now, BEIJING), channels_due)
    assert sheet.reasons == (("bill_wanted", "channel:sandbox:till"),)
    billed(till, now, line(paid, now), bill_id=bill_id)
    assert compare_days(tomorrow) == 1
    assert compare_days(tomorrow) == 0
    assert queries.runs(till.shop_id)[0].matched == 1


def test_purchases_agree_with_the_suppliers_statement(fair: Market) -> None:
    fair.supplier("anna")
    found = []
    for _ in range(4):
        wanted = fair.want()
        fair.buy()
        found += fair.attempts(wanted)
    right, dear, twice, missing = found
    told = utc_now()
    statement = Statement.objects.create(
        shop_id=fair.shop, supplier_id=fair.ids["anna"], mark="x", filename="x", from_at=right.sent_at,
        until_at=missing.sent_at, rows=4, actor="t", created_at=told,
    )  # fmt: skip
    lines = [
        (right.number, "", Decimal("-8")), (dear.number, "", Decimal("-8.000001")), ("", twice.ref, Decimal("-8")),
        ("", twice.ref, Decimal("-8")), ("unknown", "", Decimal("-5.5")),
    ]  # fmt: skip
    StatementLine.objects.bulk_create(
        StatementLine(
            shop_id=fair.shop, statement_id=statement.id, place=place, at=right.sent_at, number=number, ref=ref,
            kind="buy", amount=amount,
        )
        for place, (number, ref, amount) in enumerate(lines, 1)
    )  # fmt: skip
    day = right.sent_at.astimezone(ZoneInfo("Asia/Shanghai")).date()
    [due] = suppliers_due(fair.shop, day)
    scope = Scope(fair.shop, due.area, due.account, day, due.currency)
    run = reconcile(scope=scope, sources=SupplierSources(), actor="test", now=told)
    assert (run.ours, run.theirs, run.matched, run.pooled) == (4, 5, 2, 1)
    assert run.breaks == {"S1": 1, "S3": 1, "S4": 1}
    assert reconcile(scope=scope, sources=SupplierSources(), actor="test", now=told).breaks == run.breaks
