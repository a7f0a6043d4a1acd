"""An order that is paid from what is owed to its buyer: delivered at once, and given back to the same debt."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from goodfor.kernel.errors import DomainError
from goodfor.ledger import operations as ledger_moves
from goodfor.ledger import queries as ledger
from goodfor.ledger.types import Entry, Line
from goodfor.orders import accounts, queries
from goodfor.orders.operations.pay_from_credit import pay_from_credit
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, open_till, place, relay_all
from goodfor.payments import queries as payments

pytestmark = pytest.mark.django_db(transaction=True)
OWED = "2203:redeemed"


def owe(shop_id: UUID, minor: int, now: datetime) -> None:
    """Somebody paid ahead for so much."""
    lines = (Line(accounts.BANK, minor), Line(OWED, -minor))
    entry = Entry(f"ahead:{uuid4()}", "paid_ahead", lines, now, ("test.ahead", uuid4()))
    ledger_moves.post(shop_id=shop_id, currency="CNY", entries=(entry,), now=now)


def test_a_debt_pays_and_is_owed_again(shop: Shop, now: datetime) -> None:
    """Once, without a channel; a refund puts the debt back where it was, and nothing is lost on the way."""
    shop_id = shop.demo.shop_id
    open_till(shop_id, now)
    order = place(shop, now)
    total = order.total.amount_minor
    owe(shop_id, total, now)
    paid = pay_from_credit(shop_id=shop_id, order_id=order.order_id, account=OWED, now=now)
    assert paid.state == "delivered"
    assert ledger.balance(shop_id, OWED) == 0
    with pytest.raises(DomainError) as twice:
        pay_from_credit(shop_id=shop_id, order_id=order.order_id, account=OWED, now=now)
    assert twice.value.code == "wrong_order_state"
    refund_order(shop_id=shop_id, order_id=order.order_id, reason="test", actor="staff:1", by_staff=True, now=now)
    relay_all(now)
    assert queries.order_view(shop_id, order.order_id).state == "refunded"
    assert abs(ledger.balance(shop_id, OWED)) == total
    assert [one.state for one in payments.refunds_of(shop_id, paid.payment_id)] == ["succeeded"]
    assert ledger.balance(shop_id, accounts.REFUND_PAYABLE) == 0
    assert broken(now) == {}


@pytest.mark.parametrize("account", ["1002:bank:main", "5001:sales:codes", "2203:order", "2207:wallet:x", ""])
def test_only_debts_pay(shop: Shop, now: datetime, account: str) -> None:
    order = place(shop, now)
    with pytest.raises(ValueError, match="owed"):
        pay_from_credit(shop_id=shop.demo.shop_id, order_id=order.order_id, account=account, now=now)
    assert queries.order_view(shop.demo.shop_id, order.order_id).state == "placed"


def test_too_late(shop: Shop, now: datetime) -> None:
    open_till(shop.demo.shop_id, now)
    order = place(shop, now)
    with pytest.raises(DomainError) as late:
        pay_from_credit(shop_id=shop.demo.shop_id, order_id=order.order_id, account=OWED, now=order.pay_by)
    assert late.value.code == "wrong_order_state"
