"""What partners' exchanges mean for the rooms above and beside: the profit of their orders, and no member's points."""

import pytest

from goodfor.finance import queries as finance
from goodfor.finance.tests.world import follow
from goodfor.kernel.clock import utc_now
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.tests.factories import refund_all, relay_all
from goodfor.partners.tests import conftest as of_partners
from goodfor.partners.tests import test_mall as of_mall
from goodfor.partners.tests.test_mall import Shopping

pytestmark = pytest.mark.django_db(transaction=True)
shop, now, world, _street, mall = (
    of_partners.shop, of_partners.now, of_partners.world, of_partners._street, of_mall.mall
)  # fmt: skip


def test_an_exchange_is_a_sale_at_what_the_points_are_worth(mall: Shopping) -> None:
    """48.50 for points of 48.00, a code of 8.00; earned by nobody, and gone with the refund."""
    mall.comes("u1", 10_000)
    done = mall.exchanges("u1")
    mall.hears()
    follow(utc_now())
    seen = finance.order_profit(mall.shop_id, done.order_id)
    cells = {name: abs(cell.amount_minor) for name, cell in seen.cells.items()}
    assert cells["discount"] == of_mall.PRICE - of_mall.WORTH
    assert (mall.books(), mall.world.booked("2203:points")) == ((of_mall.WORTH, 0, of_mall.PRICE - of_mall.WORTH), 0)
    assert mall.world.faults() == {}
    refund_order(
        shop_id=mall.shop_id, order_id=done.order_id, reason="test", actor="staff:1", by_staff=True, now=utc_now()
    )
    refund_all(utc_now())
    relay_all(utc_now())
    mall.hears()
    follow(utc_now())
    assert (mall.books(), mall.world.faults()) == ((0, 0, 0), {})
    # They had heard of a success before: what to make of the failure is theirs to say, and a person's to ask.
    assert (mall.world.app.balances["u1"], mall.world.app.contradictions) == (4_000, 1)
