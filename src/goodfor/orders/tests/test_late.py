"""Money that comes when its order is closed: what it still buys, and what goes back."""

from datetime import datetime, timedelta

import pytest

from goodfor.catalog import queries as catalog
from goodfor.catalog.operations.change_sku import change_sku
from goodfor.catalog.operations.set_on_sale import set_on_sale
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Statement
from goodfor.orders import queries
from goodfor.orders.claim_states import FAULTS
from goodfor.orders.operations import apply_payment_fact, cancel_order
from goodfor.orders.operations.count_figures import count_figures
from goodfor.orders.operations.judge_late import STILL_WANTED
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
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
    sql,
    state_of,
    stock,
    together,
)
from goodfor.payments import queries as payments
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.payments.types import PaymentView


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


def reprice(shop: Shop, minor: int, now: datetime) -> None:
    sku = catalog.sku_by_code(shop.demo.shop_id, "kw-50")
    change_sku(
        shop_id=shop.demo.shop_id,
        sku_id=sku.id,
        price=Money(minor, "CNY"),
        per_order_limit=sku.per_order_limit,
        per_buyer_limit=sku.per_buyer_limit,
        actor="test",
        now=now,
    )


def cancelled(shop: Shop, till: Till, now: datetime, ref: str = "guest:a") -> tuple[PaymentView, datetime]:
    """A payment begun for an order that its buyer then cancelled, and a time ten minutes later."""
    order = place(shop, now, ref=ref)
    payment = begin(till, order.order_id, now)
    cancel_order(shop_id=till.shop_id, order_id=order.order_id, actor="test", now=now + timedelta(seconds=1))
    return payment, now + timedelta(minutes=10)


def gone_back(shop: Shop, payment: PaymentView, now: datetime, reason: str) -> None:
    refund_all(now)
    assert state_of(shop, payment.source_id) == "refunded"
    (refund,) = payments.refunds_of(payment.shop_id, payment.id)
    assert (refund.reason, refund.amount) == (reason, payment.amount)
    assert (stock(shop), booked(shop, "2203:order"), booked(shop, "5001:sales:codes")) == ((20, 0, 0), 0, 0)
    assert broken(now) == {}


def test_money_of_a_cancelled_order_that_still_buys_it_is_delivered(shop: Shop, till: Till, now: datetime) -> None:
    payment, later = cancelled(shop, till, now)
    pay(payment, later)
    assert (state_of(shop, payment.source_id), stock(shop)) == ("delivered", (19, 0, 1))
    assert broken(later) == {}


def test_a_link_to_pay_is_no_option_on_yesterdays_price(shop: Shop, till: Till, now: datetime) -> None:
    payment, later = cancelled(shop, till, now)
    reprice(shop, 99_900, later)
    pay(payment, later)
    gone_back(shop, payment, later, "price_rose")


def test_a_price_that_fell_is_no_reason_to_send_money_back(shop: Shop, till: Till, now: datetime) -> None:
    payment, later = cancelled(shop, till, now)
    reprice(shop, 100, later)
    pay(payment, later)
    assert state_of(shop, payment.source_id) == "delivered"


def test_what_is_not_for_sale_any_more_is_not_delivered_late(shop: Shop, till: Till, now: datetime) -> None:
    payment, later = cancelled(shop, till, now)
    set_on_sale(shop_id=till.shop_id, sku_id=shop.sku_id, on_sale=False, actor="test", now=later)
    pay(payment, later)
    gone_back(shop, payment, later, "not_on_sale")


def test_money_that_comes_after_a_day_goes_back(shop: Shop, till: Till, now: datetime) -> None:
    payment, _ = cancelled(shop, till, now)
    later = now + STILL_WANTED + timedelta(minutes=1)
    pay(payment, later)
    gone_back(shop, payment, later, "too_late")


def test_news_of_money_that_was_paid_in_time_is_never_too_late(shop: Shop, till: Till, now: datetime) -> None:
    payment, _ = cancelled(shop, till, now)
    reprice(shop, 99_900, now)
    later = now + timedelta(days=3)
    assert pay_trade(shop_id=till.shop_id, number=payment.number, now=now)
    apply_payment_fact(shop_id=till.shop_id, fact=fact(payment, now), now=later)
    assert state_of(shop, payment.source_id) == "delivered"
    view = queries.order_view(till.shop_id, payment.source_id)
    assert (view.paid_at, view.delivered_at) == (view.placed_at, later)


def test_cancelling_and_paying_late_is_no_way_around_a_buyers_limit(shop: Shop, till: Till, now: datetime) -> None:
    sql("UPDATE catalog_sku SET per_buyer_limit = 1 WHERE shop_id = %s", [till.shop_id])
    begun = [cancelled(shop, till, now) for _ in range(4)]
    later = begun[0][1]
    for payment, _ in begun:
        assert pay_trade(shop_id=till.shop_id, number=payment.number, now=later)
    together(lambda i: apply_payment_fact(shop_id=till.shop_id, fact=fact(begun[i][0], later), now=later).outcome, 4)
    refund_all(later)
    assert sorted(state_of(shop, payment.source_id) for payment, _ in begun) == ["delivered", *["refunded"] * 3]
    assert stock(shop) == (19, 0, 1)
    assert broken(later) == {}


def test_cancelling_has_the_attempt_closed_at_the_channel(shop: Shop, till: Till, now: datetime) -> None:
    payment, _ = cancelled(shop, till, now)
    assert poll_due(now=now + timedelta(seconds=2)) == 1
    assert payments.payment(till.shop_id, payment.id).state == "closed"
    assert not pay_trade(shop_id=till.shop_id, number=payment.number, now=now + timedelta(seconds=3))


def test_figures_are_counted_from_the_payment_on_and_only_of_orders_that_waited(
    shop: Shop, till: Till, now: datetime
) -> None:
    assert queries.trust_figures(till.shop_id)["delivered_p50_seconds"] is None
    for seconds in (2, 4, 30):
        payment = begin(till, place(shop, now, ref=f"guest:{seconds}").order_id, now)
        at = now + timedelta(seconds=seconds)
        assert pay_trade(shop_id=till.shop_id, number=payment.number, now=now)
        apply_payment_fact(shop_id=till.shop_id, fact=fact(payment, now), now=at)
    buy(shop, now)
    assert count_figures(now=now) == 1
    figures = queries.trust_figures(till.shop_id)
    assert (figures["delivered_p50_seconds"], figures["refund_p50_seconds"]) == (4.0, None)
    assert count_figures(now=now) == 1


def test_figures_cost_the_same_whatever_the_history(shop: Shop, till: Till, now: datetime) -> None:
    buy(shop, now)
    sql(
        "INSERT INTO orders_order (id, shop_id, number, state, channel, locale, total_minor, paid_minor,"
        " refunded_minor, currency, payment_id, placed_at, pay_by, paid_at, deliver_by, delivered_at)"
        " SELECT gen_random_uuid(), shop_id, 'H' || n, 'delivered', 'api', '', 1, 1, 0, 'CNY', id, now(), now(),"
        " now(), now(), now() FROM orders_order, generate_series(1, 30000) n"
    )
    sql("ANALYZE orders_order")
    text = Statement("goodfor.orders", "sql/figures.sql").text
    plan = "\n".join(row[0] for row in sql("EXPLAIN " + text, {"limit": 1000, "faults": list(FAULTS), "now": now}))
    assert "Seq Scan on orders_order" not in plan, plan
    assert "orders_order_pkey" in plan
    assert "orders_order_refunded" in plan
