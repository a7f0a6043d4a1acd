"""Each line of an order gives back its own price, whatever was refunded before, and the books say of which."""

import random
from datetime import datetime

import pytest

from goodfor.kernel.money import Money
from goodfor.orders.operations import refund_order, refund_part
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import refund_all, sql
from goodfor.orders.tests.test_claims import claim, line_of, two_lines

pytestmark = pytest.mark.django_db(transaction=True)


def left_of(order_id: object) -> dict[object, int]:
    """What is left of the sales of each line."""
    rows = sql(
        "SELECT p.order_line_id, -sum(p.amount_minor)::bigint FROM ledger_posting p JOIN ledger_account a"
        " ON a.id = p.account_id AND a.code = '5001:sales:codes' WHERE p.order_id = %s GROUP BY 1", [order_id],
    )  # fmt: skip
    return dict(rows)


@pytest.mark.parametrize("seed", range(3))
def test_parts_claims_and_the_rest_leave_nothing_of_any_line(shop: Shop, now: datetime, seed: int) -> None:
    luck = random.Random(seed)
    order = two_lines(shop, now)
    whole = left_of(order.id)
    assert whole == {line.line_id: line.quantity * line.unit_price.amount_minor for line in order.lines}
    claimed = seed % 2 == 1
    given = 0
    for _ in range(4):
        amount = luck.choice([1, 3, 101, 333])
        refund_part(
            shop_id=order.shop_id, order_id=order.id, amount=Money(amount, "CNY"), reason="r", actor="staff:1", now=now
        )
        refund_all(now)
        given += amount
        left = left_of(order.id)
        assert sum(left.values()) == order.total.amount_minor - given
        assert all(0 <= left[line] <= whole[line] for line in whole)
    if claimed:
        line = line_of(order, shop.sku_id)
        before = left_of(order.id)
        claim(order, now, "changed_mind", line_id=line)
        refund_all(now)
        after = left_of(order.id)
        assert after[line] == 0
        assert before[line] > 0
    refund_order(shop_id=order.shop_id, order_id=order.id, reason="r", actor="staff:1", by_staff=True, now=now)
    assert set(left_of(order.id).values()) == {0}


def test_an_order_booked_without_lines_is_refunded_without(shop: Shop, now: datetime) -> None:
    order = two_lines(shop, now)
    sql("SET session_replication_role = replica; UPDATE ledger_posting SET order_line_id = NULL, sku_id = NULL"
        " WHERE order_id = %s AND account_id = (SELECT id FROM ledger_account WHERE code = '5001:sales:codes');"
        " SET session_replication_role = origin", [order.id])  # fmt: skip
    refund_part(
        shop_id=order.shop_id, order_id=order.id, amount=Money(100, "CNY"), reason="r", actor="staff:1", now=now
    )
    assert left_of(order.id) == {None: order.total.amount_minor - 100}
