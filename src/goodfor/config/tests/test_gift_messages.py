"""What givers and holders are told, through the real events: each once."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from goodfor.config.tests.test_messages import buyer_with, desk, mail, now, shop, till, told
from goodfor.delivery import queries as delivery
from goodfor.gifts import tasks
from goodfor.gifts.models import Item
from goodfor.gifts.operations.make_gift import make_gift
from goodfor.gifts.operations.open_gift import open_gift
from goodfor.gifts.types import CODES, Wish
from goodfor.orders import queries as orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, pay, place, relay_all
from goodfor.sandbox.notify.server import RunningDesk

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_member_is_told_of_a_gift_and_of_what_ends(
    shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk
) -> None:
    shop_id = shop.demo.shop_id
    ref = f"buyer:{buyer_with(shop_id, mail, now).hex}"
    tasks.remind(now)
    placed = place(shop, now, 2, ref=ref)
    pay(begin(till, placed.order_id, now), now)
    relay_all(now)
    order = orders.order_view(shop_id, placed.order_id)
    codes = [one.code_id for one in delivery.masked_codes(shop_id, [order.lines[0].line_id])]
    wish = Wish(CODES, order.id, codes[:1])
    made = make_gift(shop_id=shop_id, giver_ref=ref, wish=wish, request_key=uuid4().hex, now=now)

    late = now + timedelta(days=6, hours=1)
    for _ in range(2):
        tasks.warn(late)
        tasks.remind(late)
    subjects = [letter["subject"] for letter in told(desk, mail, late)]
    assert sorted(one.partition("：")[0] for one in subjects) == ["礼物还没人收", "还没看过"]
    open_gift(shop_id=shop_id, secret=made.secret, taker_ref="guest:x", now=late)
    letters = told(desk, mail, late)
    assert letters[-1]["subject"].startswith("礼物已被收下：酷玩点数卡")
    assert f"/gifts/{made.gift.number}" in letters[-1]["html"]
    Item.objects.update(ends_at=now + timedelta(days=30))
    ends = now + timedelta(days=29, hours=1)
    for _ in range(2):
        tasks.remind(ends)
    subjects = [letter["subject"].partition("：")[0] for letter in told(desk, mail, ends)[3:]]
    assert sorted(subjects) == ["快到期", "快到期"]


def test_a_guest_is_told_by_the_orders_contact(
    shop: Shop, till: Till, now: datetime, mail: str, desk: RunningDesk
) -> None:
    shop_id = shop.demo.shop_id
    placed = place(shop, now, 1, ref="guest:g", contact=mail)
    pay(begin(till, placed.order_id, now), now)
    assert len(told(desk, mail, now)) == 1
    order = orders.order_view(shop_id, placed.order_id)
    codes = [one.code_id for one in delivery.masked_codes(shop_id, [order.lines[0].line_id])]
    made = make_gift(
        shop_id=shop_id, giver_ref=f"order:{order.number}", wish=Wish(CODES, order.id, codes), request_key=uuid4().hex,
        now=now,
    )  # fmt: skip
    open_gift(shop_id=shop_id, secret=made.secret, taker_ref="guest:x", now=now)
    assert told(desk, mail, now)[-1]["subject"].startswith("礼物已被收下")
