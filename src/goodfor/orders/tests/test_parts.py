"""Refunds of a part: the cap, the books, what may follow, and another try after the channel refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Rejected
from goodfor.orders import queries
from goodfor.orders.operations import refund_order, refund_part, retry_refund
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    PRICE,
    begin,
    booked,
    broken,
    buy,
    open_till,
    pay,
    place,
    refund_all,
    relay_all,
    sql,
    stock,
    together,
)
from goodfor.payments import queries as payments
from goodfor.payments.operations.settle_refund import settle_refund

pytestmark = pytest.mark.django_db(transaction=True)


def part(shop: Shop, order_id: Any, minor: int, now: datetime) -> Any:
    return refund_part(
        shop_id=shop.demo.shop_id,
        order_id=order_id,
        amount=Money(minor, "CNY"),
        reason="用不了",
        actor="staff:x",
        now=now,
    )


def noted(order_id: Any) -> tuple[str, int]:
    return tuple(sql("SELECT state, refunded_minor FROM orders_order WHERE id = %s", [order_id])[0])


def test_parts_and_then_the_rest(shop: Shop, now: datetime) -> None:
    order = buy(shop, now, 2)
    wallet = booked(shop, shop.demo.wallet_account)
    assert part(shop, order.id, 1000, now).state == "succeeded"
    assert part(shop, order.id, 500, now).amount == Money(500, "CNY")
    assert noted(order.id) == ("delivered", 1500)
    assert booked(shop, shop.demo.wallet_account) == wallet + 1500
    assert booked(shop, "5001:sales:codes") == 2 * PRICE - 1500
    assert booked(shop, "2205:refund") == 0
    assert stock(shop)[2] == 2
    assert queries.refundable(shop.demo.shop_id, order.id) == Money(2 * PRICE - 1500, "CNY")
    rest = refund_order(
        shop_id=shop.demo.shop_id, order_id=order.id, reason="x", actor="staff:x", by_staff=True, now=now
    )
    assert rest.amount == Money(2 * PRICE - 1500, "CNY")
    assert noted(order.id) == ("refunded", 2 * PRICE)
    assert booked(shop, shop.demo.wallet_account) == wallet + 2 * PRICE
    assert booked(shop, "5001:sales:codes") == 0
    assert not broken(now)


@pytest.mark.parametrize("minor", [0, -1, PRICE, PRICE + 1])
def test_a_part_is_less_than_what_is_left(shop: Shop, now: datetime, minor: int) -> None:
    order = buy(shop, now)
    with pytest.raises(DomainError) as refused:
        part(shop, order.id, minor, now)
    assert refused.value.code == "refund_amount"
    assert noted(order.id) == ("delivered", 0)
    assert payments.refunds_of(shop.demo.shop_id, order.payment_id) == []  # type: ignore[arg-type]


def test_an_unpaid_order_has_no_parts(shop: Shop, now: datetime) -> None:
    placed = place(shop, now)
    with pytest.raises(DomainError) as refused:
        part(shop, placed.order_id, 100, now)
    assert refused.value.code == "wrong_order_state"


def test_many_at_once_never_exceed_the_price(shop: Shop, now: datetime) -> None:
    order = buy(shop, now)
    done = together(lambda _: part(shop, order.id, 1000, now).amount.amount_minor, 12)
    assert done.count(1000) == 4
    assert noted(order.id) == ("delivered", 4000)
    assert not broken(now)


def test_through_a_channel_one_at_a_time(shop: Shop, now: datetime) -> None:
    till = open_till(shop.demo.shop_id, now)
    placed = place(shop, now)
    pay(begin(till, placed.order_id, now), now)
    assert part(shop, placed.order_id, 1000, now).state == "created"
    assert noted(placed.order_id) == ("delivered", 0)
    for attempt in (lambda: part(shop, placed.order_id, 100, now), lambda: _whole(shop, placed.order_id, now)):
        with pytest.raises(DomainError) as refused:
            attempt()
        assert refused.value.code == "refund_running"
    refund_all(now)
    assert noted(placed.order_id) == ("delivered", 1000)
    assert part(shop, placed.order_id, 100, now).state == "created"
    refund_all(now)
    assert noted(placed.order_id) == ("delivered", 1100)
    assert not broken(now)


def test_another_try_after_a_refusal(shop: Shop, now: datetime) -> None:
    till = open_till(shop.demo.shop_id, now)
    placed = place(shop, now)
    pay(begin(till, placed.order_id, now), now)
    view = part(shop, placed.order_id, 1000, now)
    _refuse(shop, view.refund_id, now)
    assert booked(shop, "2205:refund") == 1000
    with pytest.raises(DomainError) as refused:
        _whole(shop, placed.order_id, now)
    assert refused.value.code == "refund_running"
    args = {"shop_id": shop.demo.shop_id, "order_id": placed.order_id, "refund_id": view.refund_id}
    again = retry_refund(**args, actor="staff:x", now=now)
    assert (again.amount, again.refund_id != view.refund_id) == (Money(1000, "CNY"), True)
    assert retry_refund(**args, actor="staff:x", now=now).refund_id == again.refund_id
    refund_all(now + timedelta(seconds=5))
    assert noted(placed.order_id) == ("delivered", 1000)
    assert booked(shop, "2205:refund") == 0
    assert booked(shop, "5001:sales:codes") == PRICE - 1000


def test_another_try_of_the_whole(shop: Shop, now: datetime) -> None:
    till = open_till(shop.demo.shop_id, now)
    placed = place(shop, now)
    pay(begin(till, placed.order_id, now), now)
    view = _whole(shop, placed.order_id, now)
    _refuse(shop, view.refund_id, now)
    assert noted(placed.order_id) == ("refunding", 0)
    relay_all(now)
    retry_refund(shop_id=shop.demo.shop_id, order_id=placed.order_id, actor="staff:x", now=now)
    refund_all(now + timedelta(seconds=5))
    assert noted(placed.order_id) == ("refunded", PRICE)
    assert booked(shop, "2205:refund") == 0


def test_of_another_shop_there_is_nothing(shop: Shop, now: datetime) -> None:
    order = buy(shop, now)
    with pytest.raises(DomainError) as refused:
        refund_part(shop_id=order.id, order_id=order.id, amount=Money(1, "CNY"), reason="x", actor="staff:x", now=now)
    assert refused.value.code == "order_not_found"
    assert noted(order.id) == ("delivered", 0)


def _whole(shop: Shop, order_id: Any, now: datetime) -> Any:
    return refund_order(shop_id=shop.demo.shop_id, order_id=order_id, reason="x", actor="s", by_staff=True, now=now)


def _refuse(shop: Shop, refund_id: Any, now: datetime) -> None:
    sql("UPDATE payments_refund SET state = 'requested' WHERE id = %s", [refund_id])
    settle_refund(shop_id=shop.demo.shop_id, refund_id=refund_id, outcome=Rejected("closed", "no"), now=now)
