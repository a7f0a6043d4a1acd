"""The page of an order says what campaigns took off each line."""

import re

from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.orders.operations import place_order
from goodfor.orders.types import Buyer, LineRequest
from goodfor.promotions.tests.factories import EVERYTHING, reduce_by, run, window
from goodfor.promotions.types import ORDER, Gift, Spec


def test_discounts_and_gifts_stand_in_their_lines(shop: Shop) -> None:
    now, sku_id = utc_now(), shop.demo.skus["kw-50"]
    view = identity.shop_by_id(shop.id)
    actor = make_staff(view, now).actor
    run(view, reduce_by(now, 101), actor, now)
    run(view, Spec("gift", ORDER, window(now), EVERYTHING, Gift(sku_id, 1, 1)), actor, now)
    placed = place_order(
        shop_id=shop.id, lines=[LineRequest(sku_id, 2)], buyer=Buyer("guest:o", ip="192.0.2.9"), channel="storefront",
        now=now,
    )  # fmt: skip
    page = inside(shop.id, Role.OWNER).get(reverse("desk:order", args=[placed.number])).content.decode()
    shown = re.sub(r"<[^>]+>", "", page)
    for word in ("1.01", "95.99", "48.50", "赠品"):
        assert word in shown
    assert inside(shop.id, Role.OWNER).get(reverse("desk:orders")).status_code == 200
