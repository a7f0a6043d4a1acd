"""Money that comes by a channel: in time, late, twice, too little, many times at once."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from goodfor.cli import world
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries, tasks
from goodfor.orders.operations import apply_payment_fact, cancel_order, refund_order, reveal_codes, start_payment
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    PRICE,
    Till,
    begin,
    booked,
    broken,
    buy,
    fact,
    open_till,
    pay,
    place,
    refund_all,
    relay_all,
    sql,
    state_of,
    stock,
    together,
)
from goodfor.payments import queries as payments
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.record_fact import record_fact
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.vault.operations.quarantine_codes import quarantine_codes

CHANNEL = "1012:channel:sandbox:till:pending"


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


def test_paid_in_time_is_delivered_and_booked(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now, 2)
    applied = pay(begin(till, order.order_id, now), now)
    assert applied.outcome == "confirmed"
    assert state_of(shop, order.order_id) == "delivered"
    assert stock(shop) == (18, 0, 2)
    assert booked(shop, CHANNEL) == 2 * PRICE
    assert booked(shop, "5001:sales:codes") == 2 * PRICE
    assert booked(shop, "5401:cogs:codes") == 1600
    assert booked(shop, "2203:order") == 0
    moves = sql("SELECT to_state FROM kernel_history WHERE subject_id = %s ORDER BY at, step", [order.order_id])
    assert sorted(m for (m,) in moves) == ["delivered", "paid", "placed"]
    assert broken(now) == {}


def test_the_same_fact_again_changes_nothing(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    payment = begin(till, order.order_id, now)
    pay(payment, now)
    for _ in range(3):
        again = apply_payment_fact(shop_id=till.shop_id, fact=fact(payment, now), now=now)
        assert again.outcome == "already_applied"
    assert (stock(shop), booked(shop, CHANNEL)) == ((19, 0, 1), PRICE)
    assert broken(now) == {}


def test_thirty_threads_with_one_fact_deliver_once(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    payment = begin(till, order.order_id, now)
    assert pay_trade(shop_id=till.shop_id, number=payment.number, now=now)
    ends = together(
        lambda _: apply_payment_fact(shop_id=till.shop_id, fact=fact(payment, now), now=now).outcome, 30, threads=30
    )
    assert Counter(ends) == {"confirmed": 1, "already_applied": 29}
    assert (stock(shop), booked(shop, CHANNEL)) == ((19, 0, 1), PRICE)
    assert sql("SELECT count(*) FROM kernel_event WHERE name = 'orders.order_delivered' AND payload::text LIKE %s",
               [f"%{order.order_id}%"]) == [(1,)]  # fmt: skip
    assert broken(now) == {}


def test_a_poll_alone_delivers(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    payment = begin(till, order.order_id, now)
    assert pay_trade(shop_id=till.shop_id, number=payment.number, now=now)
    assert poll_due(now=now + timedelta(seconds=30)) == 1
    relay_all(now)
    assert state_of(shop, order.order_id) == "delivered"
    assert broken(now) == {}


def expire(shop: Shop, now: datetime) -> datetime:
    """A quarter of an hour later, after the watch has run."""
    later = now + timedelta(minutes=16)
    assert tasks.watch_deadlines(later) >= 1
    return later


def test_paid_late_with_stock_is_delivered(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now, 2)
    payment = begin(till, order.order_id, now)
    later = expire(shop, now)
    assert (state_of(shop, order.order_id), stock(shop)) == ("expired", (20, 0, 0))
    pay(payment, later)
    assert (state_of(shop, order.order_id), stock(shop)) == ("delivered", (18, 0, 2))
    assert broken(later) == {}


def test_paid_after_its_time_but_before_the_watch_is_delivered(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now, 2)
    payment = begin(till, order.order_id, now)
    later = now + timedelta(minutes=16)
    pay(payment, later)
    assert tasks.watch_deadlines(later) == 0
    assert (state_of(shop, order.order_id), stock(shop)) == ("delivered", (18, 0, 2))
    assert broken(later) == {}


def test_paid_late_without_stock_is_refunded(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now, 2)
    payment = begin(till, order.order_id, now)
    later = expire(shop, now)
    buy(shop, later, 19)
    pay(payment, later)
    # One code is left, two were ordered: none is taken.
    assert (state_of(shop, order.order_id), stock(shop)) == ("refunding", (1, 0, 19))
    assert booked(shop, "2205:refund") == 2 * PRICE
    assert broken(later) == {}
    refund_all(later)
    assert state_of(shop, order.order_id) == "refunded"
    assert (booked(shop, "2205:refund"), booked(shop, CHANNEL), booked(shop, "2203:order")) == (0, 0, 0)
    assert sql("SELECT refunded_minor FROM payments_sandbox_trade WHERE number = %s", [payment.number]) == [
        (2 * PRICE,)
    ]
    assert broken(later) == {}
    # Nobody sees a code of an order that was refunded.
    with pytest.raises(DomainError) as caught:
        reveal_codes(shop_id=till.shop_id, order_id=order.order_id, actor="guest:x", ip="", now=later)
    assert caught.value.code == "wrong_order_state"


def test_paid_after_cancelling_is_delivered_or_refunded(shop: Shop, till: Till, now: datetime) -> None:
    with_stock, without = place(shop, now, 5), place(shop, now, 6, ref="guest:b", ip="192.0.2.2")
    first, second = begin(till, with_stock.order_id, now), begin(till, without.order_id, now)
    for order in (with_stock, without):
        cancel_order(shop_id=till.shop_id, order_id=order.order_id, actor="t", now=now)
    assert stock(shop) == (20, 0, 0)
    buy(shop, now, 10)
    pay(first, now)
    pay(second, now)
    assert (state_of(shop, with_stock.order_id), state_of(shop, without.order_id)) == ("delivered", "refunding")
    refund_all(now)
    assert state_of(shop, without.order_id) == "refunded"
    assert (stock(shop), booked(shop, CHANNEL)) == ((5, 0, 15), 5 * PRICE)
    assert broken(now) == {}


def test_a_second_payment_goes_back(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    first, second = begin(till, order.order_id, now), begin(till, order.order_id, now, "wxpay")
    assert first.number != second.number
    assert pay(first, now).outcome == "confirmed"
    assert pay(second, now).outcome == "duplicate_payment"
    assert (stock(shop), booked(shop, CHANNEL), booked(shop, "2205:refund")) == ((19, 0, 1), 2 * PRICE, PRICE)
    refund_all(now)
    assert (booked(shop, CHANNEL), booked(shop, "2205:refund"), booked(shop, "2205:overpay")) == (PRICE, 0, 0)
    assert sql("SELECT number, refunded_minor FROM payments_sandbox_trade WHERE refunded_minor > 0") == [
        (second.number, PRICE)
    ]
    assert state_of(shop, order.order_id) == "delivered"
    assert broken(now + timedelta(minutes=5)) == {}


def test_two_payments_at_once_settle_one(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    both = [begin(till, order.order_id, now, method) for method in ("alipay", "wxpay")]
    for payment in both:
        assert pay_trade(shop_id=till.shop_id, number=payment.number, now=now)

    def one(index: int) -> str:
        return apply_payment_fact(shop_id=till.shop_id, fact=fact(both[index % 2], now), now=now).outcome

    assert Counter(together(one, 12)) == {"confirmed": 1, "duplicate_payment": 1, "already_applied": 10}
    refund_all(now)
    assert (stock(shop), booked(shop, CHANNEL)) == ((19, 0, 1), PRICE)
    assert broken(now) == {}


def test_money_of_one_number_that_comes_three_times_goes_back_twice(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    payment = begin(till, order.order_id, now)
    pay(payment, now)
    for ref in ("again-1", "again-2"):
        applied = apply_payment_fact(
            shop_id=till.shop_id, fact=fact(payment, now, ref=ref), now=now + timedelta(seconds=1)
        )
        assert applied.outcome == "duplicate_payment"
    assert booked(shop, CHANNEL) == 3 * PRICE
    assert booked(shop, "2205:refund") == 2 * PRICE
    assert booked(shop, "2205:overpay") == 0
    # Each refund names the money that it gives back.
    assert sql("SELECT capture_ref FROM payments_refund ORDER BY capture_ref") == [("again-1",), ("again-2",)]
    assert stock(shop) == (19, 0, 1)
    assert broken(now) == {}


def test_an_underpaid_order_is_never_delivered(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now, 2)
    payment = begin(till, order.order_id, now)
    applied = apply_payment_fact(shop_id=till.shop_id, fact=fact(payment, now, amount_minor=2 * PRICE - 1), now=now)
    assert applied.outcome == "underpaid"
    assert state_of(shop, order.order_id) == "placed"
    [case] = payments.open_cases(till.shop_id)
    assert (case.kind, case.payment_id) == ("underpaid", payment.id)
    assert booked(shop, "9999:suspense:sandbox") != 0
    assert broken(now) == {}
    later = expire(shop, now)
    assert (state_of(shop, order.order_id), stock(shop)) == ("expired", (20, 0, 0))
    # Paying one fen more under the same number does not make it whole.
    more = apply_payment_fact(shop_id=till.shop_id, fact=fact(payment, later, amount_minor=1, ref="more"), now=later)
    assert more.outcome == "underpaid"
    assert state_of(shop, order.order_id) == "expired"
    assert broken(later) == {}


def test_money_that_names_no_payment_of_ours_is_a_case(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    payment = begin(till, order.order_id, now)
    foreign = open_till_of_another_shop(now)
    stray = replace(fact(payment, now, ref="x1"), account_id=foreign.account_id)
    applied = apply_payment_fact(shop_id=foreign.shop_id, fact=stray, now=now)
    assert applied.outcome == "unknown_payment"
    assert state_of(shop, order.order_id) == "placed"
    assert [case.kind for case in payments.open_cases(foreign.shop_id)] == ["unknown_payment"]
    assert broken(now) == {}


def open_till_of_another_shop(now: datetime) -> Till:
    other = world.make_shop(now, code="other", name="别家")
    return open_till(other.shop_id, now)


def test_money_of_another_merchant_delivers_nothing(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    payment = begin(till, order.order_id, now)
    second = open_till(shop.demo.shop_id, now + timedelta(seconds=1))
    assert second.account_id != till.account_id
    swapped = replace(fact(payment, now), account_id=second.account_id)
    assert apply_payment_fact(shop_id=till.shop_id, fact=swapped, now=now).outcome == "mismatch"
    assert state_of(shop, order.order_id) == "placed"
    assert [case.kind for case in payments.open_cases(till.shop_id)] == ["foreign"]
    assert broken(now) == {}


def test_money_that_named_another_order_first_pays_that_one_only(shop: Shop, till: Till, now: datetime) -> None:
    cheap, dear = place(shop, now, 1), place(shop, now, 3)
    first, second = begin(till, cheap.order_id, now), begin(till, dear.order_id, now)
    assert pay_trade(shop_id=till.shop_id, number=first.number, now=now)
    record_fact(shop_id=till.shop_id, fact=fact(first, now, ref="X1"), now=now)
    # The same number of theirs, now said to be for the dear order.
    changed = apply_payment_fact(shop_id=till.shop_id, fact=fact(second, now, ref="X1"), now=now)
    assert changed.outcome == "confirmed"
    assert (state_of(shop, cheap.order_id), state_of(shop, dear.order_id)) == ("delivered", "placed")
    assert [case.kind for case in payments.open_cases(till.shop_id)] == ["tampered"]
    assert (stock(shop), booked(shop, CHANNEL), booked(shop, "5001:sales:codes")) == ((16, 3, 1), PRICE, PRICE)
    assert broken(now) == {}


def test_what_cannot_be_delivered_whole_holds_nothing_back(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now, 3)
    payment = begin(till, order.order_id, now)
    bad = [code for (code,) in sql("SELECT id FROM vault_code WHERE state = 1 LIMIT 1")]
    bad += [code for (code,) in sql("SELECT id FROM vault_code WHERE state = 0")]
    quarantine_codes(shop_id=till.shop_id, code_ids=bad, reason="suspect", actor="t", now=now)
    pay(payment, now)
    # Two of the three were held still: they are for others at once, not only when the reservation has run out.
    assert (state_of(shop, order.order_id), stock(shop)) == ("refunding", (2, 0, 0))
    assert broken(now) == {}
    refund_all(now)
    assert (state_of(shop, order.order_id), booked(shop, CHANNEL)) == ("refunded", 0)
    assert broken(now) == {}


def test_a_paid_order_of_a_channel_is_refunded_by_that_channel(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now, 2)
    payment = begin(till, order.order_id, now)
    pay(payment, now)
    args = {"shop_id": till.shop_id, "order_id": order.order_id, "reason": "mistake", "actor": "guest:x", "now": now}
    refund = refund_order(**args)
    assert (refund.state, state_of(shop, order.order_id)) == ("created", "refunding")
    # Not sold twice: back on the shelf at once, and its owner can no longer look.
    assert stock(shop) == (20, 0, 0)
    assert refund_order(**args).refund_id == refund.refund_id
    assert broken(now) == {}
    refund_all(now)
    assert state_of(shop, order.order_id) == "refunded"
    assert booked(shop, CHANNEL) == 0
    assert booked(shop, "5001:sales:codes") == 0
    assert booked(shop, "5401:cogs:codes") == 0
    assert booked(shop, f"1405:codes:{shop.sku_id}") == 20 * 800
    assert refund_order(**args).refund_id == refund.refund_id
    assert sql("SELECT count(*) FROM payments_refund") == [(1,)]
    assert broken(now) == {}


def test_refunds_asked_for_at_once_are_one(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    pay(begin(till, order.order_id, now), now)
    ends = together(
        lambda _: (
            refund_order(shop_id=till.shop_id, order_id=order.order_id, reason="r", actor="guest:x", now=now).refund_id
        ),
        10,
    )
    assert len(set(ends)) == 1
    refund_all(now)
    assert booked(shop, CHANNEL) == 0
    assert broken(now) == {}


def test_revealing_and_refunding_at_once_never_gives_both(shop: Shop, till: Till, now: datetime) -> None:
    for _ in range(4):
        order = buy(shop, now)

        def one(index: int, order_id: UUID = order.id) -> str:
            if index % 2:
                refund_order(shop_id=till.shop_id, order_id=order_id, reason="r", actor="client:x", now=now)
                return "refunded"
            return reveal_codes(shop_id=till.shop_id, order_id=order_id, actor="client:x", ip="", now=now)[0].secret

        ends = set(together(one, 6, threads=6))
        shown = ends & {secret for _number, secret in shop.codes}
        assert ("refunded" in ends) != bool(shown), ends
    assert broken(now) == {}


def test_methods_that_are_not_offered_are_refused(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    for method in ("paypal", "till/paypal", "balance/balance", "", "till/", "/alipay"):
        with pytest.raises(DomainError) as caught:
            start(till, order.order_id, method, now)
        assert caught.value.code == "payment_method_unknown"
    pay(begin(till, order.order_id, now), now)
    with pytest.raises(DomainError) as caught:
        start(till, order.order_id, "till/alipay", now)
    assert caught.value.code == "wrong_order_state"
    assert [method.code for method in queries.payment_methods(till.shop_id, order.total)] == ["alipay", "wechat"]


def start(till: Till, order_id: UUID, method: str, now: datetime) -> None:
    start_payment(
        shop_id=till.shop_id, order_id=order_id, method=method, return_url="https://s.example/",
        notify_url="https://s.example/n", now=now,
    )  # fmt: skip
