"""What a buyer reads of discounts and gifts: where one pays, and on the order's page."""

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.catalog import queries as catalog
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.clock import utc_now
from goodfor.orders.operations import place_order
from goodfor.orders.tests.factories import begin, open_till, pay
from goodfor.orders.types import Buyer, LineRequest
from goodfor.promotions.tests.factories import EVERYTHING, reduce_by, run, window
from goodfor.promotions.types import ORDER, Gift, Spec
from goodfor.storefront.tests.account_flow import plain
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def campaigns(world: World, now: datetime) -> None:
    shop = identity.shop_by_id(world.shop_id)
    actor = make_staff(shop, now).actor
    run(shop, reduce_by(now, 101), actor, now)
    run(shop, Spec("gift", ORDER, window(now), EVERYTHING, Gift(world.sku_id, 1, 1)), actor, now)


def test_pages_say_what_is_saved_and_given(client: Client, world: World) -> None:
    now = utc_now()
    campaigns(world, now)
    placed = place_order(
        shop_id=world.shop_id, lines=[LineRequest(world.sku_id, 1)], buyer=Buyer("guest:o", ip="192.0.2.77"),
        channel="storefront", now=now,
    )  # fmt: skip
    price = catalog.skus_for_sale(world.shop_id, [world.sku_id])[world.sku_id].price.amount_minor
    assert placed.total.amount_minor == price - 101
    assert client.get(f"/o/{placed.number}", {"k": placed.secret}).status_code == 302
    shown = plain(client.get(reverse("storefront:pay", args=[placed.number])))
    assert "已优惠" in shown
    assert re.search(r"1\s*\.01", shown)
    assert "赠品" in shown
    pay(begin(open_till(world.shop_id, now), placed.order_id, now), now)
    shown = plain(client.get(f"/o/{placed.number}"))
    assert "码已到手" in shown
    assert "赠品" in shown
