"""Gifts on the pages of an order and of a buyer: what, and where it is; never a link or the giver's words."""

from uuid import uuid4

import pytest

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import proved
from goodfor.delivery import queries as delivery
from goodfor.gifts.operations.make_gift import make_gift
from goodfor.gifts.operations.open_gift import open_gift
from goodfor.gifts.types import CODES, Wish
from goodfor.identity.tests.buyers import make_buyer
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_gift_is_told_of_without_its_link(shop: Shop) -> None:
    now, buyer = utc_now(), make_buyer(shop.id, utc_now(), "giver@example.com")
    number = shop.delivered.number
    Order.objects.filter(number=number).update(buyer_ref=f"buyer:{buyer.buyer_id.hex}")
    order = orders.order_by_number(shop.id, number)
    codes = delivery.masked_codes(shop.id, [line.line_id for line in order.lines])
    wish = Wish(CODES, order.id, [codes[0].code_id], message="只给你一个人看")
    made = make_gift(
        shop_id=shop.id, giver_ref=f"buyer:{buyer.buyer_id.hex}", wish=wish, request_key=uuid4().hex, now=now
    )
    staff = proved(shop.id, Role.OWNER)
    pages = [staff.get(f"/console/orders/{number}/"), staff.get(f"/console/buyers/?order={number}")]
    open_gift(shop_id=shop.id, secret=made.secret, taker_ref="guest:x", now=now)
    pages += [staff.get(f"/console/orders/{number}/"), staff.get(f"/console/buyers/?order={number}")]
    for page, said in zip(pages, ("等人收下", "等人收下", "访客", "访客"), strict=True):
        text = page.content.decode()
        assert page.status_code == 200
        assert made.gift.number in text
        assert said in text
        assert ">送出的礼物</h2>" in text
        assert made.secret not in text
        assert "只给你一个人看" not in text
