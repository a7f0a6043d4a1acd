"""The company of the demo shop: everybody has something, and the books agree."""

import pytest

from goodfor.cli import welfare_demo, world
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import broken
from goodfor.welfare import queries


@pytest.mark.django_db(transaction=True)
def test_the_demo_shop_has_a_company() -> None:
    now = utc_now()
    shop_id = world.make_shop(now).shop_id
    welfare_demo.open_welfare(shop_id=shop_id, actor="staff:test", now=now)
    [company] = queries.companies(shop_id)
    held = [one.held.amount_minor for one in queries.employees(shop_id, company.id)]
    assert held == [200_00] * 4 + [300_00]
    assert queries.looks_after(shop_id, welfare_demo.MANAGER)
    assert queries.statement(shop_id, company.id, queries.month_of(now, "Asia/Shanghai"), now).balances
    assert broken(now) == {}
