"""What a company's welfare paid is invoiced to the company, when it prepays: not a second time to its people."""

import pytest

from goodfor.invoices.errors import PaidByCompany
from goodfor.invoices.tests.conftest import Desk
from goodfor.orders import queries as orders
from goodfor.welfare.tests.conftest import World, company_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_second_invoice_of_what_a_company_paid(desk: Desk) -> None:
    shop, now = desk.scene.shop, desk.now
    world = World(shop, company_of(shop, now), now)
    world.list_people()
    world.prepay()
    world.give(("A01", "100"))
    world.join("A01")
    bought = world.buy("A01")
    desk.scene.follow()
    with pytest.raises(PaidByCompany):
        desk.ask(orders.order_view(desk.shop_id, bought.order_id))
    assert len(desk.ask(desk.buy())) == 1
