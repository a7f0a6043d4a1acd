"""The flow tells how far the orders of a day have come, and is counted again whenever one of them moves."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from goodfor.insights import queries
from goodfor.insights.errors import InvalidAsk
from goodfor.insights.models import Dirty, Flow
from goodfor.insights.operations.count_flow import count_flow, put_back
from goodfor.insights.operations.mark_days import mark_days
from goodfor.insights.tasks import count_days
from goodfor.insights.tests.conftest import Market, mark_all, roll_all
from goodfor.insights.types import Steps
from goodfor.orders.operations import open_claim, refund_order, reveal_codes
from goodfor.orders.operations.cancel_order import cancel_order
from goodfor.orders.tests.factories import begin, buy, pay, place, refund_all, sql

pytestmark = pytest.mark.django_db(transaction=True)


def steps_now(market: Market, now: datetime, days: int = 1) -> Steps:
    return queries.steps(market.shop_id, market.ask(now, days)).get("", Steps())


def count_all(market: Market, now: datetime) -> int:
    """Mark and count; how many days."""
    mark_all(now)
    days = list(Dirty.objects.filter(shop_id=market.shop_id).values_list("day", flat=True))
    for day in days:
        count_flow(shop_id=market.shop_id, day=day)
    return len(days)


def test_each_step_is_counted_once(market: Market, now: datetime) -> None:
    placed = place(market.shop, now, ref="guest:a")
    started = place(market.shop, now, ref="guest:b")
    begin(market.till, started.order_id, now, "wxpay")
    paid = place(market.shop, now, 2, ref="guest:c")
    pay(begin(market.till, paid.order_id, now), now)
    buy(market.shop, now)
    assert count_all(market, now) == 1
    assert Dirty.objects.count() == 0
    total = sum(sql("SELECT sum(total_minor)::bigint FROM orders_order")[0])
    assert steps_now(market, now) == Steps(placed=4, started=3, paid=2, delivered=2, placed_minor=total)
    by_method = queries.steps(market.shop_id, market.ask(now), "method")
    assert {key: one.placed for key, one in by_method.items()} == {"": 1, "wxpay": 1, "alipay": 1, "balance": 1}
    assert queries.steps(market.shop_id, market.ask(now), "sku")[str(market.first)].placed == 4
    assert count_all(market, now) == 0

    cancel_order(shop_id=market.shop_id, order_id=placed.order_id, actor="guest:a", now=now)
    refund_order(shop_id=market.shop_id, order_id=paid.order_id, reason="r", actor="t", by_staff=True, now=now)
    refund_all(now)
    assert count_all(market, now) == 1
    found = steps_now(market, now)
    assert (found.placed, found.paid, found.delivered, found.cancelled, found.refunded) == (4, 2, 2, 1, 1)
    assert (found.refunded_undelivered, found.conversion, found.refund_rate) == (0, 0.5, 0.5)


def test_an_old_day_is_counted_again_when_its_order_moves(market: Market, now: datetime) -> None:
    made = place(market.shop, now)
    pay(begin(market.till, made.order_id, now), now)
    old = now - timedelta(days=9)
    sql("UPDATE orders_order SET placed_at = %s WHERE id = %s", [old, made.order_id])
    assert count_all(market, now) == 1
    assert steps_now(market, now) == Steps()
    assert steps_now(market, now, 10).delivered == 1
    reveal_codes(shop_id=market.shop_id, order_id=made.order_id, code_ids=None, actor="g", ip="", now=now)
    open_claim(
        shop_id=market.shop_id,
        order_id=made.order_id,
        reason="invalid",
        line_id=made.lines[0].line_id,
        actor="g",
        now=now,
    )
    mark_all(now)
    assert [day for (day,) in Dirty.objects.values_list("day")] == [market.ask(old).last]
    count_all(market, now)
    found = steps_now(market, now, 10)
    assert (found.claimed, found.claims, found.claim_rate) == (1, 1, 1.0)


def test_the_first_time_all_days_are_counted(market: Market, now: datetime) -> None:
    for days in (0, 3):
        made = place(market.shop, now)
        sql("UPDATE orders_order SET placed_at = %s WHERE id = %s", [now - timedelta(days=days), made.order_id])
    # As if the events were gone, as they are after a while.
    sql("DELETE FROM kernel_event")
    roll_all(now)
    mark_days(now=now)
    assert Dirty.objects.filter(shop_id=market.shop_id).count() == 4
    count_days(now)
    assert Dirty.objects.count() == 0
    assert steps_now(market, now, 4).placed == 2
    # Days whose orders are gone from it lose their rows.
    sql("DELETE FROM orders_line")
    count_flow(shop_id=market.shop_id, day=market.ask(now).last)
    assert Flow.objects.filter(day=market.ask(now).last).count() == 0


def test_a_day_that_fails_holds_no_other_up(market: Market, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    buy(market.shop, now)
    roll_all(now)
    mark_days(now=now)
    today = market.ask(now).last
    put_back(shop_id=market.shop_id, day=today, now=now)
    count_days(now)
    assert Dirty.objects.filter(day=today).count() == 1
    count_days(now + timedelta(minutes=11))
    assert Dirty.objects.count() == 0
    assert steps_now(market, now).paid == 1


def test_what_the_flow_cannot_tell_is_refused(market: Market, now: datetime) -> None:
    for wrong in (
        replace(market.ask(now), supplier_ids=(uuid4(),)),
        replace(market.ask(now), first=now.date() + timedelta(days=9)),
    ):
        with pytest.raises(InvalidAsk):
            queries.steps(market.shop_id, wrong)
    with pytest.raises(InvalidAsk):
        queries.steps(market.shop_id, market.ask(now), "supplier")
    assert queries.board(market.shop_id, replace(market.ask(now), supplier_ids=(uuid4(),))).steps is None
