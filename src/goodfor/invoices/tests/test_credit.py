"""What a card, a subscription or points paid was never money of the order: it is not invoiced to whoever used it."""

import pytest

from goodfor.invoices.errors import PaidByCredit
from goodfor.invoices.tests.conftest import Desk
from goodfor.orders import queries as orders
from goodfor.orders.operations.pay_from_credit import pay_from_credit
from goodfor.orders.tests.factories import place
from goodfor.orders.tests.test_pay_from_credit import OWED, owe

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_invoice_of_what_was_paid_from_a_debt(desk: Desk) -> None:
    order = place(desk.scene.shop, desk.now)
    owe(desk.shop_id, order.total.amount_minor, desk.now)
    pay_from_credit(shop_id=desk.shop_id, order_id=order.order_id, account=OWED, now=desk.now)
    desk.scene.follow()
    with pytest.raises(PaidByCredit):
        desk.ask(orders.order_view(desk.shop_id, order.order_id))
    assert len(desk.ask(desk.buy())) == 1
