"""The demo's plan: once, of goods that are on the shelf."""

import pytest

from goodfor.cli import seed, world
from goodfor.demo.types import OFFERS
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.clock import utc_now
from goodfor.subscriptions import queries as subscriptions

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_offers_one_plan() -> None:
    made = world.make_shop(utc_now(), offers=OFFERS)
    shop = identity.shop_by_id(made.shop_id)
    make_staff(shop, utc_now())
    for _ in range(2):
        seed._offer_plan(shop)
    [view] = subscriptions.plans(shop.id, on_sale=True)
    assert (len(view.terms.skus), view.terms.picks) == (3, 2)
