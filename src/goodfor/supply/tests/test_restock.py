"""Buying for the shop's own stock."""

from decimal import Decimal

import pytest

from goodfor.kernel.money import Money
from goodfor.supply.errors import InvalidRestock
from goodfor.supply.operations.buy_due import buy_due
from goodfor.supply.operations.close_late_wants import close_late_wants
from goodfor.supply.operations.restock import WITHIN, restock
from goodfor.supply.purchase_models import Want
from goodfor.supply.tests.market import PRICE, Market, rows


def order(fair: Market, quantity: int, at_most: int = PRICE) -> object:
    return restock(
        shop_id=fair.shop, sku_id=fair.sku, quantity=quantity, at_most=Money(at_most, "CNY"), actor="test", now=fair.now
    )


def told() -> list[tuple[int, int, str]]:
    return [
        (int(wanted), int(got), reason)
        for wanted, got, reason in rows(
            "SELECT payload->>'wanted', payload->>'got', payload->>'reason' FROM kernel_event"
            " WHERE name = 'supply.stock_bought' ORDER BY id"
        )
    ]


def test_what_is_bought_for_stock_is_for_sale(fair: Market) -> None:
    fair.supplier("ann", cost=Decimal("8.00"), paid=1_000_000)
    order(fair, 20)
    assert buy_due(now=fair.now) == 1
    assert fair.on_shelf() == 20
    assert told() == [(20, 20, "")]
    assert not rows("SELECT 1 FROM kernel_event WHERE name IN ('supply.line_supplied', 'supply.line_failed')")


def test_what_is_sold_below_its_cost_is_not_bought(fair: Market) -> None:
    fair.supplier("ann", cost=Decimal("8.00"), paid=1_000_000)
    order(fair, 5, at_most=700)
    buy_due(now=fair.now)
    close_late_wants(now=fair.now + WITHIN * 2)
    assert fair.on_shelf() == 0
    assert [row[:2] for row in told()] == [(5, 0)]
    assert [(want.state, want.delivered) for want in Want.objects.filter(shop_id=fair.shop)] == [("failed", 0)]


@pytest.mark.parametrize(("quantity", "at_most"), [(0, PRICE), (10_001, PRICE), (1, 0)])
def test_nonsense_is_refused(fair: Market, quantity: int, at_most: int) -> None:
    with pytest.raises(InvalidRestock):
        order(fair, quantity, at_most)
    assert not Want.objects.filter(shop_id=fair.shop).exists()
